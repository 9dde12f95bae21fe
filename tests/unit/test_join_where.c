// SPDX-License-Identifier: BSD-2-Clause
/* The packets of a capture by health, among all packets. */
#include "join_world.h"

static const struct skw_row *chosen;
static uint64_t choices;

static bool is_chosen(void *ctx, const struct skw_row *row)
{
	(void)ctx;
	return row == chosen;
}

static uint64_t choices_made(void *ctx)
{
	(void)ctx;
	return choices;
}

static bool are_told(void *ctx)
{
	(void)ctx;
	return true;
}

static void choose(const struct skw_row *row)
{
	chosen = row;
	choices++;
}

static void make_choosy(struct world *w, bool no_owners)
{
	skw_join_owners_free(w->join);
	w->join = skw_join_owners_new(&(struct skw_join_owners_options){ .table = table,
									 .netns = netns,
									 .is_local = is_local,
									 .are_told = are_told,
									 .is_wanted = is_chosen,
									 .generation = choices_made,
									 .no_owners = no_owners,
									 .ctx = w });
	assert_non_null(w->join);
}

/* A packet of TCP from 10.0.0.1, in bytes of its own. */
static struct skw_packet packet_of(struct frame *f, unsigned port)
{
	memset(f->bytes, 2, 12);
	f->n = 12;
	put16(f, 0x0800);
	put_ipv4(f, IPPROTO_TCP, 20, 0);
	put_tcp(f, port, 443, DATA);
	return (struct skw_packet){
		.data = f->bytes, .caplen = f->n, .len = f->n, .dlt = DLT_EN10MB
	};
}

static void a_run_is_of_packets_that_are_wanted_or_not(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec recs[] = { make_socket(1, SKW_ROW_TCP, 5000, 443),
				       make_socket(2, SKW_ROW_TCP, 5001, 443) };
	struct frame frames[2];
	const struct skw_packet one = packet_of(&frames[0], 5000),
				other = packet_of(&frames[1], 5001);
	const struct skw_packet run[] = { one, one, other, other, other, one };
	const struct skw_packet *out;
	size_t n = 6;

	make_choosy(w, false);
	w->has_table = false;
	choose(NULL);
	/* Nothing is known yet. */
	assert_null(skw_join_owners_run(w->join, run, &n));
	assert_int_equal(n, 6);
	w->has_table = true;
	have(w, recs, 2);
	choose(skw_table_find(w->table, 1));
	out = skw_join_owners_run(w->join, run, &n);
	assert_non_null(out);
	assert_int_equal(n, 2);
	assert_int_equal(out[1].sender->pid, 100);
	n = 4;
	assert_null(skw_join_owners_run(w->join, run + 2, &n));
	assert_int_equal(n, 3);
	/* The other one enters, and the first one leaves. */
	choose(skw_table_find(w->table, 2));
	n = 6;
	assert_null(skw_join_owners_run(w->join, run, &n));
	assert_int_equal(n, 2);
	n = 4;
	assert_non_null(skw_join_owners_run(w->join, run + 2, &n));
	assert_int_equal(n, 3);
}

static void a_packet_is_wanted_if_one_of_its_ends_is(void **state)
{
	struct world *w = *state;
	struct skw_conn_rec recs[] = { make_socket(1, SKW_ROW_TCP, 5000, 443),
				       make_socket(2, SKW_ROW_TCP, 443, 5000) };
	struct frame frame;
	const struct skw_packet pkt = packet_of(&frame, 5000);
	const struct skw_packet *out;
	size_t n = 1;

	memcpy(recs[1].local_addr, DST4, 4);
	memcpy(recs[1].remote_addr, SRC4, 4);
	make_choosy(w, true);
	/* No process holds them. */
	sweep(w->table, 1 * S, recs, 2);
	choose(NULL);
	assert_null(skw_join_owners_run(w->join, &pkt, &n));
	for (__u64 cookie = 1; cookie <= 2; cookie++) {
		choose(skw_table_find(w->table, cookie));
		out = skw_join_owners_run(w->join, &pkt, &n);
		assert_non_null(out);
		assert_null(out->sender);
		assert_null(out->receiver);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_run_is_of_packets_that_are_wanted_or_not, begin,
						finish),
		cmocka_unit_test_setup_teardown(a_packet_is_wanted_if_one_of_its_ends_is, begin,
						finish),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
