// SPDX-License-Identifier: BSD-2-Clause
/* The processes that hold sockets: the one with the lowest number is the owner. */
#include "metrics/meter_state.h"

#include <errno.h>
#include <stdlib.h>

#include "util/hash.h"

/* An index of the tallies by inode, while the holders are told. */
struct skw_meter_holders {
	uint32_t *pids;    /* by place: the lowest so far; 0: none */
	uint32_t *buckets; /* place + 1, open addressing */
	size_t mask;
};

void skw_meter_holders_free(struct skw_meter *m)
{
	if (!m->holders)
		return;
	free(m->holders->pids);
	free(m->holders->buckets);
	free(m->holders);
	m->holders = NULL;
}

static uint32_t *bucket_of(const struct skw_meter *m, uint32_t inode)
{
	const struct skw_meter_holders *h = m->holders;
	size_t at = skw_hash_word(0, inode) >> 32 & h->mask;

	while (h->buckets[at] && skw_tallies_at(&m->tallies, h->buckets[at] - 1)->inode != inode)
		at = (at + 1) & h->mask;
	return &h->buckets[at];
}

/* Without memory the owners stay as they are, until a later sweep. */
void skw_meter_holders_begin(void *meter)
{
	struct skw_meter *m = meter;
	struct skw_meter_holders *h;
	size_t size = 64;

	skw_meter_holders_free(m);
	while (size < m->tallies.len * 5ULL / 4)
		size *= 2;
	h = m->holders = calloc(1, sizeof(*h));
	if (!h)
		return;
	h->mask = size - 1;
	h->pids = calloc(m->tallies.end ? m->tallies.end : 1, sizeof(*h->pids));
	h->buckets = calloc(size, sizeof(*h->buckets));
	if (!h->pids || !h->buckets) {
		skw_meter_holders_free(m);
		return;
	}
	for (uint32_t i = 0; i < m->tallies.end; i++) {
		const struct skw_tally *t = skw_tallies_at(&m->tallies, i);

		/* A number may belong to another socket soon after the end of this one. */
		if (t->kind > SKW_TALLY_CALLER && t->seen == m->sweep && t->inode &&
		    !(t->flags & SKW_TALLY_CLOSING))
			*bucket_of(m, t->inode) = i + 1;
	}
}

int skw_meter_holder(void *meter, uint32_t inode, const struct skw_owner *owner)
{
	struct skw_meter *m = meter;
	uint32_t place = m->holders ? *bucket_of(m, inode) : 0;

	if (!place)
		return 0;
	struct skw_tally *t = skw_tallies_at(&m->tallies, place - 1);
	uint32_t *pid = &m->holders->pids[place - 1];

	/* The table is older than the tallies, of which some may have gone. */
	if (t->inode != inode || (*pid && *pid <= owner->pid))
		return 0;
	*pid = owner->pid;
	t->flags |= SKW_TALLY_HELD;
	return skw_meter_own(m, t, owner->comm);
}

/* Sockets have other sets now. */
int skw_meter_holders_end(void *meter)
{
	skw_meter_holders_free(meter);
	skw_meter_show_gauges(meter);
	return 0;
}
