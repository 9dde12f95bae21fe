// SPDX-License-Identifier: BSD-2-Clause
#include "act/policy/origdst.h"

#include <stddef.h>
#include <unistd.h>

#include "cmd/act/verb.h"
#include "cmd/command.h"
#include "util/cleanup.h"

static const struct skw_option options[] = {
	SKW_OPTION_HELP(offsetof(struct skw_verb_request, help)),
	SKW_OPTION_VERSION(offsetof(struct skw_verb_request, version)),
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static const struct skw_verb_words words = {
	.usage = "[OPTION...]",
	.summary =
		"Prints the destination that the connection at standard input was made to before "
		"it was\n"
		"redirected to a proxy, as ADDRESS:PORT. It is for proxies that are shell "
		"scripts.",
	.examples = "  socat TCP-LISTEN:8080,fork EXEC:./proxy.sh    # in proxy.sh:\n"
		    "  to=$(skwatch origdst) || exit\n",
};

static int run(int argc, char **argv, struct skw_error *err)
{
	struct skw_verb_request r = { 0 };
	bool done;
	int first;
	int ret = skw_verb_parse(&words, &table, 1, argc, argv, &r, &first, &done, err);

	if (ret || done)
		return ret;
	if (first < argc)
		return skw_error_usage(err,
				       "%s: origdst takes no arguments; see skwatch origdst "
				       "--help",
				       argv[first]);
	return skw_origdst_print(STDIN_FILENO, err);
}

const struct skw_command skw_cmd_origdst = {
	.name = "origdst",
	.summary = "print the destination of a redirected connection",
	.run = run,
};
