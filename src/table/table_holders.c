// SPDX-License-Identifier: BSD-2-Clause
/* The owners of rows: the holders of sockets, or those of the listener. */
#include "table/table.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "table/table_rows.h"
#include "table/table_state.h"

int skw_table_row_own(struct skw_table *t, struct skw_entry *e, const struct skw_owner *list,
		      uint32_t len, uint8_t source)
{
	const struct skw_owners *set = list ? skw_owner_sets_get(&t->owners, list, len) : NULL;

	if (list && !set)
		return -ENOMEM;
	skw_owner_sets_put(&t->owners, e->row.owners);
	e->row.owners = set;
	e->row.owner_source = source;
	return 0;
}

/* A socket that has connected to itself. */
static bool is_own_peer(const struct skw_tuple *t)
{
	return t->local_port == t->remote_port &&
	       !memcmp(t->local_addr, t->remote_addr, sizeof(t->local_addr));
}

/* The listener that has answered the connection's SYN, if an event has told it. */
static bool find_answerer(const struct skw_table *t, const struct skw_row *row,
			  const struct skw_owners **owners)
{
	const struct skw_wire *wire;
	uint32_t at = 0;

	while ((wire = skw_wires_next(&t->wires, &row->tuple, &at)))
		if (wire->is_handshake && wire->netns == row->netns)
			break;
	const struct skw_entry *listener =
		wire ? skw_slots_find_cookie(&t->slots, wire->cookie) : NULL;

	if (listener)
		*owners = listener->row.owners;
	return listener != NULL;
}

void skw_table_row_accept(struct skw_table *t, struct skw_entry *e)
{
	struct skw_row *row = &e->row;

	if (row->state == SKW_STATE_SYN_SENT || is_own_peer(&row->tuple))
		row->direction = SKW_CONN_OUT;
	if (row->tuple.proto != IPPROTO_TCP || row->state == SKW_STATE_LISTEN ||
	    row->direction == SKW_CONN_OUT || (row->direction == SKW_CONN_IN && row->owners))
		return;
	const struct skw_owners *owners;

	if (!find_answerer(t, row, &owners) &&
	    !skw_listeners_find(&t->listeners, &t->slots, row, &owners))
		return;
	row->direction = SKW_CONN_IN;
	if (t->opt.owners && !row->owners && owners) {
		row->owners = skw_owner_sets_ref(owners);
		row->owner_source = SKW_OWNER_LISTENER;
	}
}

void skw_table_holders_begin(struct skw_table *t)
{
	skw_holders_free(&t->holders);
}

int skw_table_holder(struct skw_table *t, uint32_t inode, const struct skw_owner *owner)
{
	return skw_holders_add(&t->holders, inode, owner);
}

static int apply(struct skw_table *t, struct skw_entry *e)
{
	const struct skw_owner *list;
	int len = skw_holders_of(&t->holders, e->row.inode, &list);

	return len <= 0 ? len : skw_table_row_own(t, e, list, (uint32_t)len, SKW_OWNER_HOLDER);
}

int skw_table_holders_end(struct skw_table *t)
{
	int ret = 0;

	t->generation++;
	for (uint32_t slot = 0; slot < t->slots.end && !ret; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);

		/* No process has it open any more; the kernel is still closing it. */
		if (e->used && !e->row.inode && e->row.owner_source == SKW_OWNER_HOLDER)
			e->row.owner_source = SKW_OWNER_CLOSER;
		/* The inode number of a closed socket may belong to another one by now. */
		if (e->used && e->row.closed_ns == SKW_NONE64 && e->row.inode &&
		    e->row.inode != SKW_NONE32)
			ret = apply(t, e);
	}
	/* Listeners have their owners now, which the sockets that they accepted get too. */
	for (uint32_t slot = 0; slot < t->slots.end && !ret; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);

		if (e->used && !e->row.owners)
			skw_table_row_accept(t, e);
	}
	skw_holders_free(&t->holders);
	return ret;
}
