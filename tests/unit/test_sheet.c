// SPDX-License-Identifier: BSD-2-Clause
/* A report: packets, events and messages to a page. */
#include "sheet_world.h"

#include "report/sheet_facts.h"

/* ---- */

static void nothing_gives_a_page_that_says_so(void **state)
{
	char *page = page_of(new_sheet(PLENTY, 10), "empty.pcap", NULL);

	(void)state;
	assert_non_null(strstr(page, "the input has no packets"));
	assert_non_null(strstr(page, "No packet has a time."));
	assert_null(strstr(page, "<table"));
	assert_int_equal(times_in(page, "class=d>"), 0);
	free(page);
}

static void one_packet_is_enough(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);

	(void)state;
	give(s, (struct tcp_packet){ .flags = SYN, .seq = 1 });
	char *page = page_of(s, "x", NULL);

	assert_int_equal(times_in(page, "<tr id=c"), 1);
	assert_non_null(strstr(page, "10.0.0.1:40000"));
	assert_non_null(strstr(page, "2023-11-14 22:13:20.000"));
	assert_non_null(strstr(page, "kernel&rsquo;s view is missing"));
	free(page);
}

static void a_retransmission_is_in_all_its_places(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct tcp_packet data = { .flags = ACK, .seq = 1001, .ack = 5001, .len = 100 };

	(void)state;
	handshake(s, 40000, 0);
	for (data.at_us = 20000; data.at_us < 300000; data.at_us += 250000)
		give(s, data);
	assert_int_equal(skw_sheet_figures(s)->totals[SKW_SHEET_RETRANSMITS], 1);
	assert_int_equal(skw_sheet_figures(s)->totals[SKW_SHEET_SEGMENTS], 2);
	char *page = page_of(s, "x", NULL), *details = details_of(page);

	assert_non_null(strstr(page, "1 of 2 segments"));
	/* The second one begins at 270 ms, and has the bytes 1 to 101. */
	assert_non_null(strstr(details, "\"unit\":13,\"series\":[[[0,0,0,1,1538,0,1,100],"
					"[20769,0,1,100]"));
	free(details);
	free(page);
}

static void sequence_numbers_that_begin_again_are_no_gap(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct tcp_packet data = { .flags = ACK, .seq = UINT32_MAX - 149, .ack = 1, .len = 100 };
	struct skw_sheet_point all;
	size_t len;

	(void)state;
	for (unsigned i = 0; i < 4; i++, data.seq += 100, data.at_us += 1000)
		give(s, data);
	skw_sheet_finish(s);
	const struct skw_sheet_connection *c = skw_sheet_rows(s, &len)[0];

	assert_int_equal(skw_sheet_series_extent(&c->detail->sides[0][SKW_SHEET_SENT], &all), 0);
	assert_int_equal(all.lo, 0);
	assert_int_equal(all.hi, 400);
	skw_sheet_free(s);
}

/* A SYN with a shift of 7; windows of 1 are 128 bytes then, but not in the SYN itself. */
static void windows_are_scaled_if_both_have_agreed(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct skw_sheet_point all;
	size_t len;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		static const uint8_t flags[] = { SYN, SYN | ACK, ACK };
		const struct tcp_packet p = { .back = i == 1,
					      .flags = flags[i],
					      .seq = i == 1 ? 5000 : 1000 + i / 2,
					      .ack = i == 1 ? 1001
						     : i    ? 5001
							    : 0,
					      .len = i < 2 ? 4 : 0,
					      .at_us = i };
		struct frame f = { .n = 0 };

		put_tcp(&f, &p);
		if (i < 2) {
			/* The four bytes are an option of the header. */
			f.bytes[32] = 0x60;
			PUT(&f, "\x03\x03\x07\x01");
		}
		give_frame(s, &f, START_NS + i * US, 0);
	}
	skw_sheet_finish(s);
	const struct skw_sheet_connection *c = skw_sheet_rows(s, &len)[0];
	const struct skw_sheet_series *acked = &c->detail->sides[1][SKW_SHEET_ACKED];

	assert_int_equal(skw_sheet_series_extent(acked, &all), 0);
	assert_int_equal(all.hi - all.lo, 256 << 7);
	acked = &c->detail->sides[0][SKW_SHEET_ACKED];
	assert_int_equal(skw_sheet_series_extent(acked, &all), 0);
	assert_int_equal(all.hi - all.lo, 256);
	skw_sheet_free(s);
}

static void time_that_goes_back_is_told(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);

	(void)state;
	handshake(s, 40000, 5000000);
	handshake(s, 40001, 0);
	assert_int_equal(skw_sheet_figures(s)->first_ns, START_NS);
	char *page = page_of(s, "x", NULL);

	assert_non_null(strstr(page, "1 packet is older than the one before it"));
	free(page);
}

static void round_trips_are_those_to_the_far_end(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);

	(void)state;
	/* 10 ms to the server, 1 ms to the client. */
	handshake(s, 40000, 0);
	assert_int_equal(skw_sheet_figures(s)->wire_times[skw_sheet_times_place(10000)], 1);
	assert_int_equal(skw_sheet_figures(s)->wire_times[skw_sheet_times_place(1000)], 0);
	skw_sheet_free(s);
}

static void ipv6_ends_have_brackets(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct frame f = { .n = 0 };

	(void)state;
	put_ipv6(&f, IPPROTO_UDP, 12);
	put16(&f, 5000);
	put16(&f, 53);
	put16(&f, 12);
	PUT(&f, "\0\0abcd");
	give_frame(s, &f, START_NS, 0);
	char *page = page_of(s, "x", NULL);

	assert_non_null(strstr(page, "]:53"));
	assert_non_null(strstr(page, "datagrams"));
	free(page);
}

static void a_refused_connection_is_worse_than_a_good_one(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	size_t len;

	(void)state;
	handshake(s, 40000, 0);
	give(s, (struct tcp_packet){ .port = 40001, .flags = SYN, .seq = 1, .at_us = 20000 });
	give(s,
	     (struct tcp_packet){
		     .back = true, .port = 40001, .flags = RST | ACK, .ack = 2, .at_us = 20001 });
	skw_sheet_finish(s);
	assert_int_equal(skw_sheet_rows(s, &len)[0]->tuple.local_port, 40001);
	assert_int_equal(skw_sheet_figures(s)->totals[SKW_SHEET_WIRE_REFUSED], 1);
	assert_int_equal(skw_sheet_figures(s)->totals[SKW_SHEET_WIRE_RESETS], 0);
	skw_sheet_free(s);
}

static void traffic_has_its_place_if_times_go_back(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);

	(void)state;
	for (uint32_t i = 0; i < 98; i++)
		give(s, (struct tcp_packet){ .port = 40000,
					     .flags = ACK,
					     .seq = 1001 + 100 * i,
					     .ack = 5001,
					     .len = 100,
					     .at_us = 1000 * (100 - i) });
	char *page = page_of(s, "x", NULL);

	/* The first span of the sparkline has some. */
	assert_non_null(strstr(page, "<svg class=k viewBox=\"0 0 80 16\"><path d=\"M0 16v"));
	free(page);
}

/* ---- the kernel ---- */

static void the_kernels_view_is_beside_the_packets(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct skw_row row = row_here(40000);
	struct skw_event event = { .row = &row, .ts_ns = START_NS + 3000000 };

	(void)state;
	/* The event comes before the first packet. */
	event.type = SKW_EVENT_CONNECT;
	assert_int_equal(skw_sheet_event(s, &event), 0);
	assert_int_equal(skw_sheet_figures(s)->without_packets, 1);
	handshake(s, 40000, 0);
	assert_int_equal(skw_sheet_figures(s)->without_packets, 0);
	row.srtt_us = 12345;
	row.rto_count = 1;
	row.cgroup = "/a<b";
	assert_int_equal(skw_sheet_row(s, &row), 0);
	event.type = SKW_EVENT_RTO;
	event.rto_us = 400000;
	assert_int_equal(skw_sheet_event(s, &event), 0);
	row.close_reason = SKW_CLOSE_TIMEOUT;
	event.type = SKW_EVENT_CLOSE;
	assert_int_equal(skw_sheet_event(s, &event), 0);
	char *page = page_of(s, "x", NULL), *details = details_of(page);

	assert_null(strstr(page, "view is missing"));
	assert_non_null(strstr(page, "timeout (RTO) #1 after 400 ms (client)"));
	assert_non_null(strstr(page, "close: timed out (client)"));
	assert_non_null(strstr(page, "12.3 ms"));
	assert_non_null(strstr(page, "/a&lt;b"));
	assert_non_null(strstr(details, "connect() (client)"));
	assert_non_null(strstr(details, "/a\\u003cb"));
	free(details);
	free(page);
}

/* The end of a connection whose kernel tells that it was half closed. */
static const char *end_with_fins(bool both)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct skw_row row = row_here(40000);
	const char *end;
	size_t len;
	bool bad;

	handshake(s, 40000, 0);
	give(s, (struct tcp_packet){ .port = 40000, .flags = FIN | ACK, .seq = 1001, .ack = 5001 });
	if (both)
		give(s, (struct tcp_packet){ .back = true,
					     .port = 40000,
					     .flags = FIN | ACK,
					     .seq = 5001,
					     .ack = 1002 });
	row.close_reason = SKW_CLOSE_HALF_CLOSED;
	assert_int_equal(skw_sheet_row(s, &row), 0);
	skw_sheet_finish(s);
	end = skw_sheet_facts_end(skw_sheet_rows(s, &len)[0], &bad);
	skw_sheet_free(s);
	return end;
}

static void packets_tell_of_a_fin_that_the_kernel_saw_later(void **state)
{
	(void)state;
	assert_string_equal(end_with_fins(false), "half closed");
	assert_string_equal(end_with_fins(true), "closed");
}

static void counters_are_of_both_sides(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct skw_row client = row_here(40000), server = client;
	size_t len;

	(void)state;
	handshake(s, 40000, 0);
	client.cookie = 1;
	client.rto_count = 2;
	client.retrans_segs = SKW_NONE32;
	server.cookie = 2;
	server.tuple.local_port = client.tuple.remote_port;
	server.tuple.remote_port = client.tuple.local_port;
	memcpy(server.tuple.local_addr, client.tuple.remote_addr, sizeof(server.tuple.local_addr));
	memcpy(server.tuple.remote_addr, client.tuple.local_addr, sizeof(server.tuple.remote_addr));
	server.rto_count = 1;
	server.retrans_segs = 3;
	assert_int_equal(skw_sheet_row(s, &client), 0);
	assert_int_equal(skw_sheet_row(s, &server), 0);
	skw_sheet_finish(s);
	assert_int_equal(skw_sheet_rows(s, &len)[0]->rto_count, 3);
	assert_int_equal(skw_sheet_rows(s, &len)[0]->retrans_segs, 3);
	skw_sheet_free(s);
}

static void unknown_figures_of_events_are_no_numbers(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct skw_row row = row_here(40000);
	struct skw_event event = { .row = &row,
				   .ts_ns = START_NS,
				   .rto_us = SKW_NONE32,
				   .backoff = SKW_NONE32,
				   .segs = SKW_NONE32,
				   .rtt_us = SKW_NONE32 };

	(void)state;
	handshake(s, 40000, 0);
	for (event.type = 0; event.type < SKW_EVENT_CREATOR; event.type++)
		assert_int_equal(skw_sheet_event(s, &event), 0);
	assert_int_equal(skw_sheet_figures(s)->totals[SKW_SHEET_KERNEL_SENT], 1);
	assert_true(skw_sheet_times_quantile(skw_sheet_figures(s)->kernel_times, 500) ==
		    UINT64_MAX);
	char *page = page_of(s, "x", NULL);

	assert_null(strstr(page, "4294967295"));
	assert_non_null(strstr(page, "timeout (RTO) after \xe2\x80\x94 (client)"));
	free(page);
}

static void events_without_packets_are_counted(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct skw_row row = row_here(41000);
	const struct skw_event event = {
		.row = &row, .ts_ns = START_NS, .type = SKW_EVENT_RETRANS, .segs = 3
	};

	(void)state;
	handshake(s, 40000, 0);
	assert_int_equal(skw_sheet_event(s, &event), 0);
	assert_int_equal(skw_sheet_figures(s)->totals[SKW_SHEET_KERNEL_SENT], 3);
	char *page = page_of(s, "x", NULL);

	assert_non_null(strstr(page, "1 event is of a connection without a packet"));
	free(page);
}

static void lost_events_of_two_recordings_add_up(void **state)
{
	struct skw_sheet *s = new_sheet(PLENTY, 10);

	(void)state;
	skw_sheet_sweep(s, 4);
	skw_sheet_sweep(s, 6);
	skw_sheet_sweep(s, 1);
	assert_int_equal(skw_sheet_figures(s)->events_lost, 7);
	skw_sheet_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_gives_a_page_that_says_so),
		cmocka_unit_test(one_packet_is_enough),
		cmocka_unit_test(a_retransmission_is_in_all_its_places),
		cmocka_unit_test(sequence_numbers_that_begin_again_are_no_gap),
		cmocka_unit_test(windows_are_scaled_if_both_have_agreed),
		cmocka_unit_test(time_that_goes_back_is_told),
		cmocka_unit_test(round_trips_are_those_to_the_far_end),
		cmocka_unit_test(ipv6_ends_have_brackets),
		cmocka_unit_test(a_refused_connection_is_worse_than_a_good_one),
		cmocka_unit_test(traffic_has_its_place_if_times_go_back),
		cmocka_unit_test(the_kernels_view_is_beside_the_packets),
		cmocka_unit_test(packets_tell_of_a_fin_that_the_kernel_saw_later),
		cmocka_unit_test(counters_are_of_both_sides),
		cmocka_unit_test(unknown_figures_of_events_are_no_numbers),
		cmocka_unit_test(events_without_packets_are_counted),
		cmocka_unit_test(lost_events_of_two_recordings_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
