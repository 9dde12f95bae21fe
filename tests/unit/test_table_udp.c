// SPDX-License-Identifier: BSD-2-Clause
/* The amounts that sockets of UDP move: from the kernel's records to totals, rates, sums and
 * fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/quic.h"
#include "conn_records.h"
#include "row/field.h"
#include "row/history.h"
#include "table_feed.h"
#include "util/cleanup.h"

#define TICK(n) ((n)*S)

static int begin(void **state)
{
	const struct skw_table_options opt = { .closed_ns = 10 * S, .owners = true };

	return skw_table_new(&opt, (struct skw_table **)state);
}

static int end(void **state)
{
	skw_table_free(*state);
	return 0;
}

/* A socket that sent and received this much. opened_ns: SKW_NONE64 for one older than top. */
static struct skw_conn_rec datagrams(__u64 cookie, __u64 ts_ns, __u64 opened_ns, __u64 packets)
{
	struct skw_conn_rec rec = make_record(cookie, 7);

	rec.kind = SKW_ROW_UDP;
	rec.ts_ns = ts_ns;
	rec.opened_ns = opened_ns;
	rec.bytes_acked = packets * 100;
	rec.bytes_received = packets * 10;
	rec.packets_out = packets;
	rec.packets_in = packets;
	rec.drops = (__u32)packets / 2;
	return rec;
}

static void sweep(struct skw_table *t, __u64 at_ns, const struct skw_conn_rec *rec)
{
	skw_table_sweep_begin(t, at_ns);
	if (rec)
		assert_int_equal(take_row(t, rec, sizeof(*rec)), 0);
	skw_table_sweep_end(t, at_ns, true);
}

/* SKW_NONE64: unknown. */
static uint64_t field(const struct skw_table *t, uint64_t cookie, enum skw_field which)
{
	const struct skw_row *row = skw_table_find(t, cookie);
	struct skw_value v;

	assert_non_null(row);
	skw_field_value(row, which, &v);
	return v.known ? v.number : SKW_NONE64;
}

static void nothing_is_known_where_nothing_is_counted(void **state)
{
	struct skw_conn_rec rec = make_record(1, 7);

	rec.kind = SKW_ROW_UDP;
	rec.ts_ns = TICK(1);
	sweep(*state, TICK(1), &rec);
	rec.ts_ns = TICK(2);
	sweep(*state, TICK(2), &rec);
	for (unsigned i = SKW_FIELD_PACKETS_OUT; i <= SKW_FIELD_DROP_RATE; i++)
		assert_int_equal(field(*state, 1, (enum skw_field)i), SKW_NONE64);
	assert_int_equal(field(*state, 1, SKW_FIELD_BYTES_ACKED), SKW_NONE64);
	assert_int_equal(field(*state, 1, SKW_FIELD_BUSY_US), SKW_NONE64);
	assert_int_equal(field(*state, 1, SKW_FIELD_TX_BPS), SKW_NONE64);
}

static void a_new_socket_has_totals_and_rates(void **state)
{
	sweep(*state, TICK(1), NULL);
	sweep(*state, TICK(2), NULL);
	struct skw_conn_rec rec = datagrams(1, TICK(3), TICK(2) + 1, 50);

	sweep(*state, TICK(3), &rec);
	assert_int_equal(field(*state, 1, SKW_FIELD_TX_PPS), 50);
	rec = datagrams(1, TICK(4), TICK(2) + 1, 250);
	sweep(*state, TICK(4), &rec);
	assert_int_equal(field(*state, 1, SKW_FIELD_BYTES_ACKED), 25000);
	assert_int_equal(field(*state, 1, SKW_FIELD_BYTES_RECEIVED), 2500);
	assert_int_equal(field(*state, 1, SKW_FIELD_PACKETS_OUT), 250);
	assert_int_equal(field(*state, 1, SKW_FIELD_PACKETS_IN), 250);
	assert_int_equal(field(*state, 1, SKW_FIELD_TX_BPS), 200 * 100 * 8);
	assert_int_equal(field(*state, 1, SKW_FIELD_RX_BPS), 200 * 10 * 8);
	assert_int_equal(field(*state, 1, SKW_FIELD_RX_PPS), 200);
	assert_int_equal(field(*state, 1, SKW_FIELD_DROP_RATE), 100);
	assert_true(skw_table_totals(*state)->tx_bps == 200 * 100 * 8);
}

static void a_socket_has_the_version_of_quic_that_was_seen(void **state)
{
	static const struct {
		__u64 version;
		const char *name;
	} cases[] = {
		{ 0, NULL },
		{ SKW_NONE64, NULL },
		{ 0x1a2a3a4a, NULL },
		{ SKW_QUIC_V1, "v1" },
		{ SKW_QUIC_V2, "v2" },
		{ SKW_QUIC_DRAFT_FIRST, "draft-29" },
		{ SKW_QUIC_DRAFT_LAST, "draft-34" },
	};
	struct skw_conn_rec rec = datagrams(1, TICK(1), TICK(1), 1);

	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct skw_value v;

		rec.ts_ns = TICK(i + 2);
		rec.quic = cases[i].version;
		sweep(*state, rec.ts_ns, &rec);
		skw_field_value(skw_table_find(*state, 1), SKW_FIELD_QUIC, &v);
		assert_int_equal(v.known, cases[i].name != NULL);
		if (cases[i].name)
			assert_string_equal(v.text, cases[i].name);
	}
}

static void an_older_socket_has_rates_only(void **state)
{
	struct skw_conn_rec rec = datagrams(1, TICK(1), SKW_NONE64, 4294967290U);

	sweep(*state, TICK(1), &rec);
	assert_int_equal(field(*state, 1, SKW_FIELD_TX_PPS), SKW_NONE64);
	/* The small counters wrap around in between. */
	rec = datagrams(1, TICK(2), SKW_NONE64, 4294967290ULL + 100);
	sweep(*state, TICK(2), &rec);
	assert_int_equal(field(*state, 1, SKW_FIELD_TX_PPS), 100);
	assert_int_equal(field(*state, 1, SKW_FIELD_TX_BPS), 100 * 100 * 8);
	assert_int_equal(field(*state, 1, SKW_FIELD_BYTES_ACKED), SKW_NONE64);
	assert_int_equal(field(*state, 1, SKW_FIELD_BYTES_RECEIVED), SKW_NONE64);
	assert_int_equal(field(*state, 1, SKW_FIELD_PACKETS_OUT), SKW_NONE64);
	assert_int_equal(field(*state, 1, SKW_FIELD_PACKETS_IN), SKW_NONE64);
}

static void last(struct skw_table *t, const struct skw_conn_rec *row)
{
	struct skw_close_rec rec = { .row = *row };
	struct skw_event event;

	rec.head.type = SKW_EVENT_LAST;
	rec.head.cookie = row->cookie;
	rec.head.ts_ns = row->ts_ns;
	rec.head.netns = row->netns;
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 1);
	assert_int_equal(event.type, SKW_EVENT_CLOSE);
	assert_int_equal(event.row->cookie, row->cookie);
}

static void a_closed_socket_keeps_its_last_figures_and_its_process(void **state)
{
	struct skw_creator_rec closer = { .head = { .type = SKW_EVENT_CLOSER, .cookie = 1 } };
	struct skw_event event;

	sweep(*state, TICK(1), NULL);
	sweep(*state, TICK(2), NULL);
	closer.head.ts_ns = TICK(2) + 5;
	closer.tgid = 77;
	closer.cgroup_id = SKW_NONE64;
	closer.data_segs_in = SKW_NONE32;
	memcpy(closer.comm, "dig", 4);
	assert_int_equal(take_event(*state, &closer, sizeof(closer), &event), 0);
	struct skw_conn_rec rec = datagrams(1, TICK(2) + 5, TICK(2) + 1, 3);

	last(*state, &rec);
	sweep(*state, TICK(3), NULL);
	const struct skw_row *row = skw_table_find(*state, 1);

	assert_non_null(row);
	assert_int_equal(row->state, SKW_STATE_CLOSED);
	assert_false(skw_row_has_peer(row) && !row->tuple.remote_port);
	assert_int_equal(row->owners->list[0].pid, 77);
	assert_int_equal(field(*state, 1, SKW_FIELD_BYTES_ACKED), 300);
	assert_int_equal(field(*state, 1, SKW_FIELD_PACKETS_IN), 3);
	assert_int_equal(field(*state, 1, SKW_FIELD_TX_BPS), SKW_NONE64);
	assert_int_equal(field(*state, 1, SKW_FIELD_TX_PPS), SKW_NONE64);
	assert_int_equal(skw_table_totals(*state)->udp, 0);
	assert_true(skw_table_totals(*state)->tx_bps == 300 * 8);
	/* A sweep may have read the socket before it closed. */
	sweep(*state, TICK(4), &rec);
	assert_int_equal(skw_table_find(*state, 1)->state, SKW_STATE_CLOSED);
}

static void the_last_row_is_of_udp(void **state)
{
	struct skw_conn_rec tcp = make_traffic(1, TICK(1), 5, 5);
	struct skw_close_rec rec = { .row = tcp, .head = { .type = SKW_EVENT_LAST, .cookie = 1 } };
	struct skw_event_told told;

	(void)state;
	assert_true(skw_record_event(&rec, sizeof(rec), &told) < 0);
	rec.row = datagrams(1, TICK(1), TICK(1), 1);
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	rec.head.cookie = 0;
	assert_true(skw_record_event(&rec, sizeof(rec), &told) < 0);
}

static void connections_have_no_datagrams_and_sockets_no_round_trips(void **state)
{
	struct skw_conn_rec tcp = make_traffic(1, TICK(1), 5, 5);
	struct skw_conn_rec udp = datagrams(2, TICK(1), TICK(1), 9);
	uint32_t us[SKW_ROW_HISTORY];

	tcp.srtt_us = 1000;
	skw_table_sweep_begin(*state, TICK(1));
	assert_int_equal(take_row(*state, &tcp, sizeof(tcp)), 0);
	assert_int_equal(take_row(*state, &udp, sizeof(udp)), 0);
	skw_table_sweep_end(*state, TICK(1), true);
	for (unsigned i = SKW_FIELD_PACKETS_OUT; i <= SKW_FIELD_DROP_RATE; i++)
		assert_int_equal(field(*state, 1, (enum skw_field)i), SKW_NONE64);
	skw_history_read(skw_table_find(*state, 2), us, SKW_ROW_HISTORY);
	for (int i = 0; i < SKW_ROW_HISTORY; i++)
		assert_int_equal(us[i], SKW_NONE32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_known_where_nothing_is_counted, begin,
						end),
		cmocka_unit_test_setup_teardown(a_new_socket_has_totals_and_rates, begin, end),
		cmocka_unit_test_setup_teardown(a_socket_has_the_version_of_quic_that_was_seen,
						begin, end),
		cmocka_unit_test_setup_teardown(an_older_socket_has_rates_only, begin, end),
		cmocka_unit_test_setup_teardown(
			a_closed_socket_keeps_its_last_figures_and_its_process, begin, end),
		cmocka_unit_test_setup_teardown(the_last_row_is_of_udp, begin, end),
		cmocka_unit_test_setup_teardown(
			connections_have_no_datagrams_and_sockets_no_round_trips, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
