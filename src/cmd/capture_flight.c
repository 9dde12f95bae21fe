// SPDX-License-Identifier: BSD-2-Clause
/* The options for recordings that begin before the trouble. */
#include "cmd/capture_options.h"

#include <stddef.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define TIME_MAX_NS (3600 * SKW_NS_PER_S)
#define MEMORY_MIN  (1ULL << 20)
#define MEMORY_MAX  (64ULL << 30)

#define AT(field)   offsetof(struct skw_capture_request, field)

static const struct skw_option options[] = {
	{ .name = "on",
	  .arg = "WHAT",
	  .help = "keep packets and events in memory, and record what is near a trigger: a list of "
		  "event types and expressions, such as rto,retrans,reset,refused,timeout,"
		  "'srtt>200ms', and of messages slow,'latency>200ms'",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.flight.on) },
	{ .name = "pre",
	  .arg = "TIME",
	  .help = "record TIME before a trigger (default 10s)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.flight.pre_ns),
	  .max = TIME_MAX_NS,
	  .limits = "1h" },
	{ .name = "post",
	  .arg = "TIME",
	  .help = "record TIME after a trigger (default 5s)",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.flight.post_ns),
	  .max = TIME_MAX_NS,
	  .limits = "1h" },
	{ .name = "slow",
	  .arg = "TIME",
	  .help = "with --on slow: messages that took TIME or longer (default 100ms), or failed",
	  .kind = SKW_OPT_DURATION,
	  .offset = AT(plan.flight.slow_ns),
	  .max = TIME_MAX_NS,
	  .limits = "1h" },
	{ .name = "pre-size",
	  .arg = "SIZE",
	  .help = "memory for what is kept (default 64M)",
	  .kind = SKW_OPT_SIZE,
	  .offset = AT(plan.flight.bytes),
	  .min = MEMORY_MIN,
	  .max = MEMORY_MAX,
	  .limits = "1M to 64G" },
	{ .name = "on-any",
	  .help = "record all packets near a trigger, not only those of its connection",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.flight.any) },
	{ .name = "max-triggers",
	  .arg = "N",
	  .help = "stop when the Nth trigger is recorded (default: 1000 with a file for each, "
		  "otherwise none)",
	  .kind = SKW_OPT_UINT,
	  .offset = AT(plan.flight.max_triggers) },
	{ .name = "exec",
	  .arg = "COMMAND",
	  .help = "run COMMAND with the name of each file when it is complete; with a file for "
		  "each trigger, its environment tells the trigger",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.flight.exec) },
};

const struct skw_option_table skw_capture_options_flight = { options, SKW_ARRAY_SIZE(options) };
