// SPDX-License-Identifier: BSD-2-Clause
/* How many sockets each label set has now. */
#include "metrics/meter_state.h"

#include <string.h>

static void count_tallies(struct skw_meter *m)
{
	for (uint32_t i = 0; i < m->tallies.end; i++) {
		const struct skw_tally *t = skw_tallies_at(&m->tallies, i);

		if (t->kind <= SKW_TALLY_CALLER)
			continue;
		struct skw_label_set *set = skw_label_sets_get(&m->sets, t->set);

		if (t->kind == SKW_TALLY_TCP) {
			set->tcp.now[t->state]++;
		} else if (t->kind == SKW_TALLY_LISTENER) {
			set->listener.queue += t->queue;
			set->listener.limit += t->limit;
		}
	}
}

void skw_meter_show_gauges(struct skw_meter *m)
{
	for (uint32_t i = 0; i < m->sets.len; i++) {
		struct skw_label_set *set = &m->sets.all[i];

		memcpy(set->tcp.now, set->tcp.met, sizeof(set->tcp.now));
		set->listener.queue = set->listener.limit = 0;
	}
	count_tallies(m);
	for (uint32_t i = 0; i < m->sets.len; i++) {
		struct skw_tcp_figures *tcp = &m->sets.all[i].tcp;

		for (unsigned state = 0; state < SKW_STATES; state++)
			if (tcp->now[state])
				tcp->states |= (uint16_t)(1U << state);
	}
}
