// SPDX-License-Identifier: BSD-2-Clause
/* Names of the remote ends of rows, see skw_table_name_remotes(). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "conn_table.h"
#include "row/address.h"

struct names {
	uint64_t cookie; /* of the row that has the name; 0: all */
	const char *name, *source;
	unsigned asked;
};

static const char *name_of(void *ctx, const struct skw_row *row, const char **source)
{
	struct names *n = ctx;

	n->asked++;
	*source = n->source;
	return !n->cookie || row->cookie == n->cookie ? n->name : NULL;
}

static void is_named(const struct skw_table *t, uint64_t cookie, const char *name)
{
	const struct skw_remote *remote = find(t, cookie)->remote;
	char text[SKW_NAMED_SIZE], begin[SKW_NAMED_SIZE];

	skw_address_remote_named(text, find(t, cookie));
	if (!name) {
		assert_true(!remote || !remote->name);
		assert_true(!remote || !remote->name_source);
		skw_address_remote(begin, find(t, cookie));
		assert_string_equal(text, begin);
		return;
	}
	assert_string_equal(remote->name, name);
	snprintf(begin, sizeof(begin), "%s:%u", name, find(t, cookie)->tuple.remote_port);
	assert_string_equal(text, begin);
}

static void sweep_two(struct skw_table *t, uint64_t now_ns)
{
	struct skw_conn_rec recs[2] = { make_traffic(7, now_ns, 0, 0),
					make_traffic(8, now_ns, 0, 0) };

	sweep(t, now_ns, recs, 2);
}

static void rows_keep_a_copy_of_their_names(void **state)
{
	struct skw_table *t = *state, *copy = NULL;
	char text[] = "shop.example.com";
	struct names n = { 8, text, "dns", 0 };

	sweep_two(t, 1 * S);
	skw_table_name_remotes(t, 0, name_of, &n);
	memset(text, 'x', sizeof(text) - 1);
	is_named(t, 7, NULL);
	is_named(t, 8, "shop.example.com");
	assert_string_equal(find(t, 8)->remote->name_source, "dns");
	/* The same name of a better source, and a better name, take its place; no name leaves it.
	 */
	n = (struct names){ 8, "shop.example.com", "sni", 0 };
	skw_table_name_remotes(t, 0, name_of, &n);
	assert_string_equal(find(t, 8)->remote->name_source, "sni");
	n = (struct names){ 8, "books.example.com", "sni", 0 };
	skw_table_name_remotes(t, 0, name_of, &n);
	n.name = NULL;
	skw_table_name_remotes(t, 0, name_of, &n);
	sweep_two(t, 2 * S);
	is_named(t, 8, "books.example.com");
	assert_string_equal(find(t, 8)->remote->name_source, "sni");
	assert_int_equal(skw_table_copy(t, &copy), 0);
	skw_table_name_remotes(t, 0, NULL, NULL);
	is_named(t, 8, NULL);
	skw_table_free(t);
	*state = copy;
	is_named(copy, 7, NULL);
	is_named(copy, 8, "books.example.com");
}

static void connections_that_are_older_are_not_asked_about(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec event = make_event(SKW_EVENT_CONNECT, 9, 3 * S);
	struct names n = { 0, "a.example", "dns", 0 };

	feed(t, &event);
	skw_table_name_remotes(t, 4 * S, name_of, &n);
	assert_int_equal(n.asked, 0);
	skw_table_name_remotes(t, 3 * S, name_of, &n);
	assert_int_equal(n.asked, 1);
	is_named(t, 9, "a.example");
}

static void another_peer_has_not_the_name(void **state)
{
	struct skw_table *t = *state;
	struct names n = { 0, "a.example", "dns", 0 };
	struct skw_conn_rec rec = make_traffic(7, 1 * S, 0, 0);

	sweep(t, 1 * S, &rec, 1);
	skw_table_name_remotes(t, 0, name_of, &n);
	is_named(t, 7, "a.example");
	rec = make_traffic(7, 2 * S, 0, 0);
	rec.remote_port ^= 1;
	sweep(t, 2 * S, &rec, 1);
	is_named(t, 7, NULL);
}

static void a_socket_that_is_used_again_has_no_name(void **state)
{
	struct skw_table *t = *state;
	struct skw_close_rec close = make_close(8, 2 * S, 1, 0);
	struct skw_event_rec again = make_event(SKW_EVENT_CONNECT, 8, 3 * S);
	struct names n = { 8, "a.example", "dns", 0 };

	sweep_two(t, 1 * S);
	skw_table_name_remotes(t, 0, name_of, &n);
	end(t, &close);
	is_named(t, 8, "a.example");
	feed(t, &again);
	is_named(t, 8, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_keep_a_copy_of_their_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(connections_that_are_older_are_not_asked_about,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_peer_has_not_the_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_socket_that_is_used_again_has_no_name, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
