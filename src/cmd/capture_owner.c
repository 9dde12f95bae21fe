// SPDX-License-Identifier: BSD-2-Clause
/* The options that choose packets by the owner or the connection of their socket. */
#include "cmd/capture_options.h"

#include <stddef.h>
#include <string.h>

#include "cmd/words/owner_words.h"
#include "util/cleanup.h"

#define SOCKETS_MAX 4194304

static struct skw_owner_plan *owners(void *values)
{
	return &((struct skw_capture_request *)values)->plan.capture.owners;
}

static int add_pid(void *values, const char *arg, struct skw_error *err)
{
	return skw_owner_words_add_pid(owners(values), arg, err);
}

static int add_comm(void *values, const char *arg, struct skw_error *err)
{
	return skw_owner_words_add_comm(owners(values), arg, err);
}

static int add_cgroup(void *values, const char *arg, struct skw_error *err)
{
	return skw_owner_words_add_cgroup(owners(values), arg, err);
}

#define AT(field) offsetof(struct skw_capture_request, plan.capture.owners.field)

static const struct skw_option options[] = {
	{ .name = "pid",
	  .arg = "PID",
	  .help = "capture only packets of this process's sockets, repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_pid },
	{ .name = "children",
	  .help = "with --pid, also packets of its children and their children",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(children) },
	{ .name = "comm",
	  .arg = "NAME",
	  .help = "capture only packets of processes with this name, repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_comm },
	{ .name = "cgroup",
	  .arg = "PATH",
	  .help = "capture only packets of this cgroup and those below it, repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_cgroup },
	{ .name = "owner-sockets",
	  .arg = "N",
	  .help = "follow at most N sockets at a time by their owners (default 65536)",
	  .kind = SKW_OPT_UINT32,
	  .offset = AT(sockets_max),
	  .max = SOCKETS_MAX,
	  .limits = "4194304" },
	{ .name = "where",
	  .arg = "EXPR",
	  .help = "capture only packets of connections while their figures match, for example "
		  "'srtt > 50ms or retrans > 3'; with --summary: in the table only connections "
		  "that match, for example 'retrans > 1%'",
	  .kind = SKW_OPT_STRING,
	  .offset = offsetof(struct skw_capture_request, plan.summary_choice.where) },
};

int skw_capture_options_end(int argc, char *const *argv)
{
	int at = 1;

	while (at < argc && strcmp(argv[at], "--") != 0)
		at++;
	return at < argc ? at : argc;
}

int skw_capture_options_command(int *argc, char **argv, int first, int end, char *const **command,
				struct skw_error *err)
{
	/* Otherwise it is the argument of an option, and the parser went on behind it. */
	if (end == *argc || first > end + 1 || strcmp(argv[first - 1], "--") != 0)
		return 0;
	if (end + 1 == *argc)
		return skw_error_usage(err, "--: a command must follow, which is then run");
	*command = argv + end + 1;
	*argc = end + 1;
	return 0;
}

const struct skw_option_table skw_capture_options_owner = { options, SKW_ARRAY_SIZE(options) };
