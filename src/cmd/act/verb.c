// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/act/verb.h"

#include <config.h>

#include <stddef.h>
#include <stdio.h>

#include "util/cleanup.h"

#define AT(field) offsetof(struct skw_verb_request, field)

static const struct skw_option common[] = {
	{ .name = "dry-run",
	  .help = "tell what would be done, and change nothing",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(options.dry_run) },
	{ .name = "json",
	  .help = "print a line with a JSON object for each event",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(options.json) },
	{ .letter = 'c',
	  .name = "events",
	  .arg = "N",
	  .help = "stop after N events",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(options.count) },
	{ .name = "duration",
	  .arg = "TIME",
	  .help = "stop after TIME (10s, 5m, 1h)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(options.duration_ns) },
	SKW_OPTION_NO_SANDBOX(AT(options.no_sandbox)),
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};
const struct skw_option_table skw_verb_common_table = { common, SKW_ARRAY_SIZE(common) };

static const struct skw_option pin[] = {
	{ .name = "pin",
	  .arg = "NAME",
	  .help = "stay under this name when the command has ended: skwatch list shows it, and "
		  "skwatch detach NAME removes it",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(options.pin) },
	SKW_VERB_OPTION_BPFFS(AT(options.bpffs)),
};
const struct skw_option_table skw_verb_pin_table = { pin, SKW_ARRAY_SIZE(pin) };

static void print_help(const struct skw_verb_words *words, const char *name,
		       const struct skw_option_table *tables, size_t n)
{
	printf("Usage: skwatch %s %s\n%s\n\n", name, words->usage, words->summary);
	skw_options_help(tables, n, stdout);
	printf("\nExamples:\n%s", words->examples);
}

int skw_verb_parse(const struct skw_verb_words *words, const struct skw_option_table *tables,
		   size_t n, int argc, char **argv, struct skw_verb_request *r, int *first,
		   bool *done, struct skw_error *err)
{
	*first = argc;
	*done = false;
	int ret = skw_options_parse(tables, n, argc, argv, r, first, err);

	if (ret)
		return ret;
	*done = r->help || r->version;
	if (r->help)
		print_help(words, argv[0], tables, n);
	else if (r->version)
		printf("skwatch %s\n", PACKAGE_VERSION);
	return 0;
}
