// SPDX-License-Identifier: BSD-2-Clause
/* A report of strangers: names that are code, and more connections than there is memory for. */
#include "sheet_world.h"

/* ---- hostile names ---- */

static void no_name_leaves_its_place(void **state)
{
	static const char hostile[] = "\"><script>x</script>'<!--";
	static const struct skw_message_owner nobody = { 0 };
	struct skw_sheet *s = new_sheet(PLENTY, 10);
	struct skw_row row = row_here(40000);
	struct skw_message m = { .protocol = "http",
				 .kind = hostile,
				 .status = "<4",
				 .client = &nobody,
				 .server = &nobody,
				 .latency_ns = 5000000,
				 .request_first_ns = START_NS };
	char room[sizeof(struct skw_owners) + sizeof(struct skw_owner)]
		__attribute__((aligned(8))) = { 0 };
	struct skw_owners *owners = (struct skw_owners *)room;

	(void)state;
	owners->len = 1;
	owners->list[0].pid = 9;
	memcpy(owners->list[0].comm, hostile, SKW_COMM_LEN);
	row.owners = owners;
	row.owner_source = SKW_OWNER_HOLDER;
	handshake(s, 40000, 0);
	assert_int_equal(skw_sheet_row(s, &row), 0);
	m.tuple = row.tuple;
	assert_int_equal(skw_sheet_message(s, &m), 0);
	char *page = page_of(s, hostile, "<img>"), *details = details_of(page);

	assert_null(strstr(page, "<script>x"));
	assert_null(strstr(page, "<img>"));
	assert_int_equal(times_in(page, "<!--"), 0);
	/* The process, in the table and in the details; the request. */
	assert_int_equal(times_in(page, "&quot;&gt;&lt;script&gt;x&lt;"), 3);
	/* Title and heading have the last part of the file's name. */
	assert_int_equal(times_in(page, "script&gt;&#39;&lt;!--"), 3);
	assert_null(strpbrk(details, "<>&'"));
	free(details);
	free(page);
}

static void the_policy_allows_this_style_and_script_only(void **state)
{
	char *page = page_of(new_sheet(PLENTY, 10), "x", NULL);

	(void)state;
	assert_non_null(strstr(page, "content=\"default-src 'none'; style-src 'sha256-"));
	assert_null(strstr(page, "unsafe"));
	assert_null(strstr(page, " style="));
	assert_null(strstr(page, " onload="));
	assert_null(strstr(page, "javascript:"));
	free(page);
}

/* ---- limits ---- */

static void many_connections_take_bounded_memory(void **state)
{
	struct skw_sheet *s = new_sheet(1 << 20, 50);

	(void)state;
	for (unsigned i = 0; i < 1000000; i++) {
		struct frame f = { .n = 0 };
		const struct tcp_packet p = { .flags = SYN,
					      .port = (uint16_t)(i % 65535 + 1),
					      .seq = i };

		put_tcp(&f, &p);
		/* Addresses differ, too. */
		f.bytes[13] = (uint8_t)(i / 65535);
		give_frame(s, &f, START_NS + i * US, 0);
		if (i % 100000 == 99999)
			assert_true(skw_sheet_memory(s) <= 1 << 20);
	}
	assert_int_equal(skw_sheet_figures(s)->connections, 1000000);
	char *page = page_of(s, "x", NULL);

	assert_int_equal(times_in(page, "<tr id=c"), 50);
	assert_non_null(strstr(page, "50 of 1,000,000 connections are listed"));
	assert_true(strlen(page) < 300000);
	free(page);
}

static void the_worst_keep_their_details(void **state)
{
	struct skw_sheet *s = new_sheet(64 << 10, 2000);
	size_t len;

	(void)state;
	handshake(s, 39999, 0);
	give(s, (struct tcp_packet){
			.back = true, .port = 39999, .flags = RST, .seq = 5001, .at_us = 12000 });
	for (uint16_t i = 0; i < 1000; i++)
		handshake(s, (uint16_t)(40000 + i), 20000 + i);
	skw_sheet_finish(s);
	const struct skw_sheet_connection *const *rows = skw_sheet_rows(s, &len);
	size_t detailed = 0;

	for (size_t i = 0; i < len; i++)
		detailed += rows[i]->detail != NULL;
	assert_int_equal(rows[0]->tuple.local_port, 39999);
	assert_non_null(rows[0]->detail);
	assert_in_range(detailed, 2, 500);
	assert_true(skw_sheet_memory(s) <= 64 << 10);
	skw_sheet_free(s);
}

static void early_events_count_as_memory(void **state)
{
	struct skw_sheet *s = new_sheet(64 << 10, 2000);
	size_t bytes = 0, len;

	(void)state;
	for (uint16_t i = 0; i < 100; i++) {
		struct skw_row row = row_here((uint16_t)(40000 + i));
		const struct skw_event event = { .type = SKW_EVENT_STATE,
						 .ts_ns = START_NS,
						 .row = &row };

		assert_int_equal(skw_sheet_event(s, &event), 0);
		handshake(s, (uint16_t)(40000 + i), i);
	}
	skw_sheet_finish(s);
	const struct skw_sheet_connection *const *rows = skw_sheet_rows(s, &len);

	for (size_t i = 0; i < len; i++)
		bytes += skw_sheet_connection_memory(rows[i]);
	assert_int_equal(skw_sheet_memory(s), bytes);
	assert_true(bytes <= 64 << 10);
	skw_sheet_free(s);
}

static void points_are_given_up_before_details(void **state)
{
	struct skw_sheet *s = new_sheet(1 << 20, 100);
	size_t len, detailed = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		for (uint16_t port = 1; port <= 40; port++)
			give(s, (struct tcp_packet){ .port = port,
						     .flags = ACK,
						     .seq = 1001 + 100 * i,
						     .ack = 5001,
						     .len = 100,
						     .at_us = 1000 * i + port });
	assert_true(skw_sheet_memory(s) <= 1 << 20);
	skw_sheet_finish(s);
	const struct skw_sheet_connection *const *rows = skw_sheet_rows(s, &len);

	for (size_t i = 0; i < len; i++) {
		detailed += rows[i]->detail != NULL;
		assert_in_range(rows[i]->detail->sides[0][SKW_SHEET_SENT].len, 64, 512);
	}
	assert_int_equal(detailed, 40);
	skw_sheet_free(s);
}

static void the_key_of_the_tables_does_not_show(void **state)
{
	char *pages[2];

	(void)state;
	for (uint64_t k = 0; k < 2; k++) {
		const struct skw_sheet_options opt = { .key = { 77 * k, k },
						       .conversations_bytes = 20000,
						       .details_bytes = 20000,
						       .rows_max = 7 };
		struct skw_sheet *s;

		assert_int_equal(skw_sheet_new(&opt, &s), 0);
		for (uint16_t i = 0; i < 200; i++)
			handshake(s, (uint16_t)(40000 + i), i / 4);
		pages[k] = page_of(s, "x", NULL);
	}
	assert_string_equal(pages[0], pages[1]);
	free(pages[0]);
	free(pages[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_name_leaves_its_place),
		cmocka_unit_test(the_policy_allows_this_style_and_script_only),
		cmocka_unit_test(many_connections_take_bounded_memory),
		cmocka_unit_test(the_worst_keep_their_details),
		cmocka_unit_test(early_events_count_as_memory),
		cmocka_unit_test(points_are_given_up_before_details),
		cmocka_unit_test(the_key_of_the_tables_does_not_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
