// SPDX-License-Identifier: BSD-2-Clause
#include <stddef.h>

#include "act/list.h"
#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "util/cleanup.h"

struct detach_request {
	struct skw_verb_request act; /* must be the first */
};

#define AT(field) offsetof(struct detach_request, field)

static const struct skw_option options[] = {
	{ .name = "dry-run",
	  .help = "tell what would be removed, and change nothing",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(act.options.dry_run) },
	SKW_VERB_OPTION_BPFFS(AT(act.options.bpffs)),
	SKW_OPTION_HELP(AT(act.help)),
	SKW_OPTION_VERSION(AT(act.version)),
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static const struct skw_verb_words words = {
	.usage = "[OPTION...] NAME...",
	.summary = "Removes what a verb has left in the kernel with --pin NAME.",
	.examples = "  skwatch detach web\n  skwatch detach --dry-run web\n",
};

static int run(int argc, char **argv, struct skw_error *err)
{
	struct detach_request r = { 0 };
	bool done;
	int first;
	int ret = skw_verb_parse(&words, &table, 1, argc, argv, &r.act, &first, &done, err);

	if (ret || done)
		return ret;
	if (first == argc)
		return skw_error_usage(err, "detach needs the NAME of a pin; skwatch list shows "
					    "them");
	for (int i = first; !ret && i < argc; i++)
		ret = skw_act_detach(r.act.options.bpffs, argv[i], r.act.options.dry_run, err);
	return ret;
}

const struct skw_command skw_cmd_detach = {
	.name = "detach",
	.summary = "remove what was left in the kernel with --pin",
	.run = run,
};
