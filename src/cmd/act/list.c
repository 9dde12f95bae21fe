// SPDX-License-Identifier: BSD-2-Clause
#include <stddef.h>

#include "act/bypass.h"
#include "act/list.h"
#include "act/mark.h"
#include "act/policy/policy.h"
#include "act/steer/steer.h"
#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "util/cleanup.h"

struct list_request {
	struct skw_verb_request act; /* must be the first */
	struct skw_act_list_plan plan;
};

static const struct skw_act_kind *const kinds[] = { &skw_policy_kind, &skw_steer_kind,
						    &skw_bypass_kind, &skw_act_mark_kind, NULL };

#define AT(field) offsetof(struct list_request, field)

static const struct skw_option options[] = {
	{ .name = "mount",
	  .help = "mount a BPF file system for the folder first, if it is in none",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.mount) },
	{ .name = "repair",
	  .help = "register again what has lost its server, because that was restarted",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.repair) },
	{ .name = "json",
	  .help = "print a line with a JSON object for each pin",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.json) },
	SKW_VERB_OPTION_BPFFS(AT(plan.bpffs)),
	SKW_OPTION_HELP(AT(act.help)),
	SKW_OPTION_VERSION(AT(act.version)),
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static const struct skw_verb_words words = {
	.usage = "[OPTION...]",
	.summary = "Prints what the verbs that act have left in the kernel with --pin: its kind,\n"
		   "where it is, its rules and counters, and whether it is still attached.",
	.examples = "  skwatch list\n  skwatch list --json | jq .name\n  skwatch list --repair\n",
};

static int run(int argc, char **argv, struct skw_error *err)
{
	struct list_request r = { .plan.kinds = kinds };
	bool done;
	int first;
	int ret = skw_verb_parse(&words, &table, 1, argc, argv, &r.act, &first, &done, err);

	if (ret || done)
		return ret;
	if (first < argc)
		return skw_error_usage(err, "%s: list takes no arguments; see skwatch list --help",
				       argv[first]);
	return skw_act_list(&r.plan, err);
}

const struct skw_command skw_cmd_list = {
	.name = "list",
	.summary = "print what was left in the kernel with --pin",
	.run = run,
};
