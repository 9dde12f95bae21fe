// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/words/read_list.h"
#include "session/fleet/report.h"
#include "util/cleanup.h"

#define DETAILS_MAX 100000

struct report_request {
	struct skw_session_report_plan plan;
	const char *filter;
	bool help, version;
};

#define AT(field) offsetof(struct report_request, field)

static const struct skw_option options[] = {
	{ .letter = 'o',
	  .name = "output",
	  .arg = "FILE",
	  .help = "write the page into FILE, - for standard output; required",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.output) },
	{ .name = "filter",
	  .arg = "EXPR",
	  .help = "only packets that match, in the language of pcap-filter(7)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(filter) },
	{ .name = "details",
	  .arg = "N",
	  .help = "connections with details, the worst first; default 1000",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.details),
	  .min = 1,
	  .max = DETAILS_MAX,
	  .limits = "1 to 100000" },
	{ .name = "max-size",
	  .arg = "SIZE",
	  .help = "memory for connections; default 128M",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.max_bytes),
	  .max = 64ULL << 30,
	  .limits = "64G" },
	SKW_OPTION_NO_SANDBOX(AT(plan.no_sandbox)),
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static void print_help(void)
{
	fputs("Usage: skwatch report FILE... -o FILE.html\n"
	      "Makes a page of recordings, to look at in a browser: throughput, round trips,\n"
	      "events, and each connection with its segments, states and requests.\n\n",
	      stdout);
	skw_options_help(&table, 1, stdout);
	fputs("\nExamples:\n"
	      "  skwatch report trace.pcapng -o trace.html\n"
	      "  skwatch report day1.pcapng day2.pcapng.zst --filter 'port 443' -o days.html\n",
	      stdout);
}

static int parse(int argc, char **argv, struct report_request *r, struct skw_read_list *read,
		 struct skw_error *err)
{
	int first = argc;
	int ret = skw_options_parse(&table, 1, argc, argv, r, &first, err);

	/* Words that are no options are behind the options now, also those that were before. */
	for (int i = first; !ret && i < argc; i++)
		if (skw_read_list_add(read, argv[i]))
			ret = skw_error_set(err, -ENOMEM, "out of memory");
	return ret;
}

static int check(struct report_request *r, const struct skw_read_list *read, struct skw_error *err)
{
	size_t on_stdin = 0;

	if (!read->len)
		return skw_error_usage(err, "no file to read was given; see skwatch report --help");
	for (size_t i = 0; i < read->len; i++) {
		if (!read->names[i][0])
			return skw_error_usage(err, "the name of a file is empty");
		on_stdin += strcmp(read->names[i], "-") == 0;
	}
	if (on_stdin > 1)
		return skw_error_usage(err, "- is standard input, which can be read only once");
	if (!r->plan.output || !r->plan.output[0])
		return skw_error_usage(err, "-o is missing: the file for the page, or - for "
					    "standard output");
	r->plan.files = read->names;
	r->plan.files_len = read->len;
	r->plan.filter = r->filter ? r->filter : "";
	return 0;
}

static int run_request(struct report_request *r, const struct skw_read_list *read,
		       struct skw_error *err)
{
	int ret;

	if (r->help) {
		print_help();
		return 0;
	}
	if (r->version) {
		printf("skwatch %s\n", PACKAGE_VERSION);
		return 0;
	}
	ret = check(r, read, err);
	return ret ? ret : skw_session_report(&r->plan, err);
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct report_request r = { 0 };
	struct skw_read_list read = { 0 };
	int ret = parse(argc, argv, &r, &read, err);

	if (!ret)
		ret = run_request(&r, &read, err);
	skw_read_list_free(&read);
	return ret;
}

const struct skw_command skw_cmd_report = {
	.name = "report",
	.summary = "make a page of recordings, to look at in a browser",
	.run = run,
};
