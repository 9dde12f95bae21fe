/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Since when rows are closed, in a small array beside the table. On a host with many short
 * connections the table looks often for closed rows that are old enough to be dropped, and nearly
 * none is. A row is ten times as large as a cache can bring at once, so the table does not read
 * those again that it has seen closed, nor the
 * slots without a row. Only such a host has the array.
 */
#ifndef SKW_TABLE_PAST_CLOSED_H
#define SKW_TABLE_PAST_CLOSED_H

#include <stdbool.h>
#include <stdint.h>

/* The time is in units of 2^20 ns, and wraps around after 52 days. */
#define SKW_CLOSED_UNIT_BITS 20
#define SKW_CLOSED_NO_ROW    UINT32_MAX

struct skw_closed {
	uint32_t *since; /* owned; by slot; 0: look at the slot; SKW_CLOSED_NO_ROW */
	uint32_t len;
};

void skw_closed_free(struct skw_closed *c);

/* Makes room for slots below `end`. Without memory, rows beyond it are looked at each time. */
void skw_closed_fit(struct skw_closed *c, uint32_t end);

/* The row was looked at: it is closed since `since_ns` and not old enough. */
static inline void skw_closed_note(struct skw_closed *c, uint32_t slot, uint64_t since_ns)
{
	uint32_t since = (uint32_t)(since_ns >> SKW_CLOSED_UNIT_BITS);

	if (slot < c->len && since != SKW_CLOSED_NO_ROW)
		c->since[slot] = since;
}

/* The slot has no row until it is forgotten. */
static inline void skw_closed_note_none(struct skw_closed *c, uint32_t slot)
{
	if (slot < c->len)
		c->since[slot] = SKW_CLOSED_NO_ROW;
}

static inline bool skw_closed_is_none(const struct skw_closed *c, uint32_t slot)
{
	return slot < c->len && c->since[slot] == SKW_CLOSED_NO_ROW;
}

/* The row changes: it may no longer be closed, or be closed since another time. */
static inline void skw_closed_forget(struct skw_closed *c, uint32_t slot)
{
	if (slot < c->len)
		c->since[slot] = 0;
}

/* Whether the slot has a row that is closed, and certainly for less than `keep_ns`. */
static inline bool skw_closed_is_recent(const struct skw_closed *c, uint32_t slot, uint64_t now_ns,
					uint64_t keep_ns)
{
	uint32_t now = (uint32_t)(now_ns >> SKW_CLOSED_UNIT_BITS);
	uint64_t keep = keep_ns >> SKW_CLOSED_UNIT_BITS;

	return slot < c->len && c->since[slot] && keep < INT32_MAX && now - c->since[slot] < keep;
}

#endif
