// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/words/name_list.h"
#include "cmd/options.h"
#include "cmd/to_options.h"
#include "cmd/words/read_list.h"
#include "session/events.h"
#include "util/cleanup.h"
#include "util/locale.h"
#include "view/choice.h"

#define RING_BYTES_MAX (16ULL << 30)

struct request {
	struct skw_to_options to; /* the first member */
	struct skw_events_plan plan;
	const char *types;
	struct skw_read_list read; /* plan.read_files points to it */
	bool help, version;
};

#define AT(field) offsetof(struct request, field)

static int add_read_file(void *values, const char *arg, struct skw_error *err)
{
	int ret = skw_read_list_add(&((struct request *)values)->read, arg);

	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

static const struct skw_option options[] = {
	{ .letter = 'r',
	  .name = "read",
	  .arg = "FILE",
	  .help = "print the events that are in FILE, which capture has written; repeatable, - is "
		  "standard input",
	  .kind = SKW_OPT_CALL,
	  .call = add_read_file },
	{ .letter = 't',
	  .name = "types",
	  .arg = "TYPES",
	  .help = "print only these types: "
		  "connect,established,state,rtt,rto,retrans,close,listen,reset,refused,timeout,"
		  "enter,leave (default: all but rtt)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(types) },
	{ .name = "where",
	  .arg = "EXPR",
	  .help = "print only events of connections that match, for example 'comm ~ nginx'",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.where) },
	{ .name = "json",
	  .help = "print a line with a JSON object for each event",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.json) },
	{ .name = "names",
	  .help = "print remote addresses by the names that this host has asked for",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.with_names) },
	{ .letter = 'c',
	  .name = "events",
	  .arg = "N",
	  .help = "stop after N events",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.count) },
	{ .name = "duration",
	  .arg = "TIME",
	  .help = "stop after TIME (10s, 5m, 1h)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.duration_ns) },
	{ .name = "netns",
	  .arg = "WHICH",
	  .help = "network namespaces: self, all (the default), a name, a process or a path",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.netns) },
	{ .name = "cgroup",
	  .arg = "PATH",
	  .help = "watch only sockets of this cgroup and the cgroups below it",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.cgroup) },
	{ .name = "ring-size",
	  .arg = "SIZE",
	  .help = "size of all event rings together (default 8M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.ring_bytes),
	  .max = RING_BYTES_MAX,
	  .limits = "16G" },
	SKW_OPTION_NO_SANDBOX(AT(plan.no_sandbox)),
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};

#define TABLES 2
static void list_tables(struct skw_option_table out[TABLES])
{
	out[0] = (struct skw_option_table){ options, SKW_ARRAY_SIZE(options) };
	out[1] = skw_to_options_all;
}

static void print_help(const struct skw_option_table tables[TABLES])
{
	fputs("Usage: skwatch events [OPTION...]\n"
	      "Prints what TCP does on this host, one line per event.\n\n",
	      stdout);
	skw_options_help(tables, TABLES, stdout);
	skw_options_help_fields(stdout);
}

static int check_files(struct request *r, struct skw_error *err)
{
	const struct skw_events_plan *plan = &r->plan;
	const char *ignored = plan->netns         ? "--netns"
			      : plan->cgroup      ? "--cgroup"
			      : plan->ring_bytes  ? "--ring-size"
			      : plan->duration_ns ? "--duration"
			      : plan->with_names  ? "--names"
						  : NULL;
	int ret = skw_read_list_choose_alone(&r->read, ignored, err);

	r->plan.read_files = r->read.names;
	r->plan.read_files_len = r->read.len;
	for (size_t i = 0; !ret && i < r->read.len; i++)
		if (!r->read.names[i][0])
			return skw_error_usage(err, "-r: the file's name is empty");
	if (!ret && !r->read.len && r->types && r->plan.types.mask & SKW_EVENT_TYPES_HEALTH)
		return skw_error_usage(err, "-t: connections enter and leave a capture with "
					    "--where: give -r FILE, which it has written");
	if (!r->plan.netns)
		r->plan.netns = "all";
	return ret;
}

static int run_session(struct request *r, struct skw_error *err)
{
	struct skw_events_plan *plan = &r->plan;
	struct skw_name_list names;
	char host[65] = "";
	int ret;

	if (gethostname(host, sizeof(host) - 1) == 0 && host[0])
		plan->host = host;
	skw_name_list_begin(&names);
	plan->names = &names.names;
	plan->send = &r->to.plan;
	plan->json = plan->json || r->to.plan.to;
	ret = skw_session_events(plan, err);
	skw_name_list_free(&names);
	plan->host = NULL;
	plan->names = NULL;
	return ret;
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct request r = { 0 };
	struct skw_option_table tables[TABLES];
	int first = argc;

	skw_locale_take();
	list_tables(tables);
	int ret = skw_options_parse(tables, TABLES, argc, argv, &r, &first, err);

	if (ret)
		return ret;
	if (r.help) {
		print_help(tables);
		return 0;
	}
	if (r.version) {
		printf("skwatch %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (first < argc)
		return skw_error_usage(err,
				       "%s: events takes no arguments; an expression goes with "
				       "--where",
				       argv[first]);
	ret = skw_event_types_parse("-t", r.types, &r.plan.types, err);
	if (!ret)
		ret = check_files(&r, err);
	if (!ret)
		ret = skw_to_options_finish(&r.to, err);
	if (!ret)
		ret = run_session(&r, err);
	skw_to_options_free(&r.to);
	skw_read_list_free(&r.read);
	return ret;
}

const struct skw_command skw_cmd_events = {
	.name = "events",
	.summary = "print what TCP does, as it happens",
	.run = run,
};
