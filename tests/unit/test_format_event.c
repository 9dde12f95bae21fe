// SPDX-License-Identifier: BSD-2-Clause
#include "format/format.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "conn_rows.h"

static const struct skw_format_env env = { .offset_ns = CONN_ROWS_OFFSET_NS };

static void check_line(const struct skw_event *event, const char *want)
{
	struct skw_buf out = SKW_BUF_INIT;

	/* The text that the buffer already has must stay. */
	skw_buf_add_str(&out, "before ");
	skw_format_event_line(&out, event, &env);
	skw_buf_add_char(&out, '\0');
	assert_false(out.failed);
	assert_string_equal((char *)out.data + strlen("before "), want);
	skw_buf_free(&out);
}

/* 2 h 13 min after 22:13:40 UTC, in a zone two hours ahead of UTC. */
#define HEAD(type) "02:26:40.123456 " type " postgres[4121]           "
#define TUPLE      "10.0.3.7:5432         < 10.0.3.21:51532"

static void lines_are_aligned_and_say_what_happened(void **state)
{
	const struct skw_row row = conn_row_full();
	struct skw_event e = { .ts_ns = CONN_ROWS_TS_NS, .row = &row };

	(void)state;
	e.type = SKW_EVENT_CONNECT;
	check_line(&e, HEAD("connect    ") TUPLE "\n");
	e.type = SKW_EVENT_ESTABLISHED;
	e.handshake_us = 310;
	check_line(&e, HEAD("established") TUPLE "        handshake 0.3ms\n");
	e.handshake_us = SKW_NONE32;
	check_line(&e, HEAD("established") TUPLE "\n");
	e.type = SKW_EVENT_STATE;
	e.old_state = SKW_STATE_ESTABLISHED;
	e.new_state = SKW_STATE_FIN_WAIT1;
	check_line(&e, HEAD("state      ") TUPLE "        ESTABLISHED -> FIN_WAIT1\n");
	e.type = SKW_EVENT_RTT;
	e.rtt_us = 41200;
	check_line(&e, HEAD("rtt        ") TUPLE "        RTT 41.2ms\n");
	e.type = SKW_EVENT_RTO;
	e.rto_us = 402000;
	e.backoff = 1;
	e.old_cwnd = 10;
	check_line(&e, HEAD("rto        ") TUPLE "        RTO #2 after 402ms, cwnd 10 -> 1\n");
	e.old_cwnd = SKW_NONE32;
	check_line(&e, HEAD("rto        ") TUPLE "        RTO #2 after 402ms\n");
	e.type = SKW_EVENT_RETRANS;
	e.seq = 88121864;
	e.segs = 1;
	check_line(&e, HEAD("retrans    ") TUPLE "        retransmit 1 segment seq 88121864\n");
	e.segs = 2;
	e.error = -11;
	check_line(&e, HEAD("retrans    ") TUPLE
		   "        retransmit 2 segments seq 88121864, not sent: Resource temporarily "
		   "unavailable\n");
	e.type = SKW_EVENT_CLOSE;
	check_line(&e, HEAD("close      ") TUPLE
		   "        reset by peer in ESTABLISHED after 2h13m, sent 1.9GB, received 61.0GB, "
		   "srtt 41.2ms, 12 retransmits\n");
}

/* A file may have any text there. */
static void a_capture_by_health_tells_why(void **state)
{
	struct skw_row row = conn_row_full();
	struct skw_event e = { .ts_ns = CONN_ROWS_TS_NS, .row = &row, .where = "srtt > 1ms" };

	(void)state;
	row.closed_ns = SKW_NONE64;
	e.type = SKW_EVENT_ENTER;
	check_line(&e,
		   HEAD("enter      ") TUPLE "        enters the capture: srtt > 1ms, srtt 41.2ms, "
					     "12 retransmits\n");
	e.type = SKW_EVENT_LEAVE;
	e.where = "srtt\x1b[2J > 1ms";
	check_line(&e, HEAD("leave      ") TUPLE
		   "        leaves the capture: no longer "
		   "srtt\xef\xbf\xbd[2J > 1ms, srtt 41.2ms, 12 retransmits\n");
	e.where = NULL;
	row.srtt_us = row.retrans_segs = SKW_NONE32;
	check_line(&e, HEAD("leave      ") TUPLE "        leaves the capture\n");
	row.closed_ns = CONN_ROWS_TS_NS;
	check_line(&e, HEAD("leave      ") TUPLE "        leaves the capture: it is closed\n");
}

static void what_is_unknown_is_left_out(void **state)
{
	struct skw_row row = conn_row_unknown();
	struct skw_event e = {
		.ts_ns = CONN_ROWS_TS_NS, .row = &row, .type = SKW_EVENT_LISTEN, .backlog = 128
	};

	(void)state;
	row.tuple.local_port = 80;
	check_line(&e, "02:26:40.123456 listen      --                       *:80                 "
		       "                          backlog 128\n");
	row.state = SKW_STATE_CLOSED;
	row.close_reason = SKW_CLOSE_REFUSED;
	row.tuple.remote_port = 443;
	memcpy(row.tuple.remote_addr, "\xc0\0\x2\1", 4);
	e.type = SKW_EVENT_CLOSE;
	e.old_state = SKW_STATE_SYN_SENT;
	check_line(&e, "02:26:40.123456 close       --                       *:80                 "
		       " - 192.0.2.1:443          refused in SYN_SENT\n");
}

static void an_end_that_is_not_there_is_not_shown(void **state)
{
	struct skw_row row = conn_row_unknown();
	struct skw_event e = { .ts_ns = CONN_ROWS_TS_NS, .row = &row, .type = SKW_EVENT_CLOSE };

	(void)state;
	row.tuple.local_port = 80;
	row.tuple.remote_port = 0;
	row.state = SKW_STATE_CLOSED;
	e.old_state = SKW_STATE_LISTEN;
	check_line(&e, "02:26:40.123456 close       --                       *:80                 "
		       "                          closed in LISTEN\n");
}

static void a_failed_connect_and_a_syn_ack(void **state)
{
	struct skw_row row = conn_row_full();
	struct skw_event e = { .ts_ns = CONN_ROWS_TS_NS, .row = &row, .error = ENETUNREACH };

	(void)state;
	check_line(&e, HEAD("connect    ") TUPLE "        failed: Network is unreachable\n");
	e = (struct skw_event){ .ts_ns = CONN_ROWS_TS_NS,
				.row = &row,
				.type = SKW_EVENT_RETRANS,
				.seq = 7,
				.segs = 1 };
	row.state = SKW_STATE_SYN_RECV;
	check_line(&e, HEAD("retrans    ") TUPLE "        retransmit SYN-ACK seq 7\n");
}

static void the_name_of_the_other_end_stands_for_its_address(void **state)
{
	struct skw_row row = conn_row_full();
	const struct skw_remote remote = { .cookie = SKW_NONE64,
					   .host = SKW_NONE32,
					   .name = "shop.example",
					   .name_source = "dns" };
	const struct skw_event e = { .ts_ns = CONN_ROWS_TS_NS,
				     .row = &row,
				     .type = SKW_EVENT_CONNECT };

	(void)state;
	row.remote = &remote;
	check_line(&e, HEAD("connect    ") "10.0.3.7:5432         < shop.example:51532\n");
}

static void names_can_not_steer_a_terminal(void **state)
{
	struct skw_row row = conn_row_full();
	const struct skw_event e = { .ts_ns = CONN_ROWS_TS_NS, .row = &row };
	struct skw_owners *owners = calloc(1, sizeof(*owners) + sizeof(owners->list[0]));

	(void)state;
	assert_non_null(owners);
	owners->len = 1;
	owners->list[0].pid = 7;
	strcpy(owners->list[0].comm, "\033[2J\x9b"
				     "1m\r\n\x7f k");
	row.owners = owners;
	check_line(&e, "02:26:40.123456 connect     ?[2J?1m??? k[7]          " TUPLE "\n");
	free(owners);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_aligned_and_say_what_happened),
		cmocka_unit_test(a_capture_by_health_tells_why),
		cmocka_unit_test(what_is_unknown_is_left_out),
		cmocka_unit_test(an_end_that_is_not_there_is_not_shown),
		cmocka_unit_test(a_failed_connect_and_a_syn_ack),
		cmocka_unit_test(the_name_of_the_other_end_stands_for_its_address),
		cmocka_unit_test(names_can_not_steer_a_terminal),
	};

	setenv("TZ", "TEST-2", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
