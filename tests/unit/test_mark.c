// SPDX-License-Identifier: BSD-2-Clause
/* Marks: in lines, in rows, and in a slot that changes while it is read. */
#include <linux/types.h>

#include "abi/mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "conn_table.h"
#include "dissect/ip/tcp_options.h"
#include "dissect_harness.h"

static bool options(struct skw_dissect *d, struct skw_bytes b)
{
	return skw_dissect_tcp_options(d, 2, 0, b);
}

#define MARK "\x53\x57\0\0\0\x11\0\0\0\x01\0\0\0\x02"

static void a_line_tells_a_mark(void **state)
{
	(void)state;
	assert_string_equal(dissect(options, 0, BYTES("\xfe\x10" MARK)),
			    ", options [exp-5357 skwatch host 17 cookie 4294967298]");
	assert_string_equal(
		dissect(options, 0, BYTES("\xfe\x14" MARK "curl\1\1\1\1")),
		", options [exp-5357 skwatch host 17 cookie 4294967298 name curl,nop,nop,nop,nop]");
}

static void a_name_is_any_bytes(void **state)
{
	(void)state;
	assert_string_equal(dissect(options, 0, BYTES("\xfe\x14" MARK "a\x1b\xff\0")),
			    ", options [exp-5357 skwatch host 17 cookie 4294967298 name a??]");
	/* The name is 16 bytes long at most, and an option of the same number may be shorter. */
	assert_string_equal(
		dissect(options, 0, BYTES("\xfe\x24" MARK "abcdefghijklmnopqrst")),
		", options [exp-5357 skwatch host 17 cookie 4294967298 name abcdefghijklmnop]");
	assert_string_equal(dissect(options, 0, BYTES("\xfe\x0c\x53\x57\0\0\0\x11\0\0\0\0")),
			    ", options [exp-5357]");
	dissect_every_prefix(options, BYTES("\xfe\x14" MARK "curl"));
}

static void a_slot_that_changes_is_noticed(void **state)
{
	struct skw_mark_peer peer = { 7, 8, 9, 0, "curl" };
	uint8_t *bytes = (uint8_t *)&peer;

	(void)state;
	peer.check = skw_mark_check(&peer);
	for (size_t i = 0; i < sizeof(peer); i++) {
		bytes[i] ^= 0x10;
		assert_int_not_equal(peer.check, skw_mark_check(&peer));
		bytes[i] ^= 0x10;
	}
	assert_int_equal(peer.check, skw_mark_check(&peer));
}

/* A sweep meets these connections, and the second has told who is at its other end. */
static void sweep_marked(struct skw_table *t, uint64_t now_ns)
{
	const struct skw_remote remote = { .cookie = 77, .host = 17, .comm = "curl" };

	skw_table_sweep_begin(t, now_ns);
	for (unsigned cookie = 7; cookie <= 8; cookie++) {
		struct skw_conn_rec rec = make_traffic(cookie, now_ns, 0, 0);
		struct skw_row_sample sample;

		assert_int_equal(skw_record_row(&rec, sizeof(rec), &sample), 0);
		sample.row.remote = cookie == 8 ? &remote : NULL;
		assert_int_equal(skw_table_sweep_row(t, &sample), 0);
	}
	skw_table_sweep_end(t, now_ns, true);
}

static void check_marked(const struct skw_table *t)
{
	const struct skw_remote *remote = find(t, 8)->remote;

	assert_null(find(t, 7)->remote);
	assert_non_null(remote);
	assert_int_equal(remote->host, 17);
	assert_int_equal(remote->cookie, 77);
	assert_string_equal(remote->comm, "curl");
}

static void a_row_keeps_its_other_end(void **state)
{
	struct skw_table *t = *state, *copy = NULL;

	sweep_marked(t, 1 * S);
	check_marked(t);
	/* The mark may be detached: then nothing tells it again. */
	struct skw_conn_rec recs[2] = { make_traffic(7, 2 * S, 0, 0),
					make_traffic(8, 2 * S, 0, 0) };
	sweep(t, 2 * S, recs, 2);
	check_marked(t);
	assert_int_equal(skw_table_copy(t, &copy), 0);
	skw_table_free(t);
	*state = copy;
	check_marked(copy);
}

static void a_socket_that_is_used_again_has_another_one(void **state)
{
	struct skw_table *t = *state;
	struct skw_close_rec close = make_close(8, 2 * S, 1, 0);
	struct skw_event_rec again = make_event(SKW_EVENT_CONNECT, 8, 3 * S);

	sweep_marked(t, 1 * S);
	end(t, &close);
	check_marked(t);
	feed(t, &again);
	assert_null(find(t, 8)->remote);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_tells_a_mark),
		cmocka_unit_test(a_name_is_any_bytes),
		cmocka_unit_test(a_slot_that_changes_is_noticed),
		cmocka_unit_test_setup_teardown(a_row_keeps_its_other_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_socket_that_is_used_again_has_another_one, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
