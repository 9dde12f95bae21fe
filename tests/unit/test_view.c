// SPDX-License-Identifier: BSD-2-Clause
/* Views of the connection table: which rows they have, in which order, in which groups. */
#include "view/view.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_records.h"
#include "table_feed.h"
#include "view_fixture.h"

#define ROWS      100000
#define ROW_BYTES 400

/* The cookies of the rows in their order, as digits. */
static const char *order(struct fixture *f, char *out)
{
	size_t len = skw_view_len(f->view);

	for (size_t i = 0; i < len; i++)
		out[i] = (char)('0' + skw_view_row(f->view, i)->cookie);
	out[len] = '\0';
	return out;
}

static void largest_first_and_unknown_last(void **state)
{
	struct fixture *f = *state;
	struct skw_conn_rec recs[5];
	char text[8];

	for (unsigned i = 0; i < 5; i++)
		recs[i] = make_record(i + 1, 1);
	recs[0].srtt_us = 10;
	recs[1].srtt_us = 30;
	recs[3].srtt_us = 30;
	sweep(f, recs, 5);
	make(f, true);
	assert_string_equal(order(f, text), "24135");
	assert_int_equal(skw_view_find(f->view, 1), 2);
	assert_int_equal(skw_view_find(f->view, 9), SIZE_MAX);

	f->opt.ascending = true;
	make(f, false);
	assert_string_equal(order(f, text), "12435");
}

static void text_and_addresses_sort_to_their_last_byte(void **state)
{
	struct fixture *f = *state;
	static const char *const remotes[4] = { "2001:db8::1:2", "2001:db8::1:1", "::ffff:9.0.0.9",
						"9.0.0.8" };
	static const char *const comms[4] = { "postgres-b", "postgres-a", "zsh", "ab" };
	struct skw_conn_rec recs[4];
	char text[8];

	for (unsigned i = 0; i < 4; i++) {
		recs[i] = make_record(i + 1, 1);
		recs[i].inode = i + 1;
		if (inet_pton(AF_INET6, remotes[i], recs[i].remote_addr) == 1)
			recs[i].family = AF_INET6;
		else
			assert_int_equal(inet_pton(AF_INET, remotes[i], recs[i].remote_addr), 1);
	}
	sweep(f, recs, 4);
	skw_table_holders_begin(f->table);
	for (unsigned i = 0; i < 4; i++)
		hold(f, i + 1, 100, comms[i]);
	assert_int_equal(skw_table_holders_end(f->table), 0);

	f->opt.ascending = true;
	f->opt.sort = SKW_FIELD_REMOTE_ADDR;
	make(f, true);
	assert_string_equal(order(f, text), "4321");
	f->opt.sort = SKW_FIELD_COMM;
	make(f, true);
	assert_string_equal(order(f, text), "4213");
}

static void a_key_is_the_mean_of_three_ticks(void **state)
{
	struct fixture *f = *state;
	struct skw_conn_rec recs[2] = { make_record(1, 1), make_record(2, 1) };
	char text[8];

	recs[0].srtt_us = 90;
	recs[1].srtt_us = 50;
	for (unsigned tick = 0; tick < 3; tick++) {
		sweep(f, recs, 2);
		make(f, true);
		assert_string_equal(order(f, text), "12");
	}
	/*
	 * A single tick in which the second row is worse does not change the order. The comments
	 * below have the means of both rows.
	 */
	recs[1].srtt_us = 80;
	recs[0].srtt_us = 70;
	sweep(f, recs, 2);
	make(f, true);
	assert_string_equal(order(f, text), "12"); /* 83 and 60 */
	make(f, false);
	make(f, false);
	assert_string_equal(order(f, text), "12");
	sweep(f, recs, 2);
	make(f, true);
	assert_string_equal(order(f, text), "12"); /* 77 and 70 */
	sweep(f, recs, 2);
	make(f, true);
	assert_string_equal(order(f, text), "21"); /* 70 and 80 */
}

static void a_row_in_a_used_slot_begins_without_a_past(void **state)
{
	struct fixture *f = *state;
	struct skw_conn_rec recs[2] = { make_record(1, 1), make_record(2, 1) };
	char text[8];

	/* The row disappears at once, because closed UDP sockets are not kept. */
	recs[0].kind = SKW_ROW_UDP;
	f->opt.sort = SKW_FIELD_RECV_Q;
	recs[0].recv_q = 9000;
	recs[1].recv_q = 50;
	sweep(f, recs, 2);
	make(f, true);
	assert_string_equal(order(f, text), "12");
	sweep(f, recs + 1, 1);
	make(f, true);
	sweep(f, recs + 1, 1);
	make(f, true);
	assert_string_equal(order(f, text), "2");

	recs[0] = make_record(3, 1);
	recs[0].recv_q = 40;
	sweep(f, recs, 2);
	make(f, true);
	assert_string_equal(order(f, text), "23");
}

static void a_great_and_steady_difference_of_one_counts(void **state)
{
	struct fixture *f = *state;
	struct skw_conn_rec recs[2] = { make_record(1, 1), make_record(2, 1) };
	char text[8];

	recs[0].snd_wnd = 4000000000U;
	recs[1].snd_wnd = 4000000001U;
	f->opt.sort = SKW_FIELD_SND_WND;
	for (unsigned tick = 0; tick < 4; tick++) {
		sweep(f, recs, 2);
		make(f, true);
		assert_string_equal(order(f, text), "21");
	}
}

static void listeners_and_closed_rows_are_asked_for(void **state)
{
	struct fixture *f = *state;
	struct skw_conn_rec recs[4] = { make_record(1, 1), make_record(2, SKW_STATE_LISTEN),
					make_record(3, SKW_STATE_CLOSED), make_record(4, 1) };
	char text[8];

	recs[2].kind = SKW_ROW_UDP;
	sweep(f, recs, 4);
	sweep(f, recs, 3);
	sweep(f, recs, 3);
	f->opt.sort = SKW_FIELD_COOKIE;
	f->opt.ascending = true;
	make(f, true);
	assert_string_equal(order(f, text), "1");
	f->opt.listeners = true;
	make(f, true);
	assert_string_equal(order(f, text), "123");
	f->opt.closed = true;
	make(f, true);
	assert_string_equal(order(f, text), "1234");
}

static void a_filter_chooses_rows(void **state)
{
	struct fixture *f = *state;
	struct skw_conn_rec recs[2] = { make_record(1, 1), make_record(2, 1) };
	struct skw_expr *filter = NULL;
	char text[8];

	recs[1].srtt_us = 21000;
	sweep(f, recs, 2);
	assert_int_equal(skw_expr_parse("srtt > 20ms", NULL, &filter, NULL), 0);
	f->opt.filter = filter;
	make(f, true);
	assert_string_equal(order(f, text), "2");
	skw_expr_free(filter);
}

static void a_search_looks_at_what_is_shown(void **state)
{
	struct fixture *f = *state;
	struct skw_conn_rec rec = make_record(1, 1);
	static const struct {
		const char *search;
		bool found;
	} cases[] = {
		{ "10.0.0.2:443", true }, { "NGINX", true }, { "4121", true }, { "estab", true },
		{ "web.s", true },        { "443x", false }, { "", false },    { "apache", false }
	};

	rec.inode = 5;
	rec.cgroup_id = 8;
	sweep(f, &rec, 1);
	skw_table_holders_begin(f->table);
	hold(f, 5, 4121, "nginx");
	assert_int_equal(skw_table_holders_end(f->table), 0);
	assert_int_equal(skw_table_name_cgroup(f->table, 8, "/system.slice/web.service"), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f->opt.search = cases[i].search;
		assert_int_equal(skw_view_found(&f->opt, skw_table_find(f->table, 1)),
				 cases[i].found);
	}
}

static void names_of_groups_and_keys_are_found(void **state)
{
	enum skw_group group;
	enum skw_field field;

	(void)state;
	assert_true(skw_group_find("cgroup", &group));
	assert_int_equal(group, SKW_GROUP_CGROUP);
	assert_false(skw_group_find("cgroups", &group));
	assert_true(skw_view_sort_find("srtt", &field));
	assert_int_equal(field, SKW_FIELD_SRTT_US);
	assert_false(skw_view_sort_find("rtt_hist", &field));
	assert_false(skw_view_sort_find("owners", &field));
	assert_false(skw_view_sort_find("nothing", &field));
}

static size_t in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void a_hundred_thousand_rows_fit_their_budget(void **state)
{
	struct fixture *f = *state;
	size_t before = in_use();

	for (unsigned tick = 1; tick <= 2; tick++) {
		f->now_ns += S;
		skw_table_sweep_begin(f->table, f->now_ns);
		for (unsigned i = 1; i <= ROWS; i++) {
			struct skw_conn_rec rec = make_traffic(i, f->now_ns, i, i);

			rec.srtt_us = i * 7919 % 100000;
			rec.inode = i;
			assert_int_equal(take_row(f->table, &rec, sizeof(rec)), 0);
		}
		skw_table_sweep_end(f->table, f->now_ns, true);
		skw_table_holders_begin(f->table);
		for (unsigned i = 1; i <= ROWS; i++)
			hold(f, i, i % 10 + 1, "server");
		assert_int_equal(skw_table_holders_end(f->table), 0);
		make(f, true);
	}
	assert_int_equal(skw_view_len(f->view), ROWS);
	for (size_t i = 1; i < ROWS; i++)
		assert_true(skw_view_row(f->view, i - 1)->srtt_us >=
			    skw_view_row(f->view, i)->srtt_us);
	print_message("%zu bytes a row\n", (in_use() - before) / ROWS);
	assert_true((in_use() - before) / ROWS <= ROW_BYTES);
}

#define SOME 3000

/* A few keys that many rows have, and large ones that differ in their last bits. */
static uint64_t some_key(unsigned i)
{
	uint32_t mixed = i * 2654435761U;

	return mixed % 3 ? mixed % 7 : (1ULL << 40) + mixed % 50;
}

static void rows_are_where_the_whole_order_has_them(void **state)
{
	struct fixture *f = *state;
	uint64_t order[SOME];

	skw_table_sweep_begin(f->table, S);
	for (unsigned i = 0; i < SOME; i++) {
		struct skw_conn_rec rec = make_traffic(i * 7919U % SOME + 1, S, some_key(i), i);

		if (i % 10 == 0)
			rec.bytes_acked = SKW_NONE64;
		assert_int_equal(take_row(f->table, &rec, sizeof(rec)), 0);
	}
	skw_table_sweep_end(f->table, S, true);
	f->opt.sort = SKW_FIELD_BYTES_ACKED;
	for (unsigned way = 0; way < 2; way++) {
		f->opt.ascending = way;
		make(f, true);
		for (size_t at = 0; at < SOME; at++) {
			const struct skw_row *row = skw_view_row(f->view, at);

			order[at] = row->cookie;
			if (!at)
				continue;
			const struct skw_row *before = skw_table_find(f->table, order[at - 1]);
			uint64_t a = before->bytes_acked, b = row->bytes_acked;

			if (a == b)
				assert_true(before->cookie < row->cookie);
			else if (b != SKW_NONE64)
				assert_true(a != SKW_NONE64 && (a < b) == f->opt.ascending);
		}
		for (size_t from = 0; from < SOME; from += 97) {
			make(f, true);
			assert_int_equal(skw_view_find(f->view, order[from]), from);
			for (size_t at = from; at < from + 50 && at < SOME; at++)
				assert_int_equal(skw_view_row(f->view, at)->cookie, order[at]);
			assert_int_equal(skw_view_find(f->view, order[from]), from);
			assert_int_equal(skw_view_find(f->view, order[0]), 0);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(largest_first_and_unknown_last),
		TEST(text_and_addresses_sort_to_their_last_byte),
		TEST(a_key_is_the_mean_of_three_ticks),
		TEST(a_row_in_a_used_slot_begins_without_a_past),
		TEST(a_great_and_steady_difference_of_one_counts),
		TEST(listeners_and_closed_rows_are_asked_for),
		TEST(a_filter_chooses_rows),
		TEST(a_search_looks_at_what_is_shown),
		TEST(names_of_groups_and_keys_are_found),
		TEST(rows_are_where_the_whole_order_has_them),
		TEST(a_hundred_thousand_rows_fit_their_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
