// SPDX-License-Identifier: BSD-2-Clause
#include "act/steer/adopt.h"

#include <stddef.h>

#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "util/cleanup.h"

struct adopt_request {
	struct skw_verb_request act; /* must be the first */
	struct skw_adopt_plan plan;
};

#define AT(field) offsetof(struct adopt_request, field)

static int add_from(void *values, const char *arg, struct skw_error *err)
{
	struct skw_adopt_plan *plan = &((struct adopt_request *)values)->plan;

	if (plan->from_len == SKW_ADOPT_FROM_MAX)
		return skw_error_usage(err, "--from: at most %d", SKW_ADOPT_FROM_MAX);
	plan->from[plan->from_len++] = arg;
	return 0;
}

static const struct skw_option options[] = {
	{ .name = "from",
	  .arg = "[NAME=]PID:PORT",
	  .help = "hand this listening socket of a running server over, or PID:FD; NAME is for "
		  "LISTEN_FDNAMES; repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_from },
	{ .name = "stop",
	  .arg = "SIGNAL",
	  .help = "send this signal to the old server once the new one accepts connections on all "
		  "of these sockets",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.stop) },
	{ .name = "after",
	  .arg = "TIME",
	  .help = "send it so much later, if the new server still runs then",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.after_ns) },
	{ .name = "dry-run",
	  .help = "tell what would be done, and change nothing",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.dry_run) },
	SKW_OPTION_HELP(AT(act.help)),
	SKW_OPTION_VERSION(AT(act.version)),
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static const struct skw_verb_words words = {
	.usage = "--from [NAME=]PID:PORT... [OPTION...] -- COMMAND [ARG...]",
	.summary = "Starts a new server with the listening sockets of a running one, so that no\n"
		   "connection is refused while the server is replaced. COMMAND must take sockets\n"
		   "as systemd passes them: LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES.",
	.examples = "  skwatch adopt --from 1234:443 --stop TERM -- /usr/sbin/server --config new\n"
		    "  skwatch adopt --from http=1234:80 --from https=1234:443 -- ./server\n"
		    "  skwatch adopt --dry-run --from 1234:443 -- ./server\n",
};

static int run(int argc, char **argv, struct skw_error *err)
{
	struct adopt_request r = { 0 };
	bool done;
	int first;
	int ret = skw_verb_parse(&words, &table, 1, argc, argv, &r.act, &first, &done, err);

	if (ret || done)
		return ret;
	if (!r.plan.from_len)
		return skw_error_usage(err, "adopt needs --from PID:PORT");
	if (first == argc)
		return skw_error_usage(err, "adopt needs the command of the new server, behind --");
	r.plan.argv = argv + first;
	return skw_adopt_run(&r.plan, err);
}

const struct skw_command skw_cmd_adopt = {
	.name = "adopt",
	.summary = "start a new server with the listening sockets of a running one",
	.run = run,
};
