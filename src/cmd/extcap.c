// SPDX-License-Identifier: BSD-2-Clause
/*
 * The options with which Wireshark calls its programs for capturing, and the settings of its
 * dialog. Source: Wireshark, doc/extcap.adoc.
 */
#include <config.h>

#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "abi/packet.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "session/extcap.h"
#include "util/buf.h"
#include "util/cleanup.h"

struct extcap_request {
	bool interfaces, dlts, config, capture, cleanup;
	bool help, version;
	const char *wireshark, *interface, *fifo, *capture_filter, *reload;
	struct skw_session_plan plan;
	const char *filter;
};

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
	  .help = "has no effect, as no setting can be read again",
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
	  .offset = AT(capture_filter) },
	{ .name = "fifo",
	  .arg = "FILE",
	  .help = "write packets to this pipe",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(fifo) },
};

/* The settings of the dialog. Each has its option here, and its sentence in the next table. */
static const struct skw_option settings[] = {
	{ .name = "filter",
	  .arg = "FILTER",
	  .help = "another expression, which packets must match as well",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(filter) },
	{ .name = "snapshot-length",
	  .arg = "BYTES",
	  .help = "bytes to keep of each packet",
	  .kind = SKW_OPT_UINT32,
	  .max = SKW_SNAPLEN_MAX,
	  .limits = "262144",
	  .offset = AT(plan.capture.snaplen) },
	{ .name = "no-promiscuous-mode",
	  .help = "do not put the interface into promiscuous mode",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.capture.no_promiscuous) },
	{ .name = "no-owner",
	  .help = "do not look for the processes of packets",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.no_owner) },
	{ .name = "events",
	  .help = "put what TCP does as rows between the packets",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.recorded.on) },
	{ .name = "keylog",
	  .arg = "FILE",
	  .help = "put the secrets of FILE, a TLS key log, between the packets",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.keylog) },
};

static const char *const sentences[] = {
	"{display=Capture filter}{type=string}"
	"{tooltip=A pcap-filter expression, besides the filter of the interface}",
	"{display=Snapshot length}{type=unsigned}{range=1,262144}{default=262144}"
	"{tooltip=Bytes to keep of each packet}",
	"{display=No promiscuous mode}{type=boolflag}{default=false}"
	"{tooltip=Do not put the interface into promiscuous mode}",
	"{display=No owners}{type=boolflag}{default=false}"
	"{tooltip=Do not look for the processes of packets}",
	"{display=Events}{type=boolflag}{default=false}"
	"{tooltip=Put what TCP does as rows between the packets}",
	"{display=TLS key log}{type=fileselect}{mustexist=false}"
	"{tooltip=A file to which a program writes its TLS secrets (SSLKEYLOGFILE)}",
};
_Static_assert(SKW_ARRAY_SIZE(sentences) == SKW_ARRAY_SIZE(settings), "a sentence for each option");

static const struct skw_option others[] = {
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};

static const struct skw_option_table tables[] = {
	{ questions, SKW_ARRAY_SIZE(questions) },
	{ details, SKW_ARRAY_SIZE(details) },
	{ settings, SKW_ARRAY_SIZE(settings) },
	{ others, SKW_ARRAY_SIZE(others) },
};

static int print_help(void)
{
	fputs("Usage: skwatch extcap [OPTION...]\n"
	      "Answers Wireshark and tshark, which call it by a link in their folder for extcap "
	      "programs.\n\n",
	      stdout);
	skw_options_help(tables, SKW_ARRAY_SIZE(tables), stdout);
	return 0;
}

static int print_config(void)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(settings); i++)
		printf("arg {number=%zu}{call=--%s}%s\n", i, settings[i].name, sentences[i]);
	return 0;
}

static bool has_text(const char *filter)
{
	return filter && filter[0];
}

/* The filter of Wireshark's list and that of the dialog: a packet must match both. */
static int join_filters(const struct extcap_request *r, struct skw_buf *out, struct skw_error *err)
{
	if (has_text(r->capture_filter) && has_text(r->filter))
		skw_buf_printf(out, "(%s) and (%s)", r->capture_filter, r->filter);
	else if (has_text(r->capture_filter))
		skw_buf_add_str(out, r->capture_filter);
	else if (has_text(r->filter))
		skw_buf_add_str(out, r->filter);
	skw_buf_add_char(out, '\0');
	return out->failed ? skw_error_set(err, -ENOMEM, "filter: out of memory") : 0;
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
	if (r->cleanup || r->reload)
		return 0;
	if (!r->interface)
		return skw_error_usage(err, "give --extcap-interface NAME; --extcap-interfaces "
					    "lists them");
	if (r->dlts)
		return skw_session_extcap_link_types(r->interface, err);
	if (r->config)
		return print_config();
	if (!r->capture)
		return skw_session_extcap_filter(r->interface, &r->plan, err);
	if (!r->fifo)
		return skw_error_usage(err, "give --fifo FILE");
	/* The dialog has an empty name for none. */
	if (r->plan.keylog && !r->plan.keylog[0])
		r->plan.keylog = NULL;
	return skw_session_extcap_capture(r->interface, r->fifo, &r->plan, err);
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct extcap_request r = { .plan = { .capture = { .snaplen = SKW_SNAPLEN_MAX },
					      .file = { .nano = true } } };
	struct skw_buf filter = SKW_BUF_INIT;
	int first = argc;
	int ret = skw_options_parse(tables, SKW_ARRAY_SIZE(tables), argc, argv, &r, &first, err);

	if (!ret && first < argc)
		ret = skw_error_usage(err,
				      "%s: extcap takes no arguments; see skwatch extcap --help",
				      argv[first]);
	if (!ret)
		ret = join_filters(&r, &filter, err);
	r.plan.capture.filter = (const char *)filter.data;
	r.plan.recorded.off = !r.plan.recorded.on;
	if (!ret)
		ret = answer(&r, err);
	skw_buf_free(&filter);
	return ret;
}

const struct skw_command skw_cmd_extcap = {
	.name = "extcap",
	.summary = "capture for Wireshark and tshark, which call it by themselves",
	.run = run,
};
