// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <stddef.h>
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "sink/events.h"
#include "util/cleanup.h"
#include "view/choice.h"

#define RING_BYTES_MAX (16ULL << 30)

/* The values of the options. */
struct words {
	struct skw_event_lines_plan plan;
	const char *types;
	bool help, version;
};

#define AT(field) offsetof(struct words, field)

static const struct skw_option options[] = {
	{ 't', "types", "TYPES",
	  "only these: connect,established,state,rtt,rto,retrans,close,listen,reset,refused "
	  "(default: all but rtt)",
	  SKW_OPT_STRING, AT(types), 0, NULL },
	{ 0, "where", "EXPR", "only of connections that match, such as 'comm ~ nginx'",
	  SKW_OPT_STRING, AT(plan.where), 0, NULL },
	{ 0, "json", NULL, "one JSON object per event and line", SKW_OPT_FLAG, AT(plan.json), 0,
	  NULL },
	{ 'c', "events", "N", "stop after N events", SKW_OPT_UINT, AT(plan.count), 0, NULL },
	{ 0, "duration", "TIME", "stop after TIME (10s, 5m, 1h)", SKW_OPT_DURATION,
	  AT(plan.duration_ns), 0, NULL },
	{ 0, "netns", "WHICH", "network namespaces: self, all (the default), a name or a path",
	  SKW_OPT_STRING, AT(plan.netns), 0, NULL },
	{ 0, "cgroup", "PATH", "only sockets of this cgroup and those below", SKW_OPT_STRING,
	  AT(plan.cgroup), 0, NULL },
	{ 0, "ring-size", "SIZE", "size of all event rings together (default 8M)", SKW_OPT_SIZE,
	  AT(plan.ring_bytes), 1, NULL },
	{ 'h', "help", NULL, "print this", SKW_OPT_FLAG, AT(help), 0, NULL },
	{ 'V', "version", NULL, "print the version", SKW_OPT_FLAG, AT(version), 0, NULL },
};

static void print_help(void)
{
	fputs("Usage: skwatch events [OPTION...]\n"
	      "Prints what TCP does on this host, one line per event.\n\n",
	      stdout);
	skw_options_help(options, SKW_ARRAY_SIZE(options), stdout);
	skw_choice_help(stdout);
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct words w = { .plan = { .netns = "all" } };
	int first = argc;
	int ret = skw_options_parse(options, SKW_ARRAY_SIZE(options), argc, argv, &w, &first, err);

	if (ret)
		return ret;
	if (w.help) {
		print_help();
		return 0;
	}
	if (w.version) {
		printf("skwatch %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (first < argc)
		return skw_error_usage(err,
				       "%s: events takes no arguments; an expression goes with "
				       "--where",
				       argv[first]);
	if (w.plan.ring_bytes > RING_BYTES_MAX)
		return skw_error_usage(err, "--ring-size: more than 16G");
	ret = skw_event_types_parse(w.types, &w.plan.types, err);
	return ret ? ret : skw_event_lines_run(&w.plan, err);
}

const struct skw_command skw_cmd_events = {
	.name = "events",
	.summary = "print what TCP does, as it happens",
	.run = run,
};
