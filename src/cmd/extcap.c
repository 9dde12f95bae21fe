// SPDX-License-Identifier: BSD-2-Clause
/*
 * The options with which Wireshark calls its programs for capturing. Source: Wireshark,
 * doc/extcap.adoc.
 */
#include <config.h>

#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>

#include "abi/packet.h"
#include "cmd/command.h"
#include "cmd/dialog.h"
#include "cmd/options.h"
#include "session/extcap.h"
#include "util/cleanup.h"

struct extcap_request {
	struct skw_dialog dialog; /* the first, as its table of options begins with it */
	bool interfaces, dlts, config, capture, cleanup;
	bool help, version;
	const char *wireshark, *interface, *fifo, *reload;
};
_Static_assert(offsetof(struct extcap_request, dialog) == 0, "options of the dialog find it");

#define AT(field) offsetof(struct extcap_request, field)

/* Each call has one of these questions. Without one, the filter is checked. */
static const struct skw_option questions[] = {
	{ .name = "extcap-interfaces",
	  .help = "list the interfaces",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(interfaces) },
	{ .name = "extcap-dlts",
	  .help = "tell the link type of the interface",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(dlts) },
	{ .name = "extcap-config",
	  .help = "list the settings of the interface",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(config) },
	{ .name = "capture",
	  .help = "capture into the pipe of --fifo",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(capture) },
	{ .name = "extcap-reload-option",
	  .arg = "NAME",
	  .help = "with --extcap-config, list only the values of this setting",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(reload) },
	{ .name = "extcap-cleanup-postkill",
	  .help = "has no effect, as nothing is left behind",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(cleanup) },
};

static const struct skw_option details[] = {
	{ .name = "extcap-version",
	  .arg = "VERSION",
	  .help = "the version of Wireshark",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(wireshark) },
	{ .name = "extcap-interface",
	  .arg = "NAME",
	  .help = "the interface, by its name in the list",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(interface) },
	{ .name = "extcap-capture-filter",
	  .arg = "FILTER",
	  .help = "a pcap-filter(7) expression",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(dialog.capture_filter) },
	{ .name = "fifo",
	  .arg = "FILE",
	  .help = "write packets to this pipe",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(fifo) },
};

static const struct skw_option others[] = {
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};

enum { QUESTIONS, DETAILS, SETTINGS, OTHERS, TABLES };

static void fill_tables(struct skw_option_table tables[TABLES])
{
	tables[QUESTIONS] = (struct skw_option_table){ questions, SKW_ARRAY_SIZE(questions) };
	tables[DETAILS] = (struct skw_option_table){ details, SKW_ARRAY_SIZE(details) };
	tables[SETTINGS] = skw_dialog_settings;
	tables[OTHERS] = (struct skw_option_table){ others, SKW_ARRAY_SIZE(others) };
}

static int print_help(void)
{
	struct skw_option_table tables[TABLES];

	fputs("Usage: skwatch extcap [OPTION...]\n"
	      "Answers Wireshark and tshark, which call it by a link in their folder for extcap "
	      "programs.\n\n",
	      stdout);
	fill_tables(tables);
	skw_options_help(tables, TABLES, stdout);
	return 0;
}

static int answer(struct extcap_request *r, struct skw_error *err)
{
	if (r->help)
		return print_help();
	if (r->version) {
		printf("skwatch %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (r->interfaces)
		return skw_session_extcap_interfaces(PACKAGE_VERSION, err);
	if (r->cleanup)
		return 0;
	if (!r->interface)
		return skw_error_usage(err, "give --extcap-interface NAME; --extcap-interfaces "
					    "lists them");
	if (r->dlts)
		return skw_session_extcap_link_types(r->interface, err);
	if (r->reload)
		return skw_dialog_print_again(r->interface, r->reload, err);
	if (r->config)
		return skw_dialog_print(r->interface, err);
	if (!r->capture)
		return skw_session_extcap_filter(r->interface, &r->dialog.plan, err);
	if (!r->fifo)
		return skw_error_usage(err, "give --fifo FILE");
	return skw_session_extcap_capture(r->interface, r->fifo, &r->dialog.plan, err);
}

static int parse(int argc, char **argv, struct extcap_request *r, struct skw_error *err)
{
	struct skw_option_table tables[TABLES];
	int first = argc;

	fill_tables(tables);
	int ret = skw_options_parse(tables, TABLES, argc, argv, r, &first, err);

	if (!ret && first < argc)
		ret = skw_error_usage(err,
				      "%s: extcap takes no arguments; see skwatch extcap --help",
				      argv[first]);
	return ret ? ret : skw_dialog_take(&r->dialog, err);
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct extcap_request r = { .dialog.plan = { .capture = { .snaplen = SKW_SNAPLEN_MAX },
						     .file = { .nano = true } } };
	int ret = parse(argc, argv, &r, err);

	/* To read a setting again, Wireshark tells the others too, which may be wrong yet. */
	if (ret && r.reload) {
		*err = (struct skw_error){ 0 };
		ret = 0;
	}
	if (!ret)
		ret = answer(&r, err);
	if (ret && r.capture && r.fifo)
		skw_session_extcap_release(r.fifo);
	skw_dialog_free(&r.dialog);
	return ret;
}

const struct skw_command skw_cmd_extcap = {
	.name = "extcap",
	.summary = "capture for Wireshark and tshark, which call it by themselves",
	.run = run,
};
