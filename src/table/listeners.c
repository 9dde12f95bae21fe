// SPDX-License-Identifier: BSD-2-Clause
#include "table/listeners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const uint8_t mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

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

/* IPv4 addresses are mapped to IPv6, so that sockets of both families can be compared. */
static void mapped(uint8_t out[16], const struct skw_row *row)
{
	if (row->tuple.family == AF_INET6) {
		memcpy(out, row->tuple.local_addr, 16);
		return;
	}
	memcpy(out, mapped_prefix, sizeof(mapped_prefix));
	memcpy(out + sizeof(mapped_prefix), row->tuple.local_addr, 4);
}

static bool is_any(const uint8_t addr[16])
{
	static const uint8_t zero[16];

	return !memcmp(addr, zero, sizeof(zero));
}

/* 2: it listens at the address of the row, 1: at all addresses, 0: elsewhere. */
static int fits(const struct skw_row *listener, const struct skw_row *row)
{
	uint8_t there[16], here[16];

	mapped(here, row);
	if (is_any(listener->tuple.local_addr)) {
		/* A listener of IPv6 accepts IPv4 too; such rows have mapped addresses. */
		return listener->tuple.family == AF_INET6 ||
		       !memcmp(here, mapped_prefix, sizeof(mapped_prefix));
	}
	mapped(there, listener);
	return memcmp(here, there, sizeof(here)) ? 0 : 2;
}

const struct skw_entry *skw_listeners_find(struct skw_listeners *l, const struct skw_slots *slots,
					   const struct skw_row *row)
{
	const struct skw_entry *best = NULL;
	int best_rank = 0;
	size_t low = 0, high;

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
		int rank = 2 * fits(&e->row, row) + (e->row.owners != NULL);

		/* 1 means known owners and no fit. */
		if (rank > 1 && rank > best_rank) {
			best = e;
			best_rank = rank;
		}
	}
	return best;
}
