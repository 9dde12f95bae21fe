// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/messages_options.h"

#include <stddef.h>

#include "cmd/words/owner_words.h"
#include "model/owner_plan.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define GROUPS_MAX   100000
#define BYTES_MIN    (1ULL << 20)
#define BYTES_MAX    (1ULL << 40)

#define DELAY_MIN_NS (100 * SKW_NS_PER_MS)
#define DELAY_MAX_NS (24 * 3600 * SKW_NS_PER_S)

#define AT(field)    offsetof(struct skw_messages_request, field)

static int add_read_file(void *values, const char *arg, struct skw_error *err)
{
	int ret = skw_read_list_add(&((struct skw_messages_request *)values)->read, arg);

	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}

static int add_interface(void *values, const char *arg, struct skw_error *err)
{
	struct skw_capture_plan *plan = &((struct skw_messages_request *)values)->plan.capture;

	if (!arg[0])
		return skw_error_usage(err, "-i: the interface's name is empty");
	if (plan->ifaces_len == SKW_CAPTURE_IFACES_MAX)
		return skw_error_usage(err,
				       "-i: more than %d interfaces; without -i, all are taken",
				       SKW_CAPTURE_IFACES_MAX);
	plan->ifaces[plan->ifaces_len++] = arg;
	return 0;
}

static struct skw_owner_plan *owners(void *values)
{
	return &((struct skw_messages_request *)values)->plan.capture.owners;
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

static const struct skw_option options[] = {
	{ .letter = 'r',
	  .name = "read",
	  .arg = "FILE",
	  .help = "read packets from FILE, repeatable, - is standard input (default: packets of "
		  "this host)",
	  .kind = SKW_OPT_CALL,
	  .call = add_read_file },
	{ .letter = 'i',
	  .name = "interface",
	  .arg = "NAME",
	  .help = "take packets of this interface, repeatable (default: all)",
	  .kind = SKW_OPT_CALL,
	  .call = add_interface },
	{ .letter = 't',
	  .name = "protocols",
	  .arg = "PROTOCOLS",
	  .help = "only these protocols, separated by commas (default: all)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.protocols) },
	{ .name = "where",
	  .arg = "EXPR",
	  .help = "print only messages that match, for example 'latency > 100ms or error = yes'",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.where) },
	{ .name = "slow",
	  .arg = "TIME",
	  .help = "only messages that took TIME (100ms) or longer, or that failed",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.slow_ns) },
	{ .letter = 'w',
	  .name = "write",
	  .arg = "FILE",
	  .help = "record packets in FILE (.pcapng), with comments such as HTTP 200 in 12.3 ms",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.write) },
	{ .name = "summary",
	  .help = "a table of processes, protocols and kinds instead of lines: live on a terminal, "
		  "and printed at the end",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.summary) },
	{ .name = "sort",
	  .arg = "KEY",
	  .help = "sort the table by KEY, largest first; with -KEY smallest first (default time)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.sort) },
	{ .name = "groups",
	  .arg = "N",
	  .help = "lines of the table, for other kinds there is one more (default 1000)",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.groups),
	  .min = 1,
	  .max = GROUPS_MAX,
	  .limits = "1 to 100000" },
	{ .letter = 'b',
	  .name = "batch",
	  .help = "with --summary: no screen, only the table at the end",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(batch) },
	{ .letter = 'd',
	  .name = "delay",
	  .arg = "SECS",
	  .help = "time between updates of the live table (default 1)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.interval_ns),
	  .min = DELAY_MIN_NS,
	  .max = DELAY_MAX_NS,
	  .limits = "0.1 seconds to a day" },
	{ .name = "no-color",
	  .help = "use no colours, as with NO_COLOR in the environment",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(no_color) },
	{ .name = "ascii",
	  .help = "draw with ASCII characters only",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(ascii) },
	{ .name = "csv",
	  .help = "print the table as comma-separated values with a line of headers",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.csv) },
	{ .name = "json",
	  .help = "print a line with a JSON object for each message, or each line of the table",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.json) },
	{ .name = "content",
	  .help = "show values of the users' data, such as queries of URLs",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.content) },
	{ .name = "names",
	  .help = "show servers by the names that were asked (DNS) or called (TLS) in the packets",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.named) },
	{ .letter = 'c',
	  .name = "count",
	  .arg = "N",
	  .help = "stop after N messages were printed",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.count) },
	{ .name = "duration",
	  .arg = "TIME",
	  .help = "stop after TIME (10s, 5m, 1h)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.duration_ns) },
	{ .name = "pid",
	  .arg = "PID",
	  .help = "only packets of this process's sockets, repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_pid },
	{ .name = "comm",
	  .arg = "NAME",
	  .help = "only packets of processes with this name, repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_comm },
	{ .name = "cgroup",
	  .arg = "PATH",
	  .help = "only packets of this cgroup and those below it, repeatable",
	  .kind = SKW_OPT_CALL,
	  .call = add_cgroup },
	{ .name = "no-owner",
	  .help = "do not find the processes of messages",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.no_owner) },
	{ .name = "memory",
	  .arg = "SIZE",
	  .help = "memory for all connections (default 64M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.max_bytes),
	  .min = BYTES_MIN,
	  .max = BYTES_MAX,
	  .limits = "1M to 1T" },
	{ .letter = 'B',
	  .name = "ring-size",
	  .arg = "SIZE",
	  .help = "size of all packet rings together (default 64M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.capture.ring_bytes),
	  .max = 16ULL << 30,
	  .limits = "16G" },
	SKW_OPTION_NO_SANDBOX(AT(plan.no_sandbox)),
	SKW_OPTION_HELP(AT(help)),
	SKW_OPTION_VERSION(AT(version)),
};

void skw_messages_options_list(struct skw_option_table out[SKW_MESSAGES_OPTIONS_TABLES])
{
	out[0] = (struct skw_option_table){ options, SKW_ARRAY_SIZE(options) };
	out[1] = skw_to_options_all;
}
