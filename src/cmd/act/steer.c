// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/steer.h"

#include <stddef.h>

#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "util/cleanup.h"

struct steer_request {
	struct skw_verb_request act; /* must be the first */
	struct skw_steer_plan plan;
};

#define AT(field) offsetof(struct steer_request, field)

static const struct skw_option options[] = {
	{ .name = "to",
	  .arg = "SERVER",
	  .help = "the server's socket: PID:PORT, PID:FD, or listen-fds for what a service manager "
		  "has passed to skwatch",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.to) },
	{ .name = "follow",
	  .help = "when the server was restarted, register its new socket within a second",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.follow) },
	{ .name = "udp",
	  .help = "PID:PORT is a socket of UDP",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.udp) },
	{ .name = "udp-same-port",
	  .help = "steer UDP of other ports than the server's own, too: it answers from the port "
		  "that was asked",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.udp_same_port) },
};

static const struct skw_verb_words words = {
	.usage = "[OPTION...] --to SERVER [PREFIX:]PORTS...\n"
		 "       skwatch steer NAME add|remove [PREFIX:]PORTS...\n"
		 "       skwatch steer NAME --follow",
	.summary = "Lets one listening socket have the connections to many ports and addresses of\n"
		   "this network namespace. Nothing changes for connections that are open, and\n"
		   "listeners on these ports get no new ones.",
	.examples = "  skwatch steer --to 1234:8080 80 8000-8010\n"
		    "  skwatch steer --to 1234:8080 '192.0.2.0/24:*' '[2001:db8::/64]:443'\n"
		    "  skwatch steer --dry-run --to 1234:8080 80\n"
		    "  skwatch steer --pin web --to 1234:8080 80\n"
		    "  skwatch steer web add 81\n"
		    "  skwatch steer web --follow\n",
};

static int run(int argc, char **argv, struct skw_error *err)
{
	const struct skw_option_table tables[] = { { options, SKW_ARRAY_SIZE(options) },
						   skw_verb_pin_table,
						   skw_verb_common_table };
	struct steer_request r = { .plan.options = &r.act.options };
	bool done;
	int first;
	int ret = skw_verb_parse(&words, tables, SKW_ARRAY_SIZE(tables), argc, argv, &r.act, &first,
				 &done, err);

	if (ret || done)
		return ret;
	r.plan.words = argv + first;
	r.plan.words_len = (size_t)(argc - first);
	return skw_steer_run(&r.plan, err);
}

const struct skw_command skw_cmd_steer = {
	.name = "steer",
	.summary = "let one server have the connections to many ports and addresses",
	.run = run,
};
