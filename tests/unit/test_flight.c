// SPDX-License-Identifier: BSD-2-Clause
/* The memory of a flight recorder, and its triggers. */
#include "join/flight.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conn_table.h"
#include "format/format_message.h"
#include "join/triggers.h"
#include "pcap/pcapng.h"

#define A 0x1111101u /* connections */
#define B 0x2222201u

/* Holds two seconds before, and one after a trigger. */
static struct skw_flight *begin(size_t bytes, bool any)
{
	const struct skw_flight_options opt = {
		.bytes = bytes, .pre_ns = 2 * S, .post_ns = 1 * S, .any = any
	};
	struct skw_flight *f = skw_flight_new(&opt);

	assert_non_null(f);
	return f;
}

static uint8_t pattern[2000];

static bool put(struct skw_flight *f, uint64_t ts_ns, uint64_t connection, uint32_t len)
{
	const struct skw_packet pkt = {
		.ts_ns = ts_ns, .data = pattern, .caplen = len, .len = len
	};

	memset(pattern, (int)(ts_ns / MS % 251), sizeof(pattern));
	return skw_flight_packet(f, &pkt, connection);
}

/* Takes all out that is old enough, and returns the number of those that are wanted. */
static unsigned drain(struct skw_flight *f, uint64_t until_ns)
{
	const struct skw_flight_record *r;
	unsigned wanted = 0;
	uint64_t last_ns = 0;

	while ((r = skw_flight_oldest(f, until_ns))) {
		assert_true(r->ts_ns >= last_ns);
		last_ns = r->ts_ns;
		for (uint32_t i = 0; r->is_packet && i < r->packet.caplen; i++)
			assert_int_equal(r->packet.data[i], r->ts_ns / MS % 251);
		wanted += r->wanted;
		skw_flight_forget(f, false);
	}
	return wanted;
}

/* As the session does it. False: the trigger's time was wanted anyway. */
static bool trigger(struct skw_flight *f, uint64_t ts_ns, uint64_t connection, uint64_t *held_ns)
{
	if (skw_flight_goes_on(f, ts_ns, connection)) {
		skw_flight_extend(f, ts_ns, connection);
		return false;
	}
	*held_ns = skw_flight_held(f, ts_ns);
	skw_flight_trigger(f, ts_ns, connection);
	return true;
}

static void without_a_trigger_nothing_is_wanted(void **state)
{
	struct skw_flight *f = begin(1 << 20, false);

	(void)state;
	assert_null(skw_flight_oldest(f, UINT64_MAX));
	for (unsigned i = 0; i < 100; i++)
		assert_true(put(f, 10 * S + i * 100 * MS, A, 100));
	/* Records younger than two seconds stay. */
	assert_int_equal(drain(f, 15 * S), 0);
	const struct skw_flight_record *r = skw_flight_oldest(f, UINT64_MAX);
	assert_int_equal(r->ts_ns, 13 * S);
	assert_int_equal(drain(f, UINT64_MAX), 0);
	assert_null(skw_flight_oldest(f, UINT64_MAX));
	assert_int_equal(skw_flight_figures(f)->early, 0);
	skw_flight_free(f);
}

static void the_trigger_s_connection_is_wanted_before_and_after(void **state)
{
	struct skw_flight *f = begin(1 << 20, false);
	uint64_t held_ns = 0;
	unsigned wanted = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		uint64_t now_ns = 10 * S + i * 100 * MS;

		assert_true(put(f, now_ns, A, 100));
		assert_true(put(f, now_ns, B, 100));
		assert_true(put(f, now_ns, 0, 100));
		if (i == 50)
			assert_true(trigger(f, now_ns, A, &held_ns));
		/* In its time, another one is none of its own. */
		if (i == 55)
			assert_false(trigger(f, now_ns, A, &held_ns));
		wanted += drain(f, now_ns);
	}
	assert_true(skw_flight_is_busy(f, 18 * S));
	assert_false(skw_flight_is_busy(f, 19 * S));
	wanted += drain(f, UINT64_MAX);
	/* From 20 before the first to 10 after the second. */
	assert_int_equal(wanted, 20 + 1 + 5 + 10);
	assert_int_equal(held_ns, 2 * S);
	assert_int_equal(skw_flight_figures(f)->triggers, 1);
	assert_int_equal(skw_flight_figures(f)->held_ns, 2 * S);
	skw_flight_free(f);
}

static void any_wants_all_connections(void **state)
{
	struct skw_flight *f = begin(1 << 20, true);
	uint64_t held_ns;

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		assert_true(put(f, 10 * S, i, 100));
	assert_true(trigger(f, 11 * S, A, &held_ns));
	assert_true(put(f, 13 * S, B, 100));
	assert_int_equal(drain(f, UINT64_MAX), 10);
	skw_flight_free(f);
}

/* Records of all lengths go round a small memory some hundred times. */
static void the_memory_is_used_again(void **state)
{
	struct skw_flight *f = begin(10007, false);
	uint64_t now_ns = 10 * S, oldest_ns = 0, forgotten = 0;

	(void)state;
	for (unsigned i = 0; i < 5000; i++, now_ns += MS) {
		while (!put(f, now_ns, A, i * 7 % 2000)) {
			const struct skw_flight_record *r = skw_flight_oldest(f, UINT64_MAX);

			assert_non_null(r);
			assert_true(r->ts_ns > oldest_ns);
			oldest_ns = r->ts_ns;
			assert_int_equal(r->packet.caplen, (r->ts_ns - 10 * S) / MS * 7 % 2000);
			for (uint32_t k = 0; k < r->packet.caplen; k++)
				assert_int_equal(r->packet.data[k], r->ts_ns / MS % 251);
			skw_flight_forget(f, true);
			forgotten++;
		}
	}
	assert_int_equal(skw_flight_figures(f)->early, forgotten);
	assert_true(forgotten > 4900);
	/* The time that is held before a trigger tells it. */
	uint64_t held_ns;
	assert_true(trigger(f, now_ns, A, &held_ns));
	assert_int_equal(held_ns, now_ns - oldest_ns);
	assert_int_equal(skw_flight_figures(f)->held_ns, held_ns);
	/* A record that is larger than all of it has no room, ever. */
	drain(f, UINT64_MAX);
	const struct skw_packet large = { .data = pattern, .caplen = 2000 };
	struct skw_flight *small = begin(1024, false);
	assert_false(skw_flight_packet(small, &large, A));
	assert_null(skw_flight_oldest(small, UINT64_MAX));
	skw_flight_free(small);
	skw_flight_free(f);
}

static void owners_and_blocks_come_out_as_they_went_in(void **state)
{
	const struct skw_packet_owner nginx = { .id = 7,
						.place = 3,
						.pid = 4100,
						.comm = "nginx",
						.name = "nginx[4100]",
						.text = "nginx[4100] /web" };
	struct skw_packet pkt = { .data = pattern, .caplen = 10, .len = 99, .iface = 2 };
	const struct skw_raw_block block = { .bytes = (const uint8_t *)"a block",
					     .len = 7,
					     .type = SKW_PCAPNG_JOURNAL };
	struct skw_flight *f = begin(1 << 20, false);

	(void)state;
	pkt.receiver = &nginx;
	pkt.remark = "HTTP 200 in 2 ms";
	assert_true(skw_flight_packet(f, &pkt, A));
	assert_true(skw_flight_block(f, 0, A, &block));
	const struct skw_flight_record *r = skw_flight_oldest(f, UINT64_MAX);

	assert_true(r->is_packet);
	assert_null(r->packet.sender);
	assert_int_equal(r->packet.receiver->id, 7);
	assert_int_equal(r->packet.receiver->place, 3);
	assert_string_equal(r->packet.receiver->comm, "nginx");
	assert_string_equal(r->packet.receiver->name, "nginx[4100]");
	assert_string_equal(r->packet.receiver->text, "nginx[4100] /web");
	assert_string_equal(r->packet.remark, "HTTP 200 in 2 ms");
	assert_ptr_not_equal(r->packet.remark, pkt.remark);
	assert_int_equal(r->packet.len, 99);
	assert_int_equal(r->packet.iface, 2);
	skw_flight_forget(f, false);
	r = skw_flight_oldest(f, UINT64_MAX);
	assert_false(r->is_packet);
	assert_int_equal(r->block.len, 7);
	assert_int_equal(r->block.type, SKW_PCAPNG_JOURNAL);
	assert_memory_equal(r->block.bytes, "a block", 7);
	skw_flight_free(f);
}

static void a_step_of_the_clock_moves_all(void **state)
{
	struct skw_flight *f = begin(1 << 20, false);
	uint64_t held_ns;

	(void)state;
	assert_true(put(f, 10 * S, A, 10));
	assert_true(trigger(f, 11 * S, A, &held_ns));
	skw_flight_clock_set(f, 3600 * (int64_t)S);
	assert_null(skw_flight_oldest(f, 3611 * S));
	assert_true(skw_flight_oldest(f, 3613 * S)->wanted);
	assert_true(skw_flight_is_busy(f, 3614 * S));
	skw_flight_free(f);
}

/* A step of the clock is in the memory itself, and leaves it behind the packets before it. */
static void a_block_for_all_is_wanted_in_its_place(void **state)
{
	const struct skw_raw_block step = { .bytes = (const uint8_t *)"a step",
					    .len = 6,
					    .type = 99 };
	struct skw_flight *f = begin(1 << 20, false);

	(void)state;
	assert_true(put(f, 10 * S, A, 10));
	skw_flight_clock_set(f, -5 * (int64_t)S);
	assert_true(skw_flight_block(f, 5 * S, SKW_FLIGHT_ALWAYS, &step));
	assert_true(put(f, 6 * S, B, 10));
	const struct skw_flight_record *r = skw_flight_oldest(f, 9 * S);
	assert_true(r->is_packet);
	assert_int_equal(r->connection, A);
	assert_false(r->wanted);
	skw_flight_forget(f, false);
	r = skw_flight_oldest(f, 9 * S);
	assert_false(r->is_packet);
	assert_true(r->wanted);
	assert_int_equal(r->block.type, 99);
	skw_flight_forget(f, false);
	assert_int_equal(skw_flight_oldest(f, 9 * S)->connection, B);
	skw_flight_free(f);
}

/* More connections than there are places: those whose time is over give theirs. */
static void places_are_used_again(void **state)
{
	struct skw_flight *f = begin(1 << 20, false);
	uint64_t held_ns;

	(void)state;
	for (uint64_t i = 1; i <= 100000; i++)
		assert_true(trigger(f, i * 10 * MS, i * 0x9e3779b97f4a7c15u | 1, &held_ns));
	assert_int_equal(skw_flight_figures(f)->missed, 0);
	for (uint64_t i = 1; i <= 100000; i++)
		trigger(f, 2000 * S, i * 0x9e3779b97f4a7c15u | 1, &held_ns);
	assert_true(skw_flight_figures(f)->missed > 80000);
	skw_flight_free(f);
}

/* ---- triggers ---- */

static const struct skw_triggers_words reader = { .about_messages = skw_format_message_expr };

static void refuse(const char *text, const char *words)
{
	struct skw_triggers t;
	struct skw_error err = { 0 };

	assert_int_equal(skw_triggers_parse(&t, text, &reader, &err), -EINVAL);
	assert_true(err.usage);
	if (!strstr(err.text, words))
		fail_msg("%s: \"%s\" does not have \"%s\"", text, err.text, words);
	skw_triggers_free(&t);
}

static void wrong_triggers_are_refused(void **state)
{
	(void)state;
	refuse("", "expression");
	refuse("rto,", "expression");
	refuse("rtos", "\"rtos\" is neither a type of event");
	refuse("srtt>", "--on: ");
	refuse("nothing>1", "nothing");
	refuse("latency>", "expected a value");
}

static const char *event_text(struct skw_triggers *t, const struct skw_event *event)
{
	int which = skw_triggers_event(t, event);

	return which < 0 ? NULL : skw_triggers_text(t, (unsigned)which);
}

static void events_trigger_by_type_and_reason(void **state)
{
	struct skw_triggers t;
	struct skw_error err = { 0 };
	struct skw_row row = { .cookie = 1, .close_reason = SKW_CLOSE_FIN };
	struct skw_event event = { .type = SKW_EVENT_RTO, .row = &row };

	(void)state;
	assert_int_equal(skw_triggers_parse(&t, "rto,timeout,refused", &reader, &err), 0);
	assert_string_equal(event_text(&t, &event), "rto");
	event.type = SKW_EVENT_RETRANS;
	assert_null(event_text(&t, &event));
	event.type = SKW_EVENT_CLOSE;
	assert_null(event_text(&t, &event));
	row.close_reason = SKW_CLOSE_TIMEOUT;
	assert_string_equal(event_text(&t, &event), "timeout");
	/* Each number has a text, as names of files are made of them. */
	for (unsigned i = 0; i <= SKW_TRIGGERS_END; i++)
		assert_true(strlen(skw_triggers_text(&t, i)) > 0);
	skw_triggers_free(&t);
}

static void messages_trigger_each_time(void **state)
{
	struct skw_triggers t;
	struct skw_error err = { 0 };
	const struct skw_message_owner none = { 0 };
	struct skw_message m = { .protocol = "http",
				 .kind = "GET /",
				 .status = "200",
				 .client = &none,
				 .server = &none,
				 .latency_ns = 250 * MS };
	struct skw_row row = { .cookie = 1 };

	(void)state;
	assert_int_equal(skw_triggers_parse(&t, "latency>200ms and kind ~ GET,slow", &reader, &err),
			 0);
	assert_int_equal(t.messages, 2);
	for (unsigned round = 0; round < 2; round++) {
		int which = skw_triggers_message(&t, &m, S);

		assert_true(which >= 0);
		assert_string_equal(skw_triggers_text(&t, (unsigned)which),
				    "latency>200ms and kind ~ GET");
	}
	m.latency_ns = 150 * MS;
	assert_int_equal(skw_triggers_message(&t, &m, S), -1);
	assert_string_equal(skw_triggers_text(&t, (unsigned)skw_triggers_message(&t, &m, 100 * MS)),
			    "slow");
	m.error = true;
	assert_string_equal(skw_triggers_text(&t, (unsigned)skw_triggers_message(&t, &m, S)),
			    "slow");
	/* Rows have nothing to do with them. */
	assert_int_equal(skw_triggers_row(&t, &row), -1);
	skw_triggers_free(&t);
}

/* A row triggers when it begins to match, not as long as it does. */
static void rows_trigger_once(void **state)
{
	struct skw_table *table = *state;
	struct skw_conn_rec rec = make_traffic(1, 1 * S, 0, 0);
	struct skw_triggers t;
	struct skw_error err = { 0 };

	assert_int_equal(skw_triggers_parse(&t, "rto,srtt>200ms", &reader, &err), 0);
	rec.srtt_us = 100000;
	sweep(table, 1 * S, &rec, 1);
	assert_int_equal(skw_triggers_row(&t, find(table, 1)), -1);
	for (unsigned round = 0; round < 2; round++) {
		rec.srtt_us = 300000;
		sweep(table, 2 * S, &rec, 1);
		int which = skw_triggers_row(&t, find(table, 1));
		assert_true(which >= 0 && which < (int)SKW_TRIGGERS_END);
		assert_string_equal(skw_triggers_text(&t, (unsigned)which), "srtt>200ms");
		assert_int_equal(skw_triggers_row(&t, find(table, 1)), -1);
		rec.srtt_us = 100000;
		sweep(table, 3 * S, &rec, 1);
		assert_int_equal(skw_triggers_row(&t, find(table, 1)), -1);
	}
	skw_triggers_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_trigger_nothing_is_wanted),
		cmocka_unit_test(the_trigger_s_connection_is_wanted_before_and_after),
		cmocka_unit_test(any_wants_all_connections),
		cmocka_unit_test(the_memory_is_used_again),
		cmocka_unit_test(owners_and_blocks_come_out_as_they_went_in),
		cmocka_unit_test(a_step_of_the_clock_moves_all),
		cmocka_unit_test(a_block_for_all_is_wanted_in_its_place),
		cmocka_unit_test(places_are_used_again),
		cmocka_unit_test(wrong_triggers_are_refused),
		cmocka_unit_test(events_trigger_by_type_and_reason),
		cmocka_unit_test(messages_trigger_each_time),
		cmocka_unit_test_setup_teardown(rows_trigger_once, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
