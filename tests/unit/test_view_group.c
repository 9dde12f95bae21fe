// SPDX-License-Identifier: BSD-2-Clause
/* Groups of rows: their keys, counts and sums. */
#include "view/view.h"

#include <arpa/inet.h>
#include <inttypes.h>

#include "view_fixture.h"

/* Five connections: three of nginx, one of curl, one whose process is not known. */
static void group_sample(struct fixture *f)
{
	struct skw_conn_rec recs[5];

	for (unsigned i = 0; i < 5; i++) {
		recs[i] = make_record(i + 1, i == 2 ? SKW_STATE_CLOSE_WAIT : 1);
		recs[i].inode = i + 1;
		recs[i].srtt_us = 100 * (i + 1);
		recs[i].bytes_acked = 1000;
		recs[i].direction = i < 3 ? SKW_CONN_IN : SKW_CONN_OUT;
		recs[i].local_port = i < 3 ? 80 : 50000;
		recs[i].remote_port = i < 3 ? (__u16)(40000 + i) : 80;
		recs[i].cgroup_id = i < 3 ? 1 : 2;
		recs[i].remote_addr[3] = (__u8)(i / 2 + 9);
	}
	for (unsigned i = 0; i < 5; i++)
		recs[i].netns = i < 4 ? 1 : 2;
	recs[4].srtt_us = SKW_NONE32;
	recs[4].bytes_acked = SKW_NONE64;
	sweep(f, recs, 5);
	skw_table_holders_begin(f->table);
	hold(f, 1, 900, "nginx");
	hold(f, 2, 901, "nginx");
	hold(f, 3, 901, "nginx");
	hold(f, 3, 950, "logger");
	hold(f, 4, 77, "curl");
	assert_int_equal(skw_table_holders_end(f->table), 0);
	assert_int_equal(skw_table_name_cgroup(f->table, 1, "/system.slice/nginx.service"), 0);
	assert_int_equal(skw_table_name_netns(f->table, 2, "blue"), 0);
}

static const char *names(struct fixture *f, char *out, size_t size)
{
	*out = '\0';
	for (size_t i = 0; i < skw_view_groups_len(f->view); i++) {
		const struct skw_group_row *group = skw_view_group(f->view, i);
		size_t at = strlen(out);

		snprintf(out + at, size - at, "%s%s %" PRIu64, i ? ", " : "", group->name,
			 group->open);
	}
	return out;
}

static void rows_are_grouped_by_each_kind(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum skw_group group;
		enum skw_field sort;
		bool ascending;
		const char *names;
	} cases[] = {
		{ SKW_GROUP_PROCESS, SKW_FIELD_AGE_US, false, "nginx 3, -- 1, curl 1" },
		{ SKW_GROUP_PROCESS, SKW_FIELD_BYTES_ACKED, false, "nginx 3, curl 1, -- 1" },
		{ SKW_GROUP_PROCESS, SKW_FIELD_BYTES_ACKED, true, "curl 1, nginx 3, -- 1" },
		{ SKW_GROUP_PROCESS, SKW_FIELD_SRTT_US, false, "curl 1, nginx 3, -- 1" },
		{ SKW_GROUP_PROCESS, SKW_FIELD_COMM, false, "nginx 3, curl 1, -- 1" },
		{ SKW_GROUP_PID, SKW_FIELD_PID, true,
		  "curl[77] 1, nginx[900] 1, nginx[901] 2, -- 1" },
		{ SKW_GROUP_PID, SKW_FIELD_AGE_US, false,
		  "nginx[901] 2, -- 1, curl[77] 1, nginx[900] 1" },
		{ SKW_GROUP_REMOTE, SKW_FIELD_REMOTE_ADDR, true,
		  "10.0.0.9 2, 10.0.0.10 2, 10.0.0.11 1" },
		{ SKW_GROUP_PORT, SKW_FIELD_LOCAL_PORT, true, "80 5" },
		{ SKW_GROUP_CGROUP, SKW_FIELD_AGE_US, false, "nginx.service 3, -- 2" },
		{ SKW_GROUP_NETNS, SKW_FIELD_NETNS, true, "1 4, blue 1" },
		{ SKW_GROUP_STATE, SKW_FIELD_AGE_US, true, "CLOSE_WAIT 1, ESTABLISHED 4" },
	};
	char text[256];

	group_sample(f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f->opt.group = cases[i].group;
		f->opt.sort = cases[i].sort;
		f->opt.ascending = cases[i].ascending;
		make(f, true);
		assert_string_equal(names(f, text, sizeof(text)), cases[i].names);
	}
}

static void a_group_sums_what_is_known(void **state)
{
	struct fixture *f = *state;

	group_sample(f);
	f->opt.group = SKW_GROUP_PROCESS;
	f->opt.sort = SKW_FIELD_BYTES_ACKED;
	make(f, true);

	const struct skw_group_row *nginx = skw_view_group(f->view, 0);
	const struct skw_group_row *unknown = skw_view_group(f->view, 2);

	assert_int_equal(nginx->bytes_acked, 3000);
	assert_int_equal(nginx->bytes_received, SKW_NONE64);
	assert_int_equal(nginx->srtt_us, 200);
	assert_int_equal(nginx->worst_srtt_us, 300);
	assert_int_equal(unknown->bytes_acked, SKW_NONE64);
	assert_int_equal(unknown->srtt_us, SKW_NONE64);
	assert_int_equal(skw_view_len(f->view), 5);
}

/* Makes connections to these addresses of IPv6, and groups them by it. */
static void group_peers(struct fixture *f, const char *const *addrs, size_t len)
{
	struct skw_conn_rec recs[8];

	for (unsigned i = 0; i < len; i++) {
		recs[i] = make_record(i + 1, 1);
		recs[i].family = AF_INET6;
		assert_int_equal(inet_pton(AF_INET6, addrs[i], recs[i].remote_addr), 1);
	}
	sweep(f, recs, len);
	f->opt.group = SKW_GROUP_REMOTE;
	f->opt.sort = SKW_FIELD_REMOTE_ADDR;
	f->opt.ascending = true;
	make(f, true);
}

static void ipv6_peers_with_one_prefix_are_not_one(void **state)
{
	static const char *const addrs[] = { "2001:db8::2", "2001:db8::1", "2001:db8::1" };
	char text[128];

	group_peers(*state, addrs, 3);
	assert_string_equal(names(*state, text, sizeof(text)), "2001:db8::1 2, 2001:db8::2 1");
}

static void ipv6_peers_that_differ_in_any_bit_are_not_one(void **state)
{
	static const char *const lone[] = { "2001:db8:0:1::1", "2001:db8::1" };
	struct fixture *f = *state;
	char text[128];

	group_peers(f, lone, 2);
	assert_string_equal(names(f, text, sizeof(text)), "2001:db8::1 1, 2001:db8:0:1::1 1");
	for (unsigned bit = 0; bit < 128; bit++) {
		struct skw_conn_rec recs[2];

		for (unsigned i = 0; i < 2; i++) {
			recs[i] = make_record(i + 1, 1);
			recs[i].family = AF_INET6;
			memset(recs[i].remote_addr, 0x55, 16);
		}
		recs[1].remote_addr[bit / 8] ^= (__u8)(0x80 >> bit % 8);
		sweep(f, recs, 2);
		make(f, true);
		assert_int_equal(skw_view_groups_len(f->view), 2);
	}
}

static void a_mapped_peer_is_the_same_as_an_ipv4_one(void **state)
{
	struct fixture *f = *state;
	struct skw_conn_rec recs[2] = { make_record(1, 1), make_record(2, 1) };
	char text[64];

	assert_int_equal(inet_pton(AF_INET, "10.0.0.9", recs[0].remote_addr), 1);
	recs[1].family = AF_INET6;
	assert_int_equal(inet_pton(AF_INET6, "::ffff:10.0.0.9", recs[1].remote_addr), 1);
	sweep(f, recs, 2);
	f->opt.group = SKW_GROUP_REMOTE;
	make(f, true);
	assert_string_equal(names(f, text, sizeof(text)), "10.0.0.9 2");
}

/* An open connection, a listener, a UDP socket, and a connection that closed. */
static void sweep_all_sorts(struct fixture *f)
{
	struct skw_conn_rec recs[4] = { make_record(1, 1), make_record(2, SKW_STATE_LISTEN),
					make_record(3, 1), make_record(4, 1) };

	recs[2].kind = SKW_ROW_UDP;
	f->opt.listeners = f->opt.closed = true;
	for (unsigned i = 0; i < 4; i++)
		recs[i].bytes_acked = 1000;
	sweep(f, recs, 4);
	for (unsigned i = 0; i < 4; i++)
		recs[i].bytes_acked = 2000;
	sweep(f, recs, 4);
	/* Two complete sweeps without it tell that it has gone. */
	sweep(f, recs, 3);
	sweep(f, recs, 3);
	assert_int_equal(skw_table_find(f->table, 4)->state, SKW_STATE_CLOSED);
}

static void closed_connections_are_counted_apart(void **state)
{
	struct fixture *f = *state;

	sweep_all_sorts(f);
	f->opt.group = SKW_GROUP_CGROUP;
	make(f, true);
	assert_int_equal(skw_view_groups_len(f->view), 1);

	const struct skw_group_row *group = skw_view_group(f->view, 0);

	assert_int_equal(group->open, 3);
	assert_int_equal(group->connections, 1);
	assert_int_equal(group->closed, 1);
	/* Its bytes still count. A socket of UDP that is older than top has no totals. */
	assert_int_equal(group->bytes_acked, 6000);
	assert_null(skw_view_sum(f->view));
}

static void the_rows_of_a_filter_have_a_sum(void **state)
{
	struct fixture *f = *state;
	struct skw_expr *filter = NULL;

	sweep_all_sorts(f);
	assert_int_equal(skw_expr_parse("proto = tcp and acked >= 1", NULL, &filter, NULL), 0);
	f->opt.filter = filter;
	make(f, true);
	const struct skw_group_row *sum = skw_view_sum(f->view);
	assert_non_null(sum);
	assert_int_equal(sum->connections, 1);
	assert_int_equal(sum->open, 2);
	assert_int_equal(sum->closed, 1);
	skw_expr_free(filter);

	assert_int_equal(skw_expr_parse("port = 1", NULL, &filter, NULL), 0);
	f->opt.filter = filter;
	make(f, true);
	sum = skw_view_sum(f->view);
	assert_non_null(sum);
	assert_int_equal(sum->open, 0);
	assert_int_equal(sum->rx_bps, SKW_NONE64);
	skw_expr_free(filter);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_are_grouped_by_each_kind),
		TEST(a_group_sums_what_is_known),
		TEST(ipv6_peers_with_one_prefix_are_not_one),
		TEST(ipv6_peers_that_differ_in_any_bit_are_not_one),
		TEST(a_mapped_peer_is_the_same_as_an_ipv4_one),
		TEST(closed_connections_are_counted_apart),
		TEST(the_rows_of_a_filter_have_a_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
