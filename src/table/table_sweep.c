// SPDX-License-Identifier: BSD-2-Clause
/* Sweeps: rows as the kernel has them now, and what has gone since. */
#include "table/table.h"

#include <errno.h>
#include <string.h>

#include "row/history.h"
#include "table/table_rows.h"
#include "table/table_state.h"

#define NS_PER_S   1000000000ULL
#define RECENT_NS  (10 * NS_PER_S)
#define CACHE_LINE 64

/* Complete sweeps in a row that may miss a socket before it is taken for gone. */
#define MISSED_MAX 2

void skw_table_sweep_begin(struct skw_table *t, uint64_t now_ns)
{
	t->sweep++;
	t->prev_begin_ns = t->begin_ns;
	t->begin_ns = now_ns;
	t->at = 0;
	t->seconds = t->prev_begin_ns == SKW_NONE64
			     ? 1
			     : (uint32_t)(now_ns / NS_PER_S - t->prev_begin_ns / NS_PER_S);
	skw_names_ask_again(&t->netns);
	skw_names_ask_again(&t->cgroups);
}

/*
 * The kernel hands sockets out in about the same order each time, and that is the order in which
 * rows were made: the next row is likely the one beside the last one, and on its way from memory.
 */
static struct skw_entry *find(struct skw_table *t, const struct skw_row *row)
{
	struct skw_entry *e = NULL;
	uint32_t next = t->at + 1;

	if (next < t->slots.end) {
		e = skw_slots_at(&t->slots, next);
		if (!e->used || !skw_slots_same(&e->row, row))
			e = NULL;
	}
	if (!e)
		e = skw_slots_find(&t->slots, row);
	if (!e)
		return NULL;
	t->at = e->slot;
	if (t->at + 1 < t->slots.end) {
		const char *ahead = (const char *)skw_slots_at(&t->slots, t->at + 1);

		for (size_t i = 0; i < sizeof(struct skw_entry); i += CACHE_LINE)
			__builtin_prefetch(ahead + i, 1);
	}
	return e;
}

/* True if this sample, read while or before the connection closed, has nothing to tell. */
static bool is_over(const struct skw_entry *e, const struct skw_row_sample *sample)
{
	uint64_t closed = e->row.closed_ns;

	if (sample->kind != SKW_ROW_TCP)
		return false;
	if (sample->row.state == SKW_STATE_CLOSED)
		return true;
	return closed != SKW_NONE64 && sample->row.ts_ns < closed + SKW_CLOSING_NS;
}

static int update(struct skw_table *t, struct skw_entry *e, const struct skw_row_sample *sample)
{
	/* A socket may move to where the iterator has not been yet. */
	bool doubled = e->seen == t->sweep && e->kind == sample->kind;

	if (is_over(e, sample)) {
		e->seen = t->sweep;
		return 0;
	}
	if (doubled)
		return 0;
	if (sample->kind == SKW_ROW_TCP && e->row.closed_ns != SKW_NONE64)
		skw_table_row_reopen(e);
	e->seen = t->sweep;
	e->missed = 0;
	skw_table_row_show(t, e);
	return skw_table_row_merge(t, e, sample, false);
}

static int insert(struct skw_table *t, const struct skw_row_sample *sample)
{
	struct skw_row bare;

	/* Figures are merged as those of a row that events told of. */
	skw_table_row_bare(&bare, &sample->row);
	bare.state = sample->row.state;
	bare.state_ns = sample->row.state_ns;

	struct skw_entry *e = skw_table_row_add(t, &bare);

	if (!e)
		return -ENOMEM;
	e->seen = t->sweep;
	t->at = e->slot;
	return skw_table_row_merge(t, e, sample, false);
}

int skw_table_sweep_row(struct skw_table *t, const struct skw_row_sample *sample)
{
	struct skw_entry *e = find(t, &sample->row);

	if (e)
		return update(t, e, sample);
	/* Over before it was known, and its close will be told by an event. */
	if (sample->kind == SKW_ROW_TCP && sample->row.state == SKW_STATE_CLOSED)
		return 0;
	return insert(t, sample);
}

/* Only a connection of which something was known is worth a row after its end. */
static bool is_kept(const struct skw_table *t, const struct skw_entry *e)
{
	if (e->row.cookie == t->timeline.cookie)
		return true;
	return e->kind == SKW_ROW_TCP && e->row.state != SKW_STATE_LISTEN && t->opt.closed_ns;
}

/* A row that this sweep did not meet. True if it was dropped. */
static bool miss(struct skw_table *t, struct skw_entry *e, uint64_t now_ns, bool complete)
{
	/* A request either became a connection, which is another row, or is of no interest. */
	unsigned limit = e->kind == SKW_ROW_SYN_RECV ? 1 : MISSED_MAX;

	if (skw_entry_is_live_tcp(e))
		skw_history_add(&e->row, t->seconds, SKW_NONE32);
	if (!complete || ++e->missed < limit)
		return false;
	if (e->hidden || !is_kept(t, e)) {
		skw_table_row_drop(t, e);
		return true;
	}
	skw_table_row_close(t, e, SKW_CLOSE_UNKNOWN, now_ns);
	return false;
}

static void derive(struct skw_entry *e, uint64_t now_ns)
{
	struct skw_row *row = &e->row;

	row->changed = e->tick_state && e->tick_state != row->state;
	e->tick_state = row->state;
	row->recent = 0;
	if (row->last_rto_ns != SKW_NONE64 && now_ns < row->last_rto_ns + RECENT_NS)
		row->recent |= SKW_RECENT_RTO;
	if (e->retrans_ns && now_ns < e->retrans_ns + RECENT_NS)
		row->recent |= SKW_RECENT_RETRANS;
}

void skw_table_sweep_end(struct skw_table *t, uint64_t now_ns, bool complete)
{
	struct skw_totals *totals = &t->totals;
	uint32_t closed = 0;

	skw_table_row_drop_doomed(t);
	skw_totals_count_begin(totals);
	for (uint32_t slot = 0; slot < t->slots.end; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);

		if (!e->used)
			continue;
		if (e->seen != t->sweep && (e->hidden || !skw_entry_is_closed(e)) &&
		    miss(t, e, now_ns, complete))
			continue;
		closed += skw_table_row_expire(t, e, now_ns);
		if (!e->used || e->hidden)
			continue;
		/* New here; by now the sweep has met all listeners. */
		if (!e->tick_state)
			skw_table_row_accept(t, e);
		derive(e, now_ns);
		skw_totals_count(totals, &e->row);
	}
	skw_table_row_expired(t, closed);
	totals->netns = t->netns.known;
	skw_totals_end(totals, &t->tick,
		       t->prev_begin_ns == SKW_NONE64 ? 0 : t->begin_ns - t->prev_begin_ns);
	t->since_expiry = 0;
}
