// SPDX-License-Identifier: BSD-2-Clause
/* The options for events and rows of connections in a pcapng file. */
#include "cmd/capture_options.h"

#include <stddef.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/units.h"

#define ROWS_EVERY_MIN_NS (100 * SKW_NS_PER_MS)
#define ROWS_EVERY_MAX_NS (3600 * SKW_NS_PER_S)

#define AT(field)         offsetof(struct skw_capture_request, field)

static int take_rows_every(void *request, const char *arg, struct skw_error *err)
{
	struct skw_session_events_plan *plan =
		&((struct skw_capture_request *)request)->plan.recorded;
	uint64_t ns = 0;

	plan->no_rows = strcmp(arg, "0") == 0;
	if (plan->no_rows)
		return 0;
	if (!skw_units_parse_duration(arg, &ns) || ns < ROWS_EVERY_MIN_NS || ns > ROWS_EVERY_MAX_NS)
		return skw_error_usage(
			err, "--rows-every: \"%s\" is not 0 or a time from 100ms to 1h", arg);
	plan->rows_every_ns = ns;
	return 0;
}

static const struct skw_option options[] = {
	{ .name = "events",
	  .help = "record what TCP does between the packets (the default for a pcapng file if that "
		  "is permitted)",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.recorded.on) },
	{ .name = "no-events",
	  .help = "record packets only",
	  .kind = SKW_OPT_FLAG,
	  .offset = AT(plan.recorded.off) },
	{ .name = "event-types",
	  .arg = "TYPES",
	  .help = "record only these types: "
		  "connect,established,state,rtt,rto,retrans,close,listen,reset,refused,timeout "
		  "(default: all but state and rtt)",
	  .kind = SKW_OPT_STRING,
	  .offset = AT(plan.recorded.types) },
	{ .name = "rows-every",
	  .arg = "TIME",
	  .help = "record the figures of connections that have changed after each TIME (default "
		  "1s; 0: never)",
	  .kind = SKW_OPT_CALL,
	  .call = take_rows_every },
};

const struct skw_option_table skw_capture_options_events = { options, SKW_ARRAY_SIZE(options) };
