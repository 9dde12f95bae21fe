// SPDX-License-Identifier: BSD-2-Clause
#include "act/bypass.h"

#include <stddef.h>

#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "util/cleanup.h"

struct bypass_request {
	struct skw_verb_request act; /* must be the first */
	struct skw_bypass_plan plan;
};

#define AT(field) offsetof(struct bypass_request, field)

static const struct skw_option options[] = {
	{ .name = "cgroup",
	  .arg = "PATH",
	  .help = "the cgroup of the processes; connections between two of them are taken over",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.cgroup) },
	{ .name = "max-queue",
	  .arg = "SIZE",
	  .help = "a direction of which SIZE bytes are unread goes back to TCP (default 1M)",
	  .kind = SKW_OPT_SIZE,
	  .max = SKW_BYPASS_QUEUE_MAX,
	  .limits = "1G",
	  .offset = AT(plan.max_queue) },
	{ .letter = 'w',
	  .name = "write",
	  .arg = "FILE",
	  .help = "record what is moved in a .pcapng file, as packets made up for it",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.file) },
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static const struct skw_verb_words words = {
	.usage = "--cgroup PATH [OPTION...]",
	.summary =
		"EXPERIMENTAL. Moves what two processes of a cgroup send to each other over TCP on "
		"this\n"
		"host straight from one socket to the other. That is faster for short messages, "
		"but\n"
		"some calls behave otherwise then: the start tells which. Only connections that "
		"begin\n"
		"later are taken over.",
	.examples = "  skwatch bypass --cgroup /sys/fs/cgroup/test\n"
		    "  skwatch bypass --cgroup test --max-queue 256k --duration 10m\n"
		    "  skwatch bypass --cgroup test -w moved.pcapng\n"
		    "  skwatch bypass --cgroup test --dry-run\n"
		    "  skwatch bypass --cgroup test --pin fast\n",
};

static int run(int argc, char **argv, struct skw_error *err)
{
	struct bypass_request r = { .plan = { .max_queue = SKW_BYPASS_QUEUE_DEFAULT } };
	const struct skw_option_table tables[] = { table, skw_verb_pin_table,
						   skw_verb_common_table };
	bool done;
	int first;
	int ret = skw_verb_parse(&words, tables, SKW_ARRAY_SIZE(tables), argc, argv, &r.act, &first,
				 &done, err);

	if (ret || done)
		return ret;
	if (first < argc)
		return skw_error_usage(err,
				       "%s: bypass takes no arguments; see skwatch bypass --help",
				       argv[first]);
	if (!r.plan.cgroup)
		return skw_error_usage(err, "bypass needs --cgroup PATH, the cgroup of the "
					    "processes to try it with");
	r.plan.options = &r.act.options;
	return skw_bypass_run(&r.plan, err);
}

const struct skw_command skw_cmd_bypass = {
	.name = "bypass",
	.summary = "experimental: move data between local sockets past TCP",
	.run = run,
};
