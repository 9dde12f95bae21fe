// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/interval.h"

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/units.h"

#define INTERVAL_MIN_NS (100 * SKW_NS_PER_MS)
#define INTERVAL_MAX_NS (3600 * SKW_NS_PER_S)

uint64_t skw_interval_step(uint64_t ns, bool longer)
{
	static const uint64_t steps_ms[] = { 100, 200, 500, 1000, 2000, 5000, 10000, 30000, 60000 };
	uint64_t best = ns;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(steps_ms); i++) {
		uint64_t step_ns = steps_ms[i] * SKW_NS_PER_MS;

		if (!longer && step_ns < ns)
			best = step_ns;
		if (longer && step_ns > ns && best == ns)
			best = step_ns;
	}
	return best;
}

bool skw_interval_answer(struct skw_ask *ask, uint64_t *ns)
{
	uint64_t typed;

	if (!ask->text[0])
		return true;
	if (!skw_units_parse_duration(ask->text, &typed) || typed < INTERVAL_MIN_NS ||
	    typed > INTERVAL_MAX_NS) {
		skw_ask_problem(ask, "a time from 100ms to 1h, such as 0.5 or 2s", 1);
		return false;
	}
	*ns = typed;
	return true;
}
