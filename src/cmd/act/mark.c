// SPDX-License-Identifier: BSD-2-Clause
#include <stddef.h>

#include "act/mark.h"
#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "util/cleanup.h"
#include "util/locale.h"

struct mark_request {
	struct skw_verb_request act; /* must be the first */
	const char *cgroup;
	uint32_t host;
	bool names;
};

#define AT(field) offsetof(struct mark_request, field)

static const struct skw_option options[] = {
	{ .name = "cgroup",
	  .arg = "PATH",
	  .help = "mark the sockets of this cgroup and the cgroups below it; / is the root",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(cgroup) },
	{ .name = "host-id",
	  .arg = "N",
	  .help = "the number of this host (default: a hash of /etc/machine-id)",
	  .kind = SKW_OPT_UINT32,
	  .offset = AT(host),
	  .max = 0xfffffffe,
	  .limits = "4294967294" },
	{ .name = "name",
	  .help = "tell the name of the process, too, as far as there is room: often 4 letters",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(names) },
};

static const struct skw_verb_words words = {
	.usage = "--cgroup PATH [OPTION...]",
	.summary =
		"Both ends of a connection tell each other who they are, through NAT: the host, "
		"the\n"
		"socket's cookie and the process, in a TCP option of SYN and SYN-ACK. Both hosts\n"
		"run it. Everybody on the way can read it, so use it inside your own network.",
	.examples = "  skwatch mark --cgroup /\n"
		    "  skwatch mark --cgroup system.slice --name --json\n"
		    "  skwatch mark --cgroup / --name --pin marks\n"
		    "  skwatch mark --cgroup / --host-id 17 --dry-run\n",
};

static int run(int argc, char **argv, struct skw_error *err)
{
	const struct skw_option_table tables[] = { { options, SKW_ARRAY_SIZE(options) },
						   skw_verb_pin_table,
						   skw_verb_common_table };
	struct mark_request r = { 0 };
	bool done;
	int first;

	skw_locale_take();
	int ret = skw_verb_parse(&words, tables, SKW_ARRAY_SIZE(tables), argc, argv, &r.act, &first,
				 &done, err);
	if (ret || done)
		return ret;
	if (first < argc)
		return skw_error_usage(err, "%s: mark takes no arguments; see skwatch mark --help",
				       argv[first]);
	const struct skw_act_mark_plan plan = {
		.options = r.act.options, .cgroup = r.cgroup, .host = r.host, .names = r.names
	};

	return skw_act_mark_run(&plan, err);
}

const struct skw_command skw_cmd_mark = {
	.name = "mark",
	.summary = "tell the other end of a connection who this one is",
	.run = run,
};
