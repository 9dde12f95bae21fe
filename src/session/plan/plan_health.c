// SPDX-License-Identifier: BSD-2-Clause
#include "session/plan/plan_health.h"

#include <string.h>

#include "journal/journal_fields.h"
#include "util/clock.h"
#include "view/choice.h"

/* Connections that were closed are remembered for longer than this, so that they can leave. */
#define LOOK_EVERY_MAX_NS (10 * SKW_NS_PER_S)

int skw_session_plan_health(struct skw_session_plan *plan, struct skw_error *err)
{
	const char *text = plan->summary_choice.where;

	if (!text || plan->summary)
		return 0;
	if (plan->read_files_len)
		return skw_error_usage(err, "-r reads a file, and --where looks at connections of "
					    "this host: for a table of those in the file give "
					    "--summary, too");
	if (plan->flight.on)
		return skw_error_usage(err, "--where leaves out what --on would record from before "
					    "a trigger: give --on the expression, without --where");
	if (plan->recorded.rows_every_ns > LOOK_EVERY_MAX_NS)
		return skw_error_usage(err, "--where looks at connections as often as --rows-every "
					    "says: give 10s or less, or 0 for no rows");
	if (strlen(text) >= SKW_JOURNAL_WHERE)
		return skw_error_usage(err, "--where: the expression is longer than %d bytes",
				       SKW_JOURNAL_WHERE - 1);
	plan->where.text = text;
	return skw_choice_expr("--where", text, plan->flight.names, &plan->where.expr, err);
}
