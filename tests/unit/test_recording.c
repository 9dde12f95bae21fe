// SPDX-License-Identifier: BSD-2-Clause
/*
 * A table is recorded sweep by sweep, and a second table is filled from the recording: both have
 * the same rows at the same times.
 */
#include "sink/record/record_events.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn_table.h"
#include "format/format.h"
#include "journal/journal_read.h"
#include "loop/loop.h"
#include "model/raw_block.h"
#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "row/history.h"

#define OFFSET_NS 1700000000000000000LL

static const struct skw_loop_clock the_clock = { .offset_ns = OFFSET_NS, .before_ns = OFFSET_NS };

struct recording {
	struct skw_table *live, *copy;
	struct skw_record_events *events;
	struct skw_buf blocks;
	bool in_sweep;
	unsigned rows, gone, sweeps, told;
	struct skw_journal_entry entry;
};

static void set_up_recording(struct recording *r, const struct skw_record_events_options *given)
{
	const struct skw_table_options opt = { .closed_ns = 10 * S, .owners = true };
	struct skw_record_events_options all = { .rows = true };

	*r = (struct recording){ 0 };
	assert_int_equal(skw_event_types_parse("-t", NULL, &all.types, NULL), 0);
	assert_int_equal(skw_table_new(&opt, &r->live), 0);
	assert_int_equal(skw_table_new(&opt, &r->copy), 0);
	r->events = skw_record_events_new(given ? given : &all);
	assert_non_null(r->events);
}

static void tear_down_recording(struct recording *r)
{
	skw_table_free(r->live);
	skw_table_free(r->copy);
	skw_record_events_free(r->events);
	skw_buf_free(&r->blocks);
}

static void begin_copy(struct recording *r, uint64_t ts_ns)
{
	if (!r->in_sweep)
		skw_table_sweep_begin(r->copy, ts_ns);
	r->in_sweep = true;
}

static void apply(struct recording *r)
{
	const struct skw_journal_entry *e = &r->entry;

	switch (e->kind) {
	case SKW_JOURNAL_EVENT:
		assert_int_equal(skw_table_recorded_event(r->copy, &e->event), 0);
		r->told++;
		break;
	case SKW_JOURNAL_ROW:
		begin_copy(r, e->row.ts_ns);
		assert_int_equal(skw_table_recorded_row(r->copy, &e->row), 0);
		r->rows++;
		break;
	case SKW_JOURNAL_GONE:
		skw_table_recorded_gone(r->copy, e->row.cookie);
		r->gone++;
		break;
	case SKW_JOURNAL_SWEEP:
		begin_copy(r, e->sweep.ts_ns);
		skw_table_recorded_rest(r->copy, e->sweep.ts_ns);
		skw_table_sweep_end(r->copy, e->sweep.ts_ns, true);
		r->in_sweep = false;
		r->sweeps++;
		break;
	case SKW_JOURNAL_NOTE:
		fail_msg("a note");
	}
}

/* Reads all blocks that were written. */
static void play(struct recording *r)
{
	uint32_t head[2];

	assert_false(r->blocks.failed);
	r->rows = r->gone = r->sweeps = r->told = 0;
	for (size_t at = 0; at < r->blocks.len; at += head[1]) {
		memcpy(head, r->blocks.data + at, sizeof(head));
		assert_int_equal(head[0], SKW_PCAPNG_JOURNAL);
		const struct skw_raw_block block = { .bytes = r->blocks.data + at, .len = head[1] };
		struct skw_pcapng_body body = skw_pcapng_body_of(&block);

		assert_int_equal(skw_journal_read(body.p, body.left, &r->entry), 1);
		apply(r);
	}
	skw_buf_reset(&r->blocks);
}

/* The times of a row that was not recorded in this sweep go on with it. */
static void same_row(const struct skw_row *live, const struct skw_row *copy)
{
	const struct skw_format_env env = { .offset_ns = OFFSET_NS }, real = { 0 };
	struct skw_buf want = SKW_BUF_INIT, got = SKW_BUF_INIT;
	uint32_t live_us[SKW_ROW_HISTORY], copy_us[SKW_ROW_HISTORY];
	struct skw_row row = *live;

	if (live->ts_ns != SKW_NONE64 && copy->ts_ns != live->ts_ns + OFFSET_NS) {
		assert_true(copy->ts_ns > live->ts_ns + OFFSET_NS);
		row.ts_ns = copy->ts_ns - OFFSET_NS;
		row.timer_left_us = copy->timer_left_us;
	}
	skw_format_row_json(&want, &row, &env);
	skw_format_row_json(&got, copy, &real);
	skw_buf_add_char(&want, '\0');
	skw_buf_add_char(&got, '\0');
	assert_string_equal((char *)got.data, (char *)want.data);
	assert_int_equal(copy->recent, live->recent);
	skw_history_read(live, live_us, SKW_ROW_HISTORY);
	skw_history_read(copy, copy_us, SKW_ROW_HISTORY);
	assert_memory_equal(copy_us, live_us, sizeof(copy_us));
	skw_buf_free(&want);
	skw_buf_free(&got);
}

static void same_tables(const struct recording *r)
{
	const struct skw_row *row;
	size_t at = 0;

	assert_int_equal(skw_table_len(r->copy), skw_table_len(r->live));
	while ((row = skw_table_next(r->live, &at))) {
		const struct skw_row *copy = skw_table_find(r->copy, row->cookie);

		assert_non_null(copy);
		same_row(row, copy);
	}
	const struct skw_totals *a = skw_table_totals(r->live), *b = skw_table_totals(r->copy);

	assert_int_equal(a->rows, b->rows);
	assert_int_equal(a->closed, b->closed);
	assert_int_equal(a->udp, b->udp);
	assert_memory_equal(a->states, b->states, sizeof(a->states));
}

static void record_sweep(struct recording *r, uint64_t now_ns, const struct skw_conn_rec *recs,
			 size_t len)
{
	/* The rows of a sweep are read before its end. */
	struct skw_watch_status status = { .now_ns = now_ns + MS, .offset_ns = OFFSET_NS };

	sweep(r->live, now_ns, recs, len);
	assert_int_equal(
		skw_record_events_rows(r->events, r->live, &status, now_ns + OFFSET_NS, &r->blocks),
		0);
	play(r);
	assert_int_equal(r->sweeps, 1);
}

static void record_event(struct recording *r, const struct skw_event *event)
{
	skw_record_events_event(r->events, event, &the_clock, &r->blocks);
	play(r);
}

static void sweeps_are_the_same(void **state)
{
	struct skw_conn_rec recs[] = { make_traffic(1, S, 1000, 500), make_traffic(2, S, 7, 8),
				       make_kind(3, SKW_ROW_TCP, SKW_STATE_LISTEN, S),
				       make_kind(4, SKW_ROW_UDP, SKW_STATE_CLOSED, S) };
	struct recording r;

	(void)state;
	set_up_recording(&r, NULL);
	strcpy(recs[0].congestion, "cubic");
	recs[1].timer = SKW_TIMER_KEEPALIVE;
	recs[1].timer_left_us = 7200 * 1000000ULL;
	record_sweep(&r, S, recs, 4);
	assert_int_equal(r.rows, 4);
	same_tables(&r);
	/* Only one has changed; the other's age and timer go on. */
	for (size_t i = 0; i < 4; i++)
		recs[i].ts_ns = 2 * S + i;
	recs[1].timer_left_us -= 1000000;
	recs[0].bytes_acked += 100000;
	recs[0].srtt_us = 4000;
	record_sweep(&r, 2 * S, recs, 4);
	assert_int_equal(r.rows, 2); /* the first rates of the second are known, too */
	same_tables(&r);
	for (size_t i = 0; i < 4; i++)
		recs[i].ts_ns = 3 * S + i;
	record_sweep(&r, 3 * S, recs, 4);
	assert_int_equal(r.rows, 1); /* it sends no more */
	same_tables(&r);
	for (size_t i = 0; i < 4; i++)
		recs[i].ts_ns = 4 * S + i;
	record_sweep(&r, 4 * S, recs, 4);
	assert_int_equal(r.rows, 0);
	same_tables(&r);
	tear_down_recording(&r);
}

static void what_disappears_is_told(void **state)
{
	const struct skw_conn_rec recs[] = { make_kind(3, SKW_ROW_TCP, SKW_STATE_LISTEN, S),
					     make_kind(4, SKW_ROW_UDP, SKW_STATE_CLOSED, S) };
	struct recording r;

	(void)state;
	set_up_recording(&r, NULL);
	record_sweep(&r, S, recs, 2);
	record_sweep(&r, 2 * S, recs, 0);
	assert_int_equal(r.gone, 0);
	record_sweep(&r, 3 * S, recs, 0);
	assert_int_equal(r.gone, 2);
	same_tables(&r);
	assert_int_equal(skw_table_len(r.copy), 0);
	tear_down_recording(&r);
}

static void events_are_the_same(void **state)
{
	struct skw_conn_rec rec = make_traffic(1, S, 1000, 500);
	struct skw_event_rec connect = make_event(SKW_EVENT_CONNECT, 2, S + MS);
	struct skw_event_rec established = make_event(SKW_EVENT_ESTABLISHED, 2, S + 2 * MS);
	struct skw_event_rec rto = make_event(SKW_EVENT_RTO, 1, S + 3 * MS);
	struct skw_close_rec close = make_close(2, S + 4 * MS, 9, 0);
	struct skw_event event;
	struct recording r;

	(void)state;
	set_up_recording(&r, NULL);
	record_sweep(&r, S, &rec, 1);
	event = feed(r.live, &connect);
	record_event(&r, &event);
	event = feed(r.live, &established);
	record_event(&r, &event);
	rto.rto_us = 204000;
	rto.old_cwnd = 10;
	event = feed(r.live, &rto);
	record_event(&r, &event);
	assert_int_equal(r.told, 1);
	event = end(r.live, &close);
	record_event(&r, &event);
	rec.ts_ns = 2 * S;
	record_sweep(&r, 2 * S, &rec, 1);
	same_tables(&r);
	/* The closed row goes when its time is over, in both. */
	rec.ts_ns = 20 * S;
	record_sweep(&r, 20 * S, &rec, 1);
	same_tables(&r);
	assert_int_equal(skw_table_len(r.copy), 1);

	struct skw_happening what[8];

	assert_int_equal(skw_table_timeline(r.copy, 1, what, 8), 1);
	assert_int_equal(what[0].type, SKW_EVENT_RTO);
	tear_down_recording(&r);
}

static void a_new_file_has_all_rows(void **state)
{
	struct skw_conn_rec recs[] = { make_traffic(1, S, 1000, 500), make_traffic(2, S, 7, 8) };
	struct recording r;

	(void)state;
	set_up_recording(&r, NULL);
	record_sweep(&r, S, recs, 2);
	recs[0].ts_ns = recs[1].ts_ns = 2 * S;
	record_sweep(&r, 2 * S, recs, 2);
	recs[0].ts_ns = recs[1].ts_ns = 3 * S;
	record_sweep(&r, 3 * S, recs, 2);
	assert_int_equal(r.rows, 0);
	skw_record_events_begin(r.events);
	record_sweep(&r, 4 * S, recs, 2);
	assert_int_equal(r.rows, 2);
	tear_down_recording(&r);
}

/* About 600 bytes for each row, which are more than a sweep may write. */
#define MANY 20000

static void too_many_rows_come_with_the_next_sweeps(void **state)
{
	struct skw_conn_rec *recs = calloc(MANY, sizeof(*recs));
	struct recording r;
	unsigned rows = 0, sweeps = 0;

	(void)state;
	assert_non_null(recs);
	set_up_recording(&r, NULL);
	for (unsigned i = 0; i < MANY; i++)
		recs[i] = make_kind(i + 1, SKW_ROW_UDP, SKW_STATE_CLOSED, S);
	do {
		record_sweep(&r, ++sweeps * S, recs, MANY);
		assert_int_equal(r.entry.sweep.changed, r.rows);
		rows += r.rows;
		assert_int_equal(r.entry.sweep.left, MANY - rows);
		assert_true(sweeps < 10);
	} while (r.entry.sweep.left);
	assert_int_equal(rows, MANY);
	assert_true(sweeps > 1);
	assert_int_equal(skw_table_len(r.copy), MANY);
	free(recs);
	tear_down_recording(&r);
}

static void only_wanted_events_are_recorded(void **state)
{
	struct skw_record_events_options opt = { .only_captured = false };
	struct skw_event_rec connect = make_event(SKW_EVENT_CONNECT, 2, S);
	struct skw_event_rec rto = make_event(SKW_EVENT_RTO, 2, S);
	const struct skw_conn_rec rec = make_traffic(1, S, 1000, 500);
	struct skw_watch_status status = { .now_ns = S };
	struct skw_event event;
	struct recording r;

	(void)state;
	assert_int_equal(skw_event_types_parse("-t", "rto", &opt.types, NULL), 0);
	set_up_recording(&r, &opt);
	event = feed(r.live, &connect);
	record_event(&r, &event);
	assert_int_equal(r.told, 0);
	event = feed(r.live, &rto);
	record_event(&r, &event);
	assert_int_equal(r.told, 1);
	sweep(r.live, S, &rec, 1);
	assert_int_equal(skw_record_events_rows(r.events, r.live, &status, S, &r.blocks), 0);
	assert_int_equal(r.blocks.len, 0);
	tear_down_recording(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweeps_are_the_same),
		cmocka_unit_test(what_disappears_is_told),
		cmocka_unit_test(events_are_the_same),
		cmocka_unit_test(a_new_file_has_all_rows),
		cmocka_unit_test(too_many_rows_come_with_the_next_sweeps),
		cmocka_unit_test(only_wanted_events_are_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
