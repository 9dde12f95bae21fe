// SPDX-License-Identifier: BSD-2-Clause
/* The addresses that events tell of sockets, and sockets of UDP that only events tell. */
#include "conn_table.h"

#include <netinet/in.h>

#define HOME  4026531840U /* the namespace of make_record() */
#define OTHER 4026532000U

static int begin(void **state)
{
	const struct skw_table_options opt = { .closed_ns = 5 * S,
					       .owners = true,
					       .packets = true };
	struct skw_table *t = NULL;
	int ret = skw_table_new(&opt, &t);

	*state = t;
	return ret;
}

/* 10.0.0.1 and `port`, and 10.0.0.2 and `remote`; 0: no peer. */
static struct skw_tuple make_tuple(uint8_t proto, uint16_t port, uint16_t remote)
{
	struct skw_tuple tuple = {
		.local_port = port, .remote_port = remote, .family = AF_INET, .proto = proto
	};

	memcpy(tuple.local_addr, "\x0a\x00\x00\x01", 4);
	if (remote)
		memcpy(tuple.remote_addr, "\x0a\x00\x00\x02", 4);
	return tuple;
}

static void head(struct skw_event_head *out, __u8 type, __u64 cookie, __u64 ts_ns)
{
	*out = (struct skw_event_head){
		.ts_ns = ts_ns, .cookie = cookie, .type = type, .netns = HOME
	};
}

static void process(struct skw_table *t, __u64 cookie, __u64 ts_ns, __u32 pid)
{
	struct skw_creator_rec rec = { .cgroup_id = SKW_NONE64, .tgid = pid, .comm = "dig" };
	struct skw_event event;

	head(&rec.head, SKW_EVENT_CREATOR, cookie, ts_ns);
	rec.data_segs_in = SKW_NONE32;
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 0);
}

static struct skw_wire_rec make_wire(__u64 cookie, __u64 ts_ns, const struct skw_tuple *tuple)
{
	struct skw_wire_rec rec = { .local_port = tuple->local_port,
				    .remote_port = tuple->remote_port,
				    .family = tuple->family,
				    .proto = tuple->proto };

	head(&rec.head, SKW_EVENT_WIRE, cookie, ts_ns);
	memcpy(rec.local_addr, tuple->local_addr, 16);
	memcpy(rec.remote_addr, tuple->remote_addr, 16);
	return rec;
}

static void tell(struct skw_table *t, const struct skw_wire_rec *rec)
{
	struct skw_event event;

	assert_int_equal(take_event(t, rec, sizeof(*rec), &event), 0);
}

static void wire(struct skw_table *t, __u64 cookie, __u64 ts_ns, const struct skw_tuple *tuple)
{
	struct skw_wire_rec rec = make_wire(cookie, ts_ns, tuple);

	tell(t, &rec);
}

static void answer(struct skw_table *t, __u64 listener, __u64 ts_ns, const struct skw_tuple *tuple)
{
	struct skw_wire_rec rec = make_wire(listener, ts_ns, tuple);

	rec.head.new_state = SKW_STATE_LISTEN;
	tell(t, &rec);
}

static void release(struct skw_table *t, __u64 cookie, __u64 ts_ns)
{
	struct skw_release_rec rec;
	struct skw_event event;

	head(&rec.head, SKW_EVENT_RELEASE, cookie, ts_ns);
	assert_int_equal(take_event(t, &rec, sizeof(rec), &event), 0);
}

static unsigned owner(const struct skw_table *t, const struct skw_tuple *tuple)
{
	const struct skw_row *row = skw_table_socket(t, HOME, tuple, SKW_TABLE_TOLD);

	return row && row->owners ? row->owners->list[0].pid : 0;
}

static void listen_at(struct skw_table *t, const struct skw_conn_rec *recs, size_t n)
{
	sweep(t, 1 * S, recs, n);
	for (size_t i = 0; i < n; i++)
		process(t, recs[i].cookie, 1 * S, (__u32)(100 + i));
}

static struct skw_conn_rec make_listener(__u64 cookie, __u16 port)
{
	struct skw_conn_rec rec = make_record(cookie, 10);

	rec.ts_ns = 1 * S;
	memset(rec.local_addr, 0, sizeof(rec.local_addr));
	memset(rec.remote_addr, 0, sizeof(rec.remote_addr));
	rec.local_port = port;
	rec.remote_port = 0;
	return rec;
}

static void a_short_socket_of_udp_owns_its_packets(void **state)
{
	struct skw_table *t = *state;
	struct skw_tuple any = make_tuple(IPPROTO_UDP, 5000, 0);
	struct skw_tuple packet = make_tuple(IPPROTO_UDP, 5000, 53);

	process(t, 7, 1 * S, 42);
	assert_int_equal(owner(t, &packet), 0);
	wire(t, 7, 1 * S, &any);
	assert_int_equal(owner(t, &packet), 42);
	packet.local_port++;
	assert_int_equal(owner(t, &packet), 0);
}

static void its_last_packets_come_after_its_end(void **state)
{
	struct skw_table *t = *state;
	struct skw_tuple any = make_tuple(IPPROTO_UDP, 5000, 0);
	struct skw_tuple packet = make_tuple(IPPROTO_UDP, 5000, 53);

	process(t, 7, 1 * S, 42);
	wire(t, 7, 1 * S, &any);
	release(t, 7, 2 * S);
	assert_int_equal(owner(t, &packet), 42);
	/* Another socket has the port now. */
	process(t, 8, 3 * S, 43);
	wire(t, 8, 3 * S, &any);
	assert_int_equal(owner(t, &packet), 43);
	release(t, 8, 4 * S);
	assert_int_equal(owner(t, &packet), 43);
}

static void rows_of_sockets_that_were_closed_go(void **state)
{
	struct skw_table *t = *state;
	struct skw_tuple any = make_tuple(IPPROTO_UDP, 5000, 0);

	for (__u64 i = 1; i <= 200000; i++) {
		any.local_port = (uint16_t)i;
		process(t, i, i * MS, 42);
		wire(t, i, i * MS, &any);
		release(t, i, i * MS);
	}
	assert_int_equal(owner(t, &any), 42);
	assert_null(skw_table_find(t, 100000));
}

static void two_open_sockets_with_the_same_addresses_own_nothing(void **state)
{
	struct skw_table *t = *state;
	struct skw_tuple any = make_tuple(IPPROTO_UDP, 5353, 0);

	process(t, 7, 1 * S, 42);
	wire(t, 7, 1 * S, &any);
	process(t, 8, 1 * S, 43);
	wire(t, 8, 1 * S, &any);
	assert_int_equal(owner(t, &any), 0);
	release(t, 7, 2 * S);
	assert_int_equal(owner(t, &any), 43);
}

static void a_listener_owns_the_handshakes_that_it_answers(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_listener(1, 80);
	struct skw_tuple syn = make_tuple(IPPROTO_TCP, 80, 4000);

	listen_at(t, &rec, 1);
	/* Perhaps the SYN will be translated, and is somebody else's. */
	assert_int_equal(owner(t, &syn), 0);
	answer(t, 1, 2 * S, &syn);
	assert_int_equal(owner(t, &syn), 100);
	syn.remote_port++;
	assert_int_equal(owner(t, &syn), 0);
}

static void a_connection_has_the_owner_of_the_listener_that_answered(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec recs[] = { make_listener(1, 80), make_listener(2, 80) };
	struct skw_tuple tuple = make_tuple(IPPROTO_TCP, 80, 4000);
	struct skw_event_rec opened = make_event(SKW_EVENT_ESTABLISHED, 3, 2 * S);

	listen_at(t, recs, 2);
	answer(t, 2, 2 * S, &tuple);
	opened.local_port = 80;
	opened.remote_port = 4000;
	opened.head.direction = SKW_CONN_IN;
	feed(t, &opened);
	assert_int_equal(owner(t, &tuple), 101);
	assert_int_equal(find(t, 3)->owner_source, SKW_OWNER_LISTENER);
}

static void translated_addresses_lead_to_the_socket(void **state)
{
	struct skw_table *t = *state;
	struct skw_event_rec opened = make_event(SKW_EVENT_CONNECT, 3, 1 * S);
	struct skw_tuple translated = make_tuple(IPPROTO_TCP, 61000, 443);

	process(t, 3, 1 * S, 42);
	feed(t, &opened);
	assert_int_equal(owner(t, &translated), 0);
	wire(t, 3, 1 * S, &translated);
	assert_int_equal(owner(t, &translated), 42);
}

static void a_closed_connection_gives_way_to_what_is_told_later(void **state)
{
	struct skw_table *t = *state;
	struct skw_conn_rec rec = make_listener(1, 80);
	struct skw_tuple tuple = make_tuple(IPPROTO_TCP, 80, 443);
	struct skw_event_rec opened = make_event(SKW_EVENT_ESTABLISHED, 3, 2 * S);
	struct skw_close_rec closed = make_close(3, 3 * S, 9, 0);

	listen_at(t, &rec, 1);
	opened.local_port = closed.row.local_port = 80;
	feed(t, &opened);
	process(t, 3, 2 * S, 200);
	end(t, &closed);
	assert_int_equal(owner(t, &tuple), 200);
	answer(t, 1, 2 * S, &tuple);
	assert_int_equal(owner(t, &tuple), 200);
	answer(t, 1, 4 * S, &tuple);
	assert_int_equal(owner(t, &tuple), 100);
}

static void another_namespace_owns_if_it_is_the_only_one(void **state)
{
	struct skw_table *t = *state;
	struct skw_tuple any = make_tuple(IPPROTO_UDP, 5000, 0);

	process(t, 7, 1 * S, 42);
	wire(t, 7, 1 * S, &any);
	assert_non_null(skw_table_socket(t, OTHER, &any, SKW_TABLE_TOLD));
}

static void addresses_of_rows_that_have_gone_are_forgotten(void **state)
{
	struct skw_table *t = *state;
	struct skw_tuple tuple = make_tuple(IPPROTO_TCP, 80, 0);
	struct skw_tuple kept = make_tuple(IPPROTO_UDP, 9, 0);
	struct skw_conn_rec rec = make_listener(1, 80);

	listen_at(t, &rec, 1);
	process(t, 7, 1 * S, 42);
	wire(t, 7, 1 * S, &kept);
	/* More than are remembered at once, in 300 s. */
	for (unsigned i = 0; i < 300000; i++) {
		tuple.remote_port = (uint16_t)i;
		tuple.remote_addr[0] = (uint8_t)(i >> 16);
		answer(t, 1, 2 * S + i * MS, &tuple);
	}
	assert_int_equal(owner(t, &tuple), 100);
	assert_int_equal(owner(t, &kept), 42);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, begin, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_short_socket_of_udp_owns_its_packets),
		T(its_last_packets_come_after_its_end),
		T(rows_of_sockets_that_were_closed_go),
		T(two_open_sockets_with_the_same_addresses_own_nothing),
		T(a_listener_owns_the_handshakes_that_it_answers),
		T(a_connection_has_the_owner_of_the_listener_that_answered),
		T(translated_addresses_lead_to_the_socket),
		T(a_closed_connection_gives_way_to_what_is_told_later),
		T(another_namespace_owns_if_it_is_the_only_one),
		T(addresses_of_rows_that_have_gone_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
