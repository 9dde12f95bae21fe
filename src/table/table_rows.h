/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of a row, from its first sample or event until it is dropped. Only for this room. */
#ifndef SKW_TABLE_TABLE_ROWS_H
#define SKW_TABLE_TABLE_ROWS_H

#include "table/table_state.h"

/*
 * The callback of a close comes before the socket leaves the kernel's table, so a sweep may still
 * read it. A sample tells of a new connection only if it is later than the close by more than this.
 */
#define SKW_CLOSING_NS (100 * 1000000ULL)

/* Timeouts, retransmissions and drops are shown for this time. */
#define SKW_TROUBLE_MS (10 * 1000)

/* A time as entries keep it: milliseconds, which wrap around; never 0. */
static inline uint32_t skw_table_row_trouble(uint64_t ts_ns)
{
	return (uint32_t)(ts_ns / 1000000) ? (uint32_t)(ts_ns / 1000000) : 1;
}

/* Whether that was a short time ago. A time that is later than `now_ns` is, too. */
static inline bool skw_table_row_troubled(uint32_t at_ms, uint64_t now_ns)
{
	return at_ms && (int32_t)((uint32_t)(now_ns / 1000000) - at_ms) < SKW_TROUBLE_MS;
}

/* A new entry with this row, which comes without pointers and gets them. NULL: no memory. */
struct skw_entry *skw_table_row_add(struct skw_table *t, const struct skw_row *row);
/* A row of which only the identity is known: that of `row`. */
void skw_table_row_bare(struct skw_row *out, const struct skw_row *row);
/* From now on everybody sees the row. */
void skw_table_row_show(struct skw_table *t, struct skw_entry *e);
void skw_table_row_drop(struct skw_table *t, struct skw_entry *e);

/* Drops the closed row that was only kept for the event of its close. */
void skw_table_row_drop_doomed(struct skw_table *t);

/* Puts what a sample tells into a row that is there. final: it is of the close. 0 or -ENOMEM. */
int skw_table_row_merge(struct skw_table *t, struct skw_entry *e,
			const struct skw_row_sample *sample, bool final);

/* The same of a connection at rest. */
int skw_table_row_merge_steady(struct skw_table *t, struct skw_entry *e,
			       const struct skw_row_steady *now);

/*
 * Puts the identity that is told into the row, and its scope as the function below does. Unknown
 * numbers change nothing. 0 or -ENOMEM.
 */
int skw_table_row_identify(struct skw_table *t, struct skw_entry *e, const struct skw_row *now,
			   const char *scope);

/* Keeps a copy of the other end, which has told who it is. 0 or -ENOMEM. */
int skw_table_row_set_remote(struct skw_table *t, struct skw_entry *e,
			     const struct skw_remote *remote);

/* Sets the interface of link-local addresses; empty: it is not told. 0 or -ENOMEM. */
int skw_table_row_set_scope(struct skw_table *t, struct skw_entry *e, const char *scope);

int skw_table_row_set_state(struct skw_table *t, struct skw_entry *e, uint8_t state,
			    uint64_t ts_ns);
void skw_table_row_close(struct skw_table *t, struct skw_entry *e, enum skw_close_reason reason,
			 uint64_t ts_ns);
/* The socket of a closed row is used for another connection: the row begins again. */
void skw_table_row_reopen(struct skw_table *t, struct skw_entry *e);

/* Gives the row these owners, sorted by pid, each once. NULL: they are not known. 0 or -ENOMEM. */
int skw_table_row_own(struct skw_table *t, struct skw_entry *e, const struct skw_owner *list,
		      uint32_t len, uint8_t source);
/* If a listener accepted the connection, the row gets its direction and owners from that. */
void skw_table_row_accept(struct skw_table *t, struct skw_entry *e);

/* Empty: it is not known. */
void skw_table_row_set_congestion(struct skw_table *t, struct skw_row *row, const char *name);

/* Whether the connection was opened after the sweep before this one began. */
bool skw_table_row_is_born(const struct skw_table *t, const struct skw_row *row);

/* Adds what `now` tells of the RTT to the history. The row had `samples_before` before. */
void skw_table_row_step_history(struct skw_table *t, struct skw_row *row, const struct skw_row *now,
				uint32_t samples_before);

/* Notes that there was a timeout or a retransmission, whichever the event is. */
static inline void skw_table_row_note_trouble(struct skw_entry *e, const struct skw_event *event)
{
	bool is_rto = event->type == SKW_EVENT_RTO;

	*(is_rto ? &e->rto_ms : &e->retrans_ms) = skw_table_row_trouble(event->ts_ns);
	e->row.recent |= is_rto ? SKW_RECENT_RTO : SKW_RECENT_RETRANS;
}

/* Remembers an event in the timeline. 0 or -ENOMEM. */
int skw_table_log(struct skw_table *t, const struct skw_event *event);

/* Drops a closed row whose time is over. True: the row is closed and stays. */
bool skw_table_row_expire(struct skw_table *t, struct skw_entry *e, uint64_t now_ns);
/* To be called after skw_table_row_expire() of all rows: `closed` of them are left. */
void skw_table_row_expired(struct skw_table *t, uint32_t closed);

static inline bool skw_table_row_is_closed(const struct skw_entry *e)
{
	return e->row.state == SKW_STATE_CLOSED;
}

/* Only a TIME_WAIT is left of it in the kernel. Its state may be FIN_WAIT2. */
static inline bool skw_table_row_is_waiting(const struct skw_entry *e)
{
	return !skw_table_row_is_closed(e) && e->row.timer == SKW_TIMER_TIMEWAIT;
}

/* Its figures move: it is no listener and is not over. */
static inline bool skw_table_row_is_live_tcp(const struct skw_entry *e)
{
	return e->kind == SKW_ROW_TCP && e->row.closed_ns == SKW_NONE64 &&
	       e->row.state != SKW_STATE_LISTEN && !skw_table_row_is_waiting(e);
}

#endif
