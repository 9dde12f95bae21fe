// SPDX-License-Identifier: BSD-2-Clause
#include "session/plan/plan_events.h"

#include "util/clock.h"

/* RTT samples and changes of state are many, and tell little that packets don't. */
#define TYPES         "connect,established,rto,retrans,close,listen"
#define ROWS_EVERY_NS SKW_NS_PER_S

/* Whether packets of some connections may be missing in the file. */
static bool selects(const struct skw_session_plan *plan)
{
	const struct skw_capture_plan *capture = &plan->capture;

	return plan->command || skw_owner_plan_chooses(&capture->owners) || capture->filter[0] ||
	       capture->ifaces_len || capture->direction != SKW_DIR_UNKNOWN || plan->where.text;
}

int skw_session_plan_events(struct skw_session_plan *plan, struct skw_error *err)
{
	struct skw_session_events_plan *e = &plan->recorded;
	bool has_place = plan->file.name && plan->file.format == SKW_FILE_PCAPNG;
	bool asked = e->on || e->types || e->rows_every_ns || e->no_rows;
	const char *types = e->types ? e->types : TYPES;

	if (e->off && asked)
		return skw_error_usage(err, "--no-events contradicts --events, --event-types and "
					    "--rows-every: give one of them");
	if (asked && plan->read_files_len)
		return skw_error_usage(err, "-r reads a file: its events are those that are in it, "
					    "so --events, --event-types and --rows-every do not "
					    "apply");
	/* How often rows are recorded is how often --where looks at them. */
	asked = e->on || e->types || (!plan->where.text && (e->rows_every_ns || e->no_rows));
	if (asked && !has_place)
		return skw_error_usage(err, "--events, --event-types and --rows-every are for a "
					    "pcapng file: give -w FILE.pcapng");
	e->asked = asked;
	e->wanted = has_place && !e->off && !plan->read_files_len;
	e->sweep_ns = e->no_rows ? 0 : e->rows_every_ns ? e->rows_every_ns : ROWS_EVERY_NS;
	e->what.rows = e->sweep_ns > 0;
	e->what.only_captured = selects(plan);
	int ret = skw_event_types_parse("--event-types", types, &e->what.types, err);
	if (ret)
		return ret;
	if (!plan->where.text && e->what.types.mask & SKW_EVENT_TYPES_HEALTH)
		return skw_error_usage(err, "--event-types: connections enter and leave a capture "
					    "with --where: give it, too");
	e->what.types.mask |= plan->where.text ? SKW_EVENT_TYPES_HEALTH : 0;
	return 0;
}
