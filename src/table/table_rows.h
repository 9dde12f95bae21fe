/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a row: made, told of, closed, dropped. For the files of the table. */
#ifndef SKW_TABLE_TABLE_ROWS_H
#define SKW_TABLE_TABLE_ROWS_H

#include "table/table_state.h"

/*
 * A sweep may read a socket while it closes, as the callback comes before the socket leaves the
 * kernel's table: only later than this after its close a record tells of a new connection.
 */
#define SKW_CLOSING_NS (100 * 1000000ULL)

/* A new entry with this row, which has no pointers but is given them. NULL: no memory. */
struct skw_entry *skw_table_row_add(struct skw_table *t, const struct skw_row *row);
/* The same socket, and nothing known of it but who it is. */
void skw_table_row_bare(struct skw_row *out, const struct skw_row *row);
/* Its entry was hidden: it is a row from now on. */
void skw_table_row_show(struct skw_table *t, struct skw_entry *e);
void skw_table_row_drop(struct skw_table *t, struct skw_entry *e);

/* A closed row that was kept for the event of its close. */
void skw_table_row_drop_doomed(struct skw_table *t);

/* What a sample tells of a row that is there. final: of its close. 0 or -ENOMEM. */
int skw_table_row_merge(struct skw_table *t, struct skw_entry *e,
			const struct skw_row_sample *sample, bool final);

/* What is told beside figures; unknown numbers change nothing. 0 or -ENOMEM. */
int skw_table_row_identify(struct skw_table *t, struct skw_entry *e, const struct skw_row *now);

int skw_table_row_set_state(struct skw_table *t, struct skw_entry *e, uint8_t state,
			    uint64_t ts_ns);
void skw_table_row_close(struct skw_table *t, struct skw_entry *e, enum skw_close_reason reason,
			 uint64_t ts_ns);
/* The socket of a closed row is used for another connection: nothing of the old one is left. */
void skw_table_row_reopen(struct skw_entry *e);

/* A set with a reference becomes the row's. */
void skw_table_row_own(struct skw_table *t, struct skw_entry *e, const struct skw_owners *set,
		       uint8_t source);
/* The listener that took it, for who is not told otherwise: direction and owners. */
void skw_table_row_accept(struct skw_table *t, struct skw_entry *e);

/* A closed row whose time is over, by `now_ns`, goes. Whether it is one, and stays. */
bool skw_table_row_expire(struct skw_table *t, struct skw_entry *e, uint64_t now_ns);
/* After all rows were looked through: so many closed ones are left. */
void skw_table_row_expired(struct skw_table *t, uint32_t closed);

static inline bool skw_entry_is_closed(const struct skw_entry *e)
{
	return e->row.state == SKW_STATE_CLOSED;
}

/* All that is left of it is the kernel's TIME_WAIT, which may be shown as FIN_WAIT2. */
static inline bool skw_entry_is_waiting(const struct skw_entry *e)
{
	return !skw_entry_is_closed(e) && e->row.timer == SKW_TIMER_TIMEWAIT;
}

/* Its figures move: no listener, and not over. */
static inline bool skw_entry_is_live_tcp(const struct skw_entry *e)
{
	return e->kind == SKW_ROW_TCP && e->row.closed_ns == SKW_NONE64 &&
	       e->row.state != SKW_STATE_LISTEN && !skw_entry_is_waiting(e);
}

#endif
