// SPDX-License-Identifier: BSD-2-Clause
#include "table/listeners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void skw_listeners_free(struct skw_listeners *l)
{
	free(l->all);
	*l = (struct skw_listeners){ 0 };
}

int skw_listeners_add(struct skw_listeners *l, const struct skw_entry *e)
{
	if (l->len == l->size) {
		size_t size = l->size ? l->size * 2 : 32;
		struct skw_listener *all = reallocarray(l->all, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		l->all = all;
		l->size = size;
	}
	l->all[l->len++] = (struct skw_listener){ .netns = e->row.netns,
						  .port = e->row.tuple.local_port,
						  .slot = e->slot };
	l->unsorted = true;
	return 0;
}

void skw_listeners_changed(struct skw_listeners *l)
{
	l->stale = true;
}

static int by_place(const void *a, const void *b)
{
	const struct skw_listener *x = a, *y = b;

	if (x->netns != y->netns)
		return x->netns < y->netns ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return (x->slot > y->slot) - (x->slot < y->slot);
}

static bool is_there(const struct skw_listener *l, const struct skw_slots *slots)
{
	const struct skw_entry *e = skw_slots_at(slots, l->slot);

	return e->used && !e->hidden && e->row.state == SKW_STATE_LISTEN &&
	       e->row.netns == l->netns && e->row.tuple.local_port == l->port;
}

static void put_in_order(struct skw_listeners *l, const struct skw_slots *slots)
{
	size_t len = 0;

	qsort(l->all, l->len, sizeof(*l->all), by_place);
	for (size_t i = 0; i < l->len; i++) {
		bool doubled = len && !by_place(&l->all[len - 1], &l->all[i]);

		if (!doubled && is_there(&l->all[i], slots))
			l->all[len++] = l->all[i];
	}
	l->len = len;
	l->unsorted = l->stale = false;
}

static bool is_any(const uint8_t addr[16])
{
	static const uint8_t zero[16];

	return !memcmp(addr, zero, sizeof(zero));
}

/*
 * 2: it listens at the address of the row, 1: at all addresses, 0: elsewhere. A connection has the
 * family of its listener: one of IPv6 accepts IPv4 with mapped addresses.
 */
static int fits(const struct skw_row *listener, const struct skw_row *row)
{
	const struct skw_tuple *there = &listener->tuple, *here = &row->tuple;

	if (there->family != here->family)
		return 0;
	if (is_any(there->local_addr))
		return 1;
	return memcmp(here->local_addr, there->local_addr, sizeof(here->local_addr)) ? 0 : 2;
}

bool skw_listeners_find(struct skw_listeners *l, const struct skw_slots *slots,
			const struct skw_row *row, const struct skw_owners **owners)
{
	int best = 0;
	size_t low = 0, high;

	*owners = NULL;
	if (l->unsorted || l->stale)
		put_in_order(l, slots);
	high = l->len;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct skw_listener *at = &l->all[mid];

		if (at->netns < row->netns ||
		    (at->netns == row->netns && at->port < row->tuple.local_port))
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < l->len && l->all[low].netns == row->netns &&
	       l->all[low].port == row->tuple.local_port;
	     low++) {
		const struct skw_entry *e = skw_slots_at(slots, l->all[low].slot);
		int rank = fits(&e->row, row);

		/* Equal owners are the same set. */
		if (rank > best)
			*owners = e->row.owners;
		else if (rank && rank == best && e->row.owners != *owners)
			*owners = NULL;
		if (rank > best)
			best = rank;
	}
	return best > 0;
}
