// SPDX-License-Identifier: BSD-2-Clause
/* Sweeps tell the figures of all rows, and which rows have gone. */
#include "table/table.h"

#include <errno.h>
#include <string.h>

#include "row/history.h"
#include "table/table_rows.h"
#include "table/table_state.h"

#define NS_PER_S   1000000000ULL
#define CACHE_LINE 64

/* A row goes when this many complete sweeps in a row did not meet it. */
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
 * The kernel tells sockets in about the same order each time, which is the order in which their
 * rows were made. So the next row is likely beside the last one, and was already fetched from
 * memory.
 */
static struct skw_entry *beside(const struct skw_table *t)
{
	uint32_t next = t->at + 1;

	if (next >= t->slots.end)
		return NULL;
	struct skw_entry *e = skw_slots_at(&t->slots, next);

	return e->used ? e : NULL;
}

static void go_to(struct skw_table *t, const struct skw_entry *e)
{
	t->at = e->slot;
	if (t->at + 1 < t->slots.end) {
		const char *ahead = (const char *)skw_slots_at(&t->slots, t->at + 1);

		for (size_t i = 0; i < sizeof(struct skw_entry); i += CACHE_LINE)
			__builtin_prefetch(ahead + i, 1);
	}
}

static struct skw_entry *find(struct skw_table *t, const struct skw_row *row)
{
	struct skw_entry *e = beside(t);

	if (!e || !skw_slots_same(&e->row, row))
		e = skw_slots_find(&t->slots, row);
	if (e)
		go_to(t, e);
	return e;
}

static struct skw_entry *find_cookie(struct skw_table *t, uint64_t cookie)
{
	struct skw_entry *e = beside(t);

	if (cookie == SKW_NONE64)
		return NULL;
	if (!e || e->row.cookie != cookie)
		e = skw_slots_find_cookie(&t->slots, cookie);
	if (e)
		go_to(t, e);
	return e;
}

/* True if the sample was read before or while the connection closed: its close told more. */
static bool is_over(const struct skw_entry *e, const struct skw_row_sample *sample)
{
	uint64_t closed = e->row.closed_ns;

	if (sample->kind == SKW_ROW_UDP)
		return closed != SKW_NONE64;
	if (sample->kind != SKW_ROW_TCP)
		return false;
	if (sample->row.state == SKW_STATE_CLOSED)
		return true;
	return closed != SKW_NONE64 && sample->row.ts_ns < closed + SKW_CLOSING_NS;
}

static int update(struct skw_table *t, struct skw_entry *e, const struct skw_row_sample *sample)
{
	/* A socket may move to a place that the iterator comes to later: it is read twice then. */
	bool doubled = e->seen == t->sweep && e->kind == sample->kind;

	if (is_over(e, sample)) {
		e->seen = t->sweep;
		return 0;
	}
	if (doubled)
		return 0;
	if (sample->kind == SKW_ROW_TCP && e->row.closed_ns != SKW_NONE64)
		skw_table_row_reopen(t, e);
	e->seen = t->sweep;
	e->missed = 0;
	skw_table_row_show(t, e);
	return skw_table_row_merge(t, e, sample, false);
}

static int insert(struct skw_table *t, const struct skw_row_sample *sample)
{
	struct skw_row bare;

	/* Merging derives figures from what was before: nothing, as if events had made the row. */
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

	t->generation++;
	if (e)
		return update(t, e, sample);
	/* It closed before it was known. An event will tell its close. */
	if (sample->kind == SKW_ROW_TCP && sample->row.state == SKW_STATE_CLOSED)
		return 0;
	return insert(t, sample);
}

/* Whether the row is that of the last sweep, so that what the kernel left out is in it. */
static bool is_steady(const struct skw_table *t, const struct skw_entry *e,
		      const struct skw_row_steady *now)
{
	const struct skw_row *row = &e->row;
	uint8_t enrolled = row->flags & SKW_ROW_ENROLLED;

	/* In a time namespace the kernel's clock is not ours, and says nothing about rest. */
	if (now->ts_ns < t->begin_ns)
		return false;
	if (e->seen != (uint16_t)(t->sweep - 1) || e->hidden || e->kind != SKW_ROW_TCP)
		return false;
	if (row->state != SKW_STATE_ESTABLISHED || row->closed_ns != SKW_NONE64)
		return false;
	/* Without counts, the kernel had no memory for them; with the row it tries again. */
	if (now->flags != enrolled || (enrolled && row->rtt_samples == SKW_NONE32))
		return false;
	return row->mss == now->mss && row->tuple.family == now->family &&
	       row->segs_out != SKW_NONE32;
}

int skw_table_sweep_steady(struct skw_table *t, const struct skw_row_steady *now)
{
	struct skw_entry *e = find_cookie(t, now->cookie);

	if (!e)
		return 0;
	if (e->seen == t->sweep && e->kind == SKW_ROW_TCP)
		return 1;
	if (!is_steady(t, e, now))
		return 0;
	t->generation++;
	e->seen = t->sweep;
	e->missed = 0;
	int ret = skw_table_row_merge_steady(t, e, now);

	return ret ? ret : 1;
}

/* A row is kept after its end if it is followed, or had figures of a connection. */
static bool is_kept(const struct skw_table *t, const struct skw_entry *e)
{
	if (e->row.cookie == t->timeline.cookie)
		return true;
	return e->kind == SKW_ROW_TCP && e->row.state != SKW_STATE_LISTEN && t->opt.closed_ns;
}

/* This sweep did not meet the row. True: the row was dropped. */
static bool miss(struct skw_table *t, struct skw_entry *e, uint64_t now_ns, bool complete)
{
	/* A request became a connection, which has a row of its own, or has failed. */
	unsigned limit = e->kind == SKW_ROW_SYN_RECV ? 1 : MISSED_MAX;

	if (skw_table_row_is_live_tcp(e))
		skw_history_add(&e->row, &t->extras, t->seconds, SKW_NONE32);
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
	e->tick_state = row->state & 15;
	row->recent = 0;
	/* These times wrap around, so they are forgotten when they are old. */
	if (!skw_table_row_troubled(e->rto_ms, now_ns))
		e->rto_ms = 0;
	if (!skw_table_row_troubled(e->retrans_ms, now_ns))
		e->retrans_ms = 0;
	if (e->rto_ms)
		row->recent |= SKW_RECENT_RTO;
	if (e->retrans_ms)
		row->recent |=
			row->state == SKW_STATE_LISTEN ? SKW_RECENT_DROPS : SKW_RECENT_RETRANS;
}

void skw_table_sweep_end(struct skw_table *t, uint64_t now_ns, bool complete)
{
	struct skw_totals *totals = &t->totals;
	uint32_t closed = 0;

	t->generation++;
	skw_table_row_drop_doomed(t);
	skw_totals_count_begin(totals);
	for (uint32_t slot = 0; slot < t->slots.end; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);

		if (!e->used)
			continue;
		if (e->seen != t->sweep && (e->hidden || !skw_table_row_is_closed(e)) &&
		    miss(t, e, now_ns, complete))
			continue;
		closed += skw_table_row_expire(t, e, now_ns);
		if (!e->used || e->hidden)
			continue;
		/* The row is new, and its listener can be found as all listeners were met. */
		if (!e->tick_state)
			skw_table_row_accept(t, e);
		derive(e, now_ns);
		skw_totals_count(totals, &e->row);
	}
	skw_table_row_expired(t, closed);
	skw_talks_tick(&t->talks,
		       t->prev_begin_ns == SKW_NONE64 ? 0 : t->begin_ns - t->prev_begin_ns);
	totals->netns = t->netns.known;
	skw_totals_end(totals, &t->tick,
		       t->prev_begin_ns == SKW_NONE64 ? 0 : t->begin_ns - t->prev_begin_ns);
	t->since_expiry = 0;
}
