// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_events.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "journal/journal_make.h"
#include "loop/loop.h"
#include "pcap/pcapng_write.h"
#include "flow/captured.h"
#include "table/table.h"
#include "util/hash.h"

/* A sweep writes no more than this, since packets wait meanwhile. */
#define SWEEP_BYTES (4u << 20)

/* The row that the file has last got from a place of the table. */
struct known_row {
	uint64_t cookie; /* 0: nothing */
	uint64_t hash;
	uint32_t sweep;  /* the last one that met it */
	bool disappears; /* it may go without a change that tells its end */
};

struct skw_record_events {
	struct skw_record_events_options opt;
	struct known_row *rows; /* owned; by the place of the row */
	size_t rows_len;
	size_t next; /* where the next sweep goes on */
	uint32_t sweep;
	struct skw_buf text;
	struct skw_captured *captured; /* owned; NULL: all connections count */
};

struct skw_record_events *skw_record_events_new(const struct skw_record_events_options *opt)
{
	struct skw_record_events *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->opt = *opt;
	if (opt->only_captured) {
		e->captured = skw_captured_new();
		if (!e->captured) {
			free(e);
			return NULL;
		}
	}
	return e;
}

void skw_record_events_free(struct skw_record_events *e)
{
	if (!e)
		return;
	skw_buf_free(&e->text);
	skw_captured_free(e->captured);
	free(e->rows);
	free(e);
}

void skw_record_events_begin(struct skw_record_events *e)
{
	if (e->rows_len)
		memset(e->rows, 0, e->rows_len * sizeof(*e->rows));
	e->next = 0;
}

void skw_record_events_packets(struct skw_record_events *e, const struct skw_packet *run, size_t n)
{
	if (e->captured)
		skw_captured_packets(e->captured, run, n);
}

static bool is_wanted(struct skw_record_events *e, const struct skw_row *row)
{
	return !e->captured || skw_captured_has(e->captured, &row->tuple);
}

void skw_record_events_enter(struct skw_record_events *e, uint64_t connection)
{
	if (e->captured)
		skw_captured_connection(e->captured, connection);
}

bool skw_record_events_count(struct skw_record_events *e, uint64_t connection)
{
	return !e->captured || skw_captured_has_connection(e->captured, connection);
}

/* Appends what is in e->text as a block. */
static void add_block(struct skw_record_events *e, struct skw_buf *out)
{
	out->failed |= e->text.failed;
	skw_pcapng_journal(out, e->text.data, e->text.len);
	skw_buf_reset(&e->text);
}

void skw_record_events_event(struct skw_record_events *e, const struct skw_event *event,
			     const struct skw_loop_clock *clock, struct skw_buf *out)
{
	const struct skw_format_env env = {
		.offset_ns = (int64_t)(skw_loop_real_ns(clock, event->ts_ns) - event->ts_ns),
		.utf8 = true
	};

	if (!skw_event_types_wanted(&e->opt.types, event))
		return;
	skw_journal_event(&e->text, event, &env);
	add_block(e, out);
}

/*
 * Of all that can change but what goes on with the time alone. rtt_hist changes with rtt_samples
 * only.
 */
static uint64_t hash_of_row(const struct skw_row *row)
{
	const size_t before = offsetof(struct skw_row, timer_left_us);
	const size_t after = before + sizeof(row->timer_left_us);
	const size_t figures = offsetof(struct skw_row, bytes_acked);
	const size_t end = offsetof(struct skw_row, drops) + sizeof(row->drops);
	const uint8_t *bytes = (const uint8_t *)row;
	const uint64_t identity[] = {
		row->netns,
		row->uid,
		row->cgroup_id,
		row->opened_ns,
		row->closed_ns,
		row->tx_bps,
		row->rx_bps,
		(uint64_t)row->state << 32 | (uint64_t)row->direction << 24 |
			(uint64_t)row->timer << 16 | (uint64_t)row->flags << 8 | row->owner_source,
		(uint64_t)row->close_reason << 8 | (row->remote != NULL) << 2 |
			(row->netns_name != NULL) << 1 | (row->cgroup != NULL)
	};
	uint64_t hash = skw_hash_bytes(0, identity, sizeof(identity));

	hash = skw_hash_bytes(hash, &row->tuple, sizeof(row->tuple));
	hash = skw_hash_bytes(hash, bytes + figures, before - figures);
	hash = skw_hash_bytes(hash, bytes + after, end - after);
	if (row->congestion)
		hash = skw_hash_bytes(hash, row->congestion, strlen(row->congestion));
	if (row->owners)
		hash = skw_hash_bytes(hash, row->owners->list,
				      row->owners->len * sizeof(row->owners->list[0]));
	return hash;
}

/* Its place among the known rows, or NULL if memory is short. */
static struct known_row *known_at(struct skw_record_events *e, const struct skw_row *row)
{
	size_t place = skw_table_place(row);

	if (place >= e->rows_len) {
		size_t len = place + place / 2 + 64;
		struct known_row *more = realloc(e->rows, len * sizeof(*more));

		if (!more)
			return NULL;
		memset(more + e->rows_len, 0, (len - e->rows_len) * sizeof(*more));
		e->rows = more;
		e->rows_len = len;
	}
	return &e->rows[place];
}

static void add_gone(struct skw_record_events *e, struct known_row *known, uint64_t real_ns,
		     struct skw_buf *out)
{
	if (known->cookie && known->disappears) {
		skw_journal_gone(&e->text, known->cookie, real_ns);
		add_block(e, out);
	}
	*known = (struct known_row){ 0 };
}

/* A sweep that is being written. */
struct sweep {
	const struct skw_format_env *env;
	uint64_t real_ns;
	size_t first; /* rows before this place wait, and those that find no room */
	size_t begin; /* the length of the output before it */
	struct skw_journal_sweep told;
	bool is_short;
};

/* Returns 0 or -ENOMEM. */
static int add_row(struct skw_record_events *e, const struct skw_row *row, struct sweep *s,
		   struct skw_buf *out)
{
	struct known_row *known = known_at(e, row);
	uint64_t hash = hash_of_row(row);

	if (!known)
		return -ENOMEM;
	/* Another row has the place now. A request has no cookie, and is written each time. */
	if (known->cookie != row->cookie)
		add_gone(e, known, s->real_ns, out);
	known->sweep = e->sweep;
	if ((known->cookie && known->hash == hash) || !is_wanted(e, row))
		return 0;
	if (skw_table_place(row) < s->first || out->len - s->begin > SWEEP_BYTES) {
		if (!s->is_short && skw_table_place(row) >= s->first)
			e->next = skw_table_place(row);
		s->is_short |= skw_table_place(row) >= s->first;
		s->told.left++;
		return 0;
	}
	skw_journal_row(&e->text, row, s->real_ns, s->env);
	add_block(e, out);
	s->told.changed++;
	known->cookie = row->cookie == SKW_NONE64 ? 0 : row->cookie;
	known->hash = hash;
	known->disappears = row->closed_ns == SKW_NONE64;
	return 0;
}

int skw_record_events_rows(struct skw_record_events *e, const struct skw_table *table,
			   const struct skw_watch_status *status, uint64_t real_ns,
			   struct skw_buf *out)
{
	const struct skw_format_env env = { .offset_ns = status->offset_ns, .utf8 = true };
	struct sweep s = { .env = &env,
			   .real_ns = real_ns,
			   .first = e->next,
			   .begin = out->len,
			   .told = { .ts_ns = status->now_ns,
				     .interval_ns = status->interval_ns,
				     .events = status->events,
				     .events_lost = status->events_lost,
				     .netns = status->netns } };
	const struct skw_row *row;
	size_t at = 0;

	if (!e->opt.rows)
		return 0;
	e->sweep++;
	e->next = 0;
	while ((row = skw_table_next(table, &at))) {
		int ret = add_row(e, row, &s, out);

		if (ret)
			return ret;
		s.told.rows++;
	}
	for (size_t i = 0; i < e->rows_len; i++)
		if (e->rows[i].cookie && e->rows[i].sweep != e->sweep)
			add_gone(e, &e->rows[i], real_ns, out);
	skw_journal_sweep(&e->text, &s.told, real_ns, &env);
	add_block(e, out);
	return out->failed ? -ENOMEM : 0;
}
