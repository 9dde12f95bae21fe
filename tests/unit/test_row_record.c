// SPDX-License-Identifier: BSD-2-Clause
/* Records of connections become rows or are refused; reasons of the close; times in the history. */
#include "row/record.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_records.h"
#include "row/history.h"
#include "row/row.h"

static int decode(const struct skw_conn_rec *rec, struct skw_row *row)
{
	struct skw_row_sample sample;
	int ret = skw_record_row(rec, sizeof(*rec), &sample);

	if (!ret)
		*row = sample.row;
	return ret;
}

static void unknown_stays_unknown(void **state)
{
	struct skw_conn_rec rec = make_record(7, 1);
	struct skw_row_sample sample;
	struct skw_row row;

	(void)state;
	assert_int_equal(skw_record_row(&rec, sizeof(rec), &sample), 0);
	assert_int_equal(sample.kind, SKW_ROW_TCP);
	assert_string_equal(sample.congestion, "");
	row = sample.row;
	assert_int_equal(row.srtt_us, SKW_NONE32);
	assert_int_equal(row.bytes_acked, SKW_NONE64);
	assert_int_equal(row.delivery_rate_bps, SKW_NONE64);
	assert_int_equal(sample.rtt_hist[SKW_RTT_BUCKETS - 1], SKW_NONE32);
	assert_null(skw_row_hist(&row));
	assert_int_equal(row.opened_ns, SKW_NONE64);
	assert_int_equal(row.closed_ns, SKW_NONE64);
	assert_int_equal(row.tx_bps, SKW_NONE64);
	assert_int_equal(row.timer, SKW_NONE8);
	assert_null(row.history);
	assert_int_equal(row.history_run, 0);
	assert_int_equal(row.recent, 0);
	assert_null(row.owners);
	assert_null(row.cgroup);
	assert_null(row.netns_name);
	assert_null(row.congestion);
}

static void rates_are_bits_and_do_not_wrap(void **state)
{
	struct skw_conn_rec rec = make_record(7, 1);
	struct skw_row row;

	(void)state;
	rec.delivery_rate = 1250000000;
	rec.pacing_rate = SKW_NONE64 / 8 + 1;
	assert_int_equal(decode(&rec, &row), 0);
	assert_int_equal(row.delivery_rate_bps, 10000000000);
	assert_int_equal(row.pacing_rate_bps, SKW_NONE64);
}

static void ipv4_is_four_bytes(void **state)
{
	struct skw_conn_rec rec = make_record(7, 1);
	struct skw_row row;
	static const uint8_t zero[12];

	(void)state;
	memset(rec.local_addr + 4, 0xaa, 12);
	assert_int_equal(decode(&rec, &row), 0);
	assert_memory_equal(row.tuple.local_addr, "\x0a\x00\x00\x01", 4);
	assert_memory_equal(row.tuple.local_addr + 4, zero, 12);
	rec.family = AF_INET6;
	assert_int_equal(decode(&rec, &row), 0);
	assert_int_equal(row.tuple.local_addr[15], 0xaa);
}

static void a_kind_has_its_states(void **state)
{
	static const struct {
		__u8 kind, number, shown; /* `shown` is 0 if the record is refused */
	} cases[] = {
		{ SKW_ROW_TCP, 1, SKW_STATE_ESTABLISHED },
		{ SKW_ROW_TCP, 11, SKW_STATE_CLOSING },
		{ SKW_ROW_TCP, 0, 0 },
		{ SKW_ROW_TCP, 12, 0 },
		{ SKW_ROW_TCP, 255, 0 },
		{ SKW_ROW_TIME_WAIT, 6, SKW_STATE_TIME_WAIT },
		{ SKW_ROW_TIME_WAIT, 5, SKW_STATE_FIN_WAIT2 },
		{ SKW_ROW_TIME_WAIT, 1, 0 },
		{ SKW_ROW_SYN_RECV, 3, SKW_STATE_SYN_RECV },
		{ SKW_ROW_SYN_RECV, 12, SKW_STATE_SYN_RECV },
		{ SKW_ROW_SYN_RECV, 2, 0 },
		{ SKW_ROW_UDP, 1, SKW_STATE_ESTABLISHED },
		{ SKW_ROW_UDP, 7, SKW_STATE_UNCONN },
		{ SKW_ROW_UDP, 10, 0 },
		{ 0, 1, 0 },
		{ 5, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct skw_conn_rec rec = make_record(7, cases[i].number);
		struct skw_row row = { 0 };

		rec.kind = cases[i].kind;
		assert_int_equal(decode(&rec, &row), cases[i].shown ? 0 : -EBADMSG);
		assert_int_equal(row.state, cases[i].shown);
	}
}

static void what_contradicts_the_format_is_refused(void **state)
{
	const struct skw_conn_rec good = make_record(7, 1);
	struct skw_conn_rec rec = good;
	struct skw_row row;

	(void)state;
	assert_int_equal(decode(&rec, &row), 0);
	rec.family = 1;
	assert_int_equal(decode(&rec, &row), -EBADMSG);
	rec = good;
	rec.timer = SKW_TIMER_PERSIST + 1;
	assert_int_equal(decode(&rec, &row), -EBADMSG);
	rec = good;
	rec.direction = SKW_CONN_OUT + 1;
	assert_int_equal(decode(&rec, &row), -EBADMSG);
}

static void any_alignment_and_no_other_length(void **state)
{
	char bytes[sizeof(struct skw_conn_rec) + 2];
	struct skw_conn_rec rec = make_record(7, 1);
	struct skw_row_sample sample;

	(void)state;
	memset(rec.congestion, 'c', sizeof(rec.congestion));
	memcpy(bytes + 1, &rec, sizeof(rec));
	assert_int_equal(skw_record_row(bytes + 1, sizeof(rec), &sample), 0);
	assert_int_equal(sample.row.cookie, 7);
	assert_int_equal(strlen(sample.congestion), SKW_CA_LEN);
	assert_int_equal(skw_record_row(bytes + 1, sizeof(rec) - 1, &sample), -EBADMSG);
	assert_int_equal(skw_record_row(bytes + 1, sizeof(rec) + 1, &sample), -EBADMSG);
	assert_int_equal(skw_record_row(bytes, 0, &sample), -EBADMSG);
}

static void no_cookie_is_unknown(void **state)
{
	struct skw_conn_rec rec = make_record(0, 1);
	struct skw_row row;

	(void)state;
	assert_int_equal(decode(&rec, &row), 0);
	assert_int_equal(row.cookie, SKW_NONE64);
}

static void a_holders_name_is_a_string(void **state)
{
	struct skw_holder_rec rec = { .inode = 5, .tgid = 9 };
	struct skw_owner owner;
	uint32_t inode;

	(void)state;
	memcpy(rec.comm,
	       "a\x1b[1m\x7f\xc3\xa4"
	       "bcdefghi",
	       16);
	assert_int_equal(skw_record_holder(&rec, sizeof(rec), &inode, &owner), 0);
	assert_int_equal(inode, 5);
	assert_int_equal(owner.pid, 9);
	assert_string_equal(owner.comm, "a?[1m?\xc3\xa4"
					"bcdefghi");
	assert_int_equal(skw_record_holder(&rec, sizeof(rec) - 1, &inode, &owner), -EBADMSG);
	rec.inode = 0;
	assert_int_equal(skw_record_holder(&rec, sizeof(rec), &inode, &owner), -EBADMSG);
	rec.inode = 5;
	rec.tgid = 0;
	assert_int_equal(skw_record_holder(&rec, sizeof(rec), &inode, &owner), -EBADMSG);
}

static void an_event_has_the_length_of_its_type(void **state)
{
	struct skw_event_rec rec = make_event(SKW_EVENT_RTO, 7, 1);
	struct skw_close_rec close = make_close(7, 1, 1, 0);
	struct skw_creator_rec creator = { .head = { .type = SKW_EVENT_CREATOR, .cookie = 3 } };
	struct skw_event_told told;

	(void)state;
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	assert_int_equal(told.socket.row.cookie, 7);
	assert_int_equal(skw_record_event(&close, sizeof(close), &told), 0);
	assert_int_equal(skw_record_event(&creator, sizeof(creator), &told), 0);
	assert_int_equal(told.socket.row.cookie, 3);
	assert_int_equal(skw_record_event(&close, sizeof(rec), &told), -EBADMSG);
	assert_int_equal(skw_record_event(&rec, sizeof(rec.head), &told), -EBADMSG);
	assert_int_equal(skw_record_event(&rec, 5, &told), -EBADMSG);
	assert_int_equal(told.socket.row.cookie, 3);
}

static void an_event_with_unheard_of_numbers_is_refused(void **state)
{
	struct skw_event_rec rec = make_event(SKW_EVENT_STATE, 7, 1);
	struct skw_close_rec close = make_close(7, 1, 13, 0);
	struct skw_creator_rec creator = { .head = { .type = SKW_EVENT_CREATOR } };
	struct skw_event_told told;

	(void)state;
	rec.head.old_state = 12;
	rec.head.new_state = 1;
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	rec.head.new_state = 13;
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), -EBADMSG);
	assert_int_equal(skw_record_event(&close, sizeof(close), &told), -EBADMSG);
	rec = make_event(SKW_EVENT_RTO, 7, 1);
	rec.family = 17;
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), -EBADMSG);
	rec = make_event(SKW_EVENT_RTO, 7, 1);
	rec.head.direction = 3;
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), -EBADMSG);
	assert_int_equal(skw_record_event(&creator, sizeof(creator), &told), -EBADMSG);
	close = make_close(7, 1, SKW_STATE_LAST_ACK, 0);
	close.row.kind = SKW_ROW_SYN_RECV;
	close.row.state = SKW_STATE_SYN_RECV;
	assert_int_equal(skw_record_event(&close, sizeof(close), &told), -EBADMSG);
}

static void a_close_has_its_reason(void **state)
{
	static const struct {
		__u8 old_state;
		__u32 err;
		__u8 ending;
		__u32 inode;
		enum skw_close_reason reason;
	} cases[] = {
		{ SKW_STATE_LAST_ACK, 0, SKW_END_PEER_FIN | SKW_END_ACKED, 0, SKW_CLOSE_FIN },
		{ SKW_STATE_ESTABLISHED, 0, SKW_END_LOCAL, 0, SKW_CLOSE_RESET_BY_US },
		{ SKW_STATE_ESTABLISHED, 0, 0, 0, SKW_CLOSE_RESET_BY_US },
		{ SKW_STATE_ESTABLISHED, 0, 0, 99, SKW_CLOSE_RESET_BY_PEER },
		{ SKW_STATE_SYN_SENT, ECONNREFUSED, 0, 99, SKW_CLOSE_REFUSED },
		{ SKW_STATE_LISTEN, 0, 0, 0, SKW_CLOSE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct skw_close_rec rec = make_close(7, 1, cases[i].old_state, cases[i].err);
		struct skw_event_told told;

		rec.row.ending = cases[i].ending;
		rec.row.inode = cases[i].inode;
		assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
		assert_int_equal(told.socket.row.close_reason, cases[i].reason);
	}
}

static void a_scope_is_a_name_or_else_a_number(void **state)
{
	struct skw_conn_rec rec = make_record(7, SKW_STATE_ESTABLISHED);
	struct skw_event_rec event = make_event(SKW_EVENT_RTO, 7, 1);
	struct skw_row_sample sample;
	struct skw_event_told told;

	(void)state;
	assert_int_equal(skw_record_row(&rec, sizeof(rec), &sample), 0);
	assert_string_equal(sample.scope, "");
	rec.scope_id = 4000000000U;
	assert_int_equal(skw_record_row(&rec, sizeof(rec), &sample), 0);
	assert_string_equal(sample.scope, "4000000000");
	memcpy(rec.scope, "0123456789abcde\xff", 16);
	assert_int_equal(skw_record_row(&rec, sizeof(rec), &sample), 0);
	assert_string_equal(sample.scope, "0123456789abcde?");
	event.scope_id = 2;
	memcpy(event.scope,
	       "a\x1b"
	       "0",
	       3);
	assert_int_equal(skw_record_event(&event, sizeof(event), &told), 0);
	assert_string_equal(told.socket.scope, "a?0");
}

static void a_failed_connect_tells_its_error(void **state)
{
	struct skw_event_rec rec = make_event(SKW_EVENT_FAILED, 7, 1);
	struct skw_event_told told;

	(void)state;
	rec.error = ENETUNREACH;
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	assert_int_equal(told.event.error, ENETUNREACH);
}

static void an_event_tells_its_socket_and_what_its_type_has(void **state)
{
	struct skw_event_rec rec = make_event(SKW_EVENT_RTO, 0, 5);
	struct skw_event_told told;

	(void)state;
	memset(rec.local_addr + 4, 0xaa, 12);
	rec.head.direction = SKW_CONN_OUT;
	rec.rto_us = 200000;
	rec.retransmits = 3;
	rec.old_cwnd = 10;
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	assert_int_equal(told.event.ts_ns, 5);
	assert_int_equal(told.event.type, SKW_EVENT_RTO);
	assert_int_equal(told.event.rto_us, 200000);
	assert_int_equal(told.event.backoff, 3);
	assert_int_equal(told.event.old_cwnd, 10);
	assert_int_equal(told.event.rtt_us, SKW_NONE32);
	assert_int_equal(told.event.handshake_us, SKW_NONE32);
	assert_int_equal(told.event.seq, 0);
	assert_null(told.event.row);
	assert_int_equal(told.socket.kind, 0);
	assert_string_equal(told.socket.congestion, "");
	assert_int_equal(told.socket.row.cookie, SKW_NONE64);
	assert_int_equal(told.socket.row.tuple.local_addr[3], 1);
	assert_int_equal(told.socket.row.tuple.local_addr[4], 0);
	assert_int_equal(told.socket.row.tuple.remote_port, 443);
	assert_int_equal(told.socket.row.netns, 4026531840U);
	assert_int_equal(told.socket.row.direction, SKW_CONN_OUT);
	assert_int_equal(told.socket.row.bytes_acked, SKW_NONE64);

	rec = make_event(SKW_EVENT_STATE, 7, 5);
	rec.head.old_state = 12;
	rec.head.new_state = SKW_STATE_ESTABLISHED;
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	assert_int_equal(told.event.old_state, SKW_STATE_SYN_RECV);
	assert_int_equal(told.event.new_state, SKW_STATE_ESTABLISHED);
}

static void a_close_tells_the_last_row(void **state)
{
	struct skw_close_rec rec = make_close(7, 5, SKW_STATE_SYN_SENT, ETIMEDOUT);
	struct skw_event_told told;

	(void)state;
	rec.row.ts_ns = 1;
	rec.row.bytes_acked = 100;
	memcpy(rec.row.congestion, "cubic", 5);
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	assert_int_equal(told.event.old_state, SKW_STATE_SYN_SENT);
	assert_int_equal(told.event.new_state, SKW_STATE_CLOSED);
	assert_int_equal(told.socket.kind, SKW_ROW_TCP);
	assert_string_equal(told.socket.congestion, "cubic");
	assert_int_equal(told.socket.row.ts_ns, 5);
	assert_int_equal(told.socket.row.state, SKW_STATE_SYN_SENT);
	assert_int_equal(told.socket.row.bytes_acked, 100);
	/* Only who connects leaves this state. */
	assert_int_equal(told.socket.row.direction, SKW_CONN_OUT);
	rec.head.direction = SKW_CONN_IN;
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	assert_int_equal(told.socket.row.direction, SKW_CONN_IN);
}

static void a_creators_name_is_a_string(void **state)
{
	struct skw_creator_rec rec = { .head = { .type = SKW_EVENT_CREATOR, .cookie = 3 },
				       .cgroup_id = 77,
				       .tgid = 9,
				       .uid = 1000 };
	struct skw_event_told told;

	(void)state;
	memcpy(rec.comm, "a\nb", 3);
	assert_int_equal(skw_record_event(&rec, sizeof(rec), &told), 0);
	assert_int_equal(told.event.type, SKW_EVENT_CREATOR);
	assert_int_equal(told.process.pid, 9);
	assert_string_equal(told.process.comm, "a?b");
	assert_int_equal(told.socket.row.cgroup_id, 77);
	assert_int_equal(told.socket.row.uid, 1000);
}

static void a_time_comes_back_within_five_percent(void **state)
{
	(void)state;
	assert_int_equal(skw_history_encode(SKW_NONE32), 0);
	assert_int_equal(skw_history_decode(0), SKW_NONE32);
	assert_int_equal(skw_history_decode(skw_history_encode(0)), 1);
	assert_int_equal(skw_history_decode(skw_history_encode(1)), 1);
	for (uint64_t us = 1, last = 0; us < 3600000000ULL; us += us / 50 + 1) {
		uint32_t back = skw_history_decode(skw_history_encode((uint32_t)us));
		uint64_t slack = us / 20 + 1;

		assert_in_range(back, us > slack ? us - slack : 1, us + slack);
		assert_true(back >= last);
		last = back;
	}
	assert_int_equal(skw_history_encode(SKW_NONE32 - 1), 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_stays_unknown),
		cmocka_unit_test(rates_are_bits_and_do_not_wrap),
		cmocka_unit_test(ipv4_is_four_bytes),
		cmocka_unit_test(a_kind_has_its_states),
		cmocka_unit_test(what_contradicts_the_format_is_refused),
		cmocka_unit_test(any_alignment_and_no_other_length),
		cmocka_unit_test(no_cookie_is_unknown),
		cmocka_unit_test(a_holders_name_is_a_string),
		cmocka_unit_test(an_event_has_the_length_of_its_type),
		cmocka_unit_test(an_event_with_unheard_of_numbers_is_refused),
		cmocka_unit_test(an_event_tells_its_socket_and_what_its_type_has),
		cmocka_unit_test(a_close_tells_the_last_row),
		cmocka_unit_test(a_creators_name_is_a_string),
		cmocka_unit_test(a_close_has_its_reason),
		cmocka_unit_test(a_scope_is_a_name_or_else_a_number),
		cmocka_unit_test(a_failed_connect_tells_its_error),
		cmocka_unit_test(a_time_comes_back_within_five_percent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
