// SPDX-License-Identifier: BSD-2-Clause
/* Finds the socket of a packet. */
#include "table/table.h"

#include <netinet/in.h>
#include <string.h>

#include "table/table_state.h"

/* The best row that a look-up has met so far, in the packet's namespace or in others. */
struct candidate {
	const struct skw_row *row;
	uint64_t rank;
	bool ambiguous; /* rows of the same rank have other owners */
	uint32_t netns;
	bool scattered; /* there are rows in several namespaces */
};

#define RANK_OPEN (1ULL << 63)

/*
 * An open socket is likelier than a closed one, and one of the packet's own family. Of those that
 * are closed it is the last.
 */
static uint64_t rank_of(const struct skw_row *row, const struct skw_tuple *tuple)
{
	if (row->closed_ns != SKW_NONE64)
		return row->closed_ns & (RANK_OPEN - 1);
	return RANK_OPEN + (row->tuple.family == tuple->family) + 2 * (row->owners != NULL);
}

static void consider(struct candidate *found, const struct skw_row *row, uint64_t rank)
{
	if (found->row && found->netns != row->netns)
		found->scattered = true;
	if (found->row && rank == found->rank && row->owners != found->row->owners)
		found->ambiguous = true;
	if (found->row && rank <= found->rank)
		return;
	*found = (struct candidate){
		.row = row, .rank = rank, .netns = row->netns, .scattered = found->scattered
	};
}

static const struct skw_row *choose(const struct candidate *here, const struct candidate *there,
				    bool elsewhere)
{
	if (here->row)
		return here->ambiguous ? NULL : here->row;
	return elsewhere && !there->scattered && !there->ambiguous ? there->row : NULL;
}

/*
 * `elsewhere`: if the packet's namespace has no such socket, that of the only other namespace that
 * has one will do.
 */
static const struct skw_row *find(const struct skw_table *t, uint32_t netns,
				  const struct skw_tuple *tuple, bool elsewhere)
{
	struct candidate here = { 0 }, there = { 0 };
	const struct skw_entry *e;
	uint32_t at = 0;

	while ((e = skw_by_tuple_next(&t->by_tuple, &t->slots, tuple, &at)))
		consider(e->row.netns == netns ? &here : &there, &e->row, rank_of(&e->row, tuple));
	return choose(&here, &there, elsewhere);
}

/* The socket whose packets have these addresses, as an event that is not older has told. */
static const struct skw_row *find_told(const struct skw_table *t, uint32_t netns,
				       const struct skw_tuple *tuple, uint64_t since_ns)
{
	struct candidate here = { 0 }, there = { 0 };
	const struct skw_wire *wire;
	uint32_t at = 0;

	while ((wire = skw_wires_next(&t->wires, tuple, &at))) {
		const struct skw_entry *e =
			wire->ts_ns < since_ns ? NULL
					       : skw_slots_find_cookie(&t->slots, wire->cookie);

		if (e && e->row.owners)
			consider(e->row.netns == netns ? &here : &there, &e->row,
				 rank_of(&e->row, tuple));
	}
	return choose(&here, &there, true);
}

/* Events since this connection was closed are about another one. */
static uint64_t over_since(const struct skw_row *row)
{
	return row && row->closed_ns != SKW_NONE64 ? row->closed_ns : 0;
}

const struct skw_row *skw_table_socket(const struct skw_table *t, uint32_t netns,
				       const struct skw_tuple *tuple, enum skw_table_bound bound)
{
	struct skw_tuple any = *tuple;
	const struct skw_row *row = find(t, netns, tuple, true), *other;
	bool is_open = row && row->closed_ns == SKW_NONE64;

	/* A connection that has a row of its own is no other socket's, unless it is a request. */
	if (is_open && (row->owners || row->state != SKW_STATE_SYN_RECV))
		return row;
	other = find_told(t, netns, tuple, over_since(row));
	if (other || (row && row->state != SKW_STATE_SYN_RECV))
		return other ? other : row;
	memset(any.remote_addr, 0, sizeof(any.remote_addr));
	any.remote_port = 0;
	other = find_told(t, netns, &any, 0);
	if (other || bound == SKW_TABLE_TOLD)
		return other ? other : row;
	other = find(t, netns, &any, true);
	if (other)
		return other;
	if (bound == SKW_TABLE_CONNECTED)
		return row;
	/* Other namespaces have other addresses, so there it would be a guess. */
	memset(any.local_addr, 0, sizeof(any.local_addr));
	other = find(t, netns, &any, false);
	return other ? other : row;
}

int skw_table_find_sockets(struct skw_table *t, bool on)
{
	skw_by_tuple_free(&t->by_tuple);
	int ret = on ? skw_by_tuple_init(&t->by_tuple) : 0;

	for (uint32_t at = 0; on && !ret && at < t->slots.end; at++)
		if (skw_slots_at(&t->slots, at)->used)
			ret = skw_by_tuple_put(&t->by_tuple, &t->slots,
					       skw_slots_at(&t->slots, at));
	if (ret)
		skw_by_tuple_free(&t->by_tuple);
	return ret;
}
