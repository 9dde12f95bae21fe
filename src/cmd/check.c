// SPDX-License-Identifier: BSD-2-Clause
#include <config.h>

#include <stddef.h>
#include <stdio.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "session/check.h"
#include "util/cleanup.h"

struct check_request {
	bool json, help, version;
};

#define AT(field) offsetof(struct check_request, field)

static const struct skw_option options[] = {
	{ .name = "json",
	  .help = "print the report as a JSON object",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(json) },
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};
static const struct skw_option_table table = { options, SKW_ARRAY_SIZE(options) };

static void print_help(void)
{
	fputs("Usage: skwatch check [OPTION...]\n"
	      "Prints what works on this host and what does not, why, and what would help.\n"
	      "Exit status: 0 if capture, top and events can run in full.\n\n",
	      stdout);
	skw_options_help(&table, 1, stdout);
}

static int run(int argc, char **argv, struct skw_error *err)
{
	struct check_request r = { 0 };
	int first = argc;
	int ret = skw_options_parse(&table, 1, argc, argv, &r, &first, err);

	if (ret)
		return ret;
	if (r.help) {
		print_help();
		return 0;
	}
	if (r.version) {
		printf("skwatch %s\n", PACKAGE_VERSION);
		return 0;
	}
	if (first < argc)
		return skw_error_usage(
			err, "%s: check takes no arguments; see skwatch check --help", argv[first]);
	return skw_session_check(r.json, err);
}

const struct skw_command skw_cmd_check = {
	.name = "check",
	.summary = "tell what works on this host, and what would help",
	.run = run,
};
