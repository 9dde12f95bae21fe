// SPDX-License-Identifier: BSD-2-Clause
/* The segments of a connection: which were sent again, which were late, and the times of answers.
 */
#include "flow/stream.h"

#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "model/packet.h"
#include "util/cleanup.h"

#define MS 1000000ULL

struct connection {
	struct skw_stream a, b;
	uint64_t now_ns;
};

/* Data from a to b, after `ms`. */
static int data(struct connection *c, unsigned ms, uint32_t seq, uint32_t len)
{
	struct skw_segment s = { .ts_ns = c->now_ns += ms * MS,
				 .seq = seq,
				 .end = seq + len,
				 .len = len,
				 .ack = 1,
				 .window = 100,
				 .flags = TH_ACK };

	return skw_stream_take(&c->a, &c->b, &s, 0);
}

static int answer(struct connection *c, unsigned ms, uint32_t ack, uint32_t from, uint32_t to)
{
	struct skw_segment s = { .ts_ns = c->now_ns += ms * MS,
				 .seq = 1,
				 .end = 1,
				 .ack = ack,
				 .window = 100,
				 .flags = TH_ACK,
				 .sacks = from != to,
				 .sack = { { from, to } } };

	return skw_stream_take(&c->b, &c->a, &s, 0);
}

static void done(struct connection *c)
{
	skw_stream_free(&c->a);
	skw_stream_free(&c->b);
}

/* A connection that knows its round trip: 20 ms to b, 4 ms to a. */
static void begin(struct connection *c)
{
	struct skw_segment s = { .seq = 1, .end = 1, .ack = 1, .flags = TH_ACK, .window = 100 };

	*c = (struct connection){ .now_ns = 1000 * MS };
	assert_int_equal(data(c, 0, 1, 100), SKW_STREAM_NEW);
	assert_int_equal(answer(c, 20, 101, 0, 0), SKW_STREAM_NEW);
	/* b has sent something, too. */
	s.ts_ns = c->now_ns;
	s.len = 10;
	s.end = 11;
	s.ack = 101;
	assert_int_equal(skw_stream_take(&c->b, &c->a, &s, 0), SKW_STREAM_NEW);
	s = (struct skw_segment){ .ts_ns = c->now_ns += 4 * MS,
				  .seq = 101,
				  .end = 101,
				  .ack = 11,
				  .window = 100,
				  .flags = TH_ACK };
	assert_int_equal(skw_stream_take(&c->a, &c->b, &s, 0), SKW_STREAM_NEW);
	assert_int_equal(c->a.rtt.min_ns, 20 * MS);
	assert_int_equal(c->b.rtt.min_ns, 4 * MS);
}

static void data_that_came_before_is_sent_again(void **state)
{
	struct connection c;

	(void)state;
	begin(&c);
	assert_int_equal(data(&c, 1, 101, 100), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 0, 201, 100), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 0, 101, 100), SKW_STREAM_SENT_AGAIN);
	assert_int_equal(data(&c, 0, 201, 100), SKW_STREAM_SENT_AGAIN);
	/* Cut otherwise, and with data that is new. */
	assert_int_equal(data(&c, 0, 151, 100), SKW_STREAM_SENT_AGAIN);
	assert_int_equal(data(&c, 0, 251, 100), SKW_STREAM_SENT_AGAIN);
	assert_int_equal(c.a.sent_again, 4);
	assert_int_equal(c.a.next, 351);
	done(&c);
}

static void missing_data_is_late_within_a_round_trip(void **state)
{
	struct connection c;

	(void)state;
	begin(&c);
	assert_int_equal(data(&c, 1, 301, 100), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 101, 100), SKW_STREAM_OUT_OF_ORDER);
	assert_int_equal(data(&c, 23, 201, 100), SKW_STREAM_SENT_AGAIN);
	assert_int_equal(data(&c, 0, 201, 100), SKW_STREAM_SENT_AGAIN);
	assert_int_equal(c.a.sent_again, 2);
	assert_int_equal(c.a.out_of_order, 1);
	done(&c);
}

static void data_that_the_other_end_has_is_sent_again(void **state)
{
	struct connection c;

	(void)state;
	begin(&c);
	assert_int_equal(data(&c, 1, 301, 100), SKW_STREAM_NEW);
	/* It has 201 to 301, which was not captured. */
	assert_int_equal(answer(&c, 1, 101, 201, 401), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 201, 100), SKW_STREAM_SENT_AGAIN);
	assert_int_equal(data(&c, 1, 101, 100), SKW_STREAM_OUT_OF_ORDER);
	assert_int_equal(answer(&c, 1, 401, 0, 0), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 501, 100), SKW_STREAM_NEW);
	assert_int_equal(answer(&c, 1, 501, 0, 0), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 401, 100), SKW_STREAM_SENT_AGAIN);
	done(&c);
}

static void probes_are_not_sent_again(void **state)
{
	struct connection c;
	struct skw_segment closed = { .seq = 11, .end = 11, .ack = 201, .flags = TH_ACK };

	(void)state;
	begin(&c);
	/* A keep-alive, with and without a byte. */
	assert_int_equal(data(&c, 1, 100, 0), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 100, 1), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 101, 100), SKW_STREAM_NEW);
	closed.ts_ns = c.now_ns;
	assert_int_equal(skw_stream_take(&c.b, &c.a, &closed, 0), SKW_STREAM_NEW);
	/* A byte into a closed window, and the data that it belongs to. */
	assert_int_equal(data(&c, 200, 201, 1), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 400, 201, 1), SKW_STREAM_NEW);
	assert_int_equal(answer(&c, 1, 201, 0, 0), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 201, 100), SKW_STREAM_NEW);
	assert_int_equal(c.a.sent_again, 0);
	done(&c);
}

static void numbers_begin_again_at_zero(void **state)
{
	struct connection c = { .now_ns = 1 };

	(void)state;
	assert_int_equal(data(&c, 1, 0xffffff80, 0x100), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 0x100, 0x100), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 0x80, 0x80), SKW_STREAM_OUT_OF_ORDER);
	assert_int_equal(data(&c, 1, 0xffffffc0, 0x80), SKW_STREAM_SENT_AGAIN);
	assert_int_equal(answer(&c, 1, 0x200, 0, 0), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 0xffffffc0, 0x10), SKW_STREAM_SENT_AGAIN);
	done(&c);
}

/* Karn's rule: the acknowledgment may be for either of both. */
static void what_was_sent_again_gives_no_time(void **state)
{
	struct connection c;

	(void)state;
	begin(&c);
	assert_int_equal(data(&c, 1, 101, 100), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 1, 201, 100), SKW_STREAM_NEW);
	assert_int_equal(data(&c, 200, 101, 100), SKW_STREAM_SENT_AGAIN);
	assert_int_equal(answer(&c, 20, 301, 0, 0), SKW_STREAM_NEW);
	assert_int_equal(c.a.rtt.count, 1);
	assert_int_equal(data(&c, 1, 301, 100), SKW_STREAM_NEW);
	assert_int_equal(answer(&c, 30, 401, 0, 0), SKW_STREAM_NEW);
	assert_int_equal(c.a.rtt.count, 2);
	/* 20 and an eighth of 10 */
	assert_int_equal(c.a.rtt.smoothed_ns, 21250000);
	done(&c);
}

static int stamped(struct connection *c, unsigned ms, uint32_t seq, uint32_t tsval)
{
	struct skw_segment s = { .ts_ns = c->now_ns += ms * MS,
				 .seq = seq,
				 .end = seq + 100,
				 .len = 100,
				 .ack = 11,
				 .window = 100,
				 .flags = TH_ACK,
				 .timestamps = true,
				 .tsval = tsval };

	return skw_stream_take(&c->a, &c->b, &s, 0);
}

static int echo(struct connection *c, unsigned ms, uint32_t ack, uint32_t tsecr)
{
	struct skw_segment s = { .ts_ns = c->now_ns += ms * MS,
				 .seq = 11,
				 .end = 11,
				 .ack = ack,
				 .window = 100,
				 .flags = TH_ACK,
				 .timestamps = true,
				 .tsecr = tsecr };

	return skw_stream_take(&c->b, &c->a, &s, 0);
}

static void timestamps_tell_which_was_acknowledged(void **state)
{
	static const struct {
		uint32_t tsecr, ms;
	} cases[] = { { 500, 225 }, { 700, 25 }, { 600, 0 } };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct connection c;

		begin(&c);
		assert_int_equal(stamped(&c, 0, 101, 500), SKW_STREAM_NEW);
		assert_int_equal(stamped(&c, 200, 101, 700), SKW_STREAM_SENT_AGAIN);
		assert_int_equal(echo(&c, 25, 201, cases[i].tsecr), SKW_STREAM_NEW);
		assert_int_equal(c.a.rtt.count, cases[i].ms ? 2 : 1);
		if (cases[i].ms)
			assert_int_equal(c.a.rtt.smoothed_ns,
					 20 * MS - 20 * MS / 8 + cases[i].ms * MS / 8);
		done(&c);
	}
}

static void unknown_times_are_no_times(void **state)
{
	struct skw_segment s = { .seq = 1, .end = 11, .len = 10, .flags = TH_ACK, .ack = 1 };
	struct connection c = { .now_ns = 0 };

	(void)state;
	s.ts_ns = SKW_PACKET_TIME_UNKNOWN;
	assert_int_equal(skw_stream_take(&c.a, &c.b, &s, 0), SKW_STREAM_NEW);
	assert_int_equal(answer(&c, 5, 11, 0, 0), SKW_STREAM_NEW);
	assert_int_equal(c.a.rtt.count, 0);
	/* The clock was set back. */
	assert_int_equal(data(&c, 5, 11, 10), SKW_STREAM_NEW);
	c.now_ns = 0;
	assert_int_equal(answer(&c, 5, 21, 0, 0), SKW_STREAM_NEW);
	assert_int_equal(c.a.rtt.count, 0);
	done(&c);
}

/* ---- gaps ---- */

static void assert_gaps(const struct skw_gaps *g, const uint32_t *want, uint8_t len)
{
	assert_int_equal(g->len, len);
	for (uint8_t i = 0; i < len; i++) {
		assert_int_equal(g->list[i].from, want[2 * i]);
		assert_int_equal(g->list[i].to, want[2 * i + 1]);
	}
}
#define ASSERT_GAPS(g, ...)                                                                        \
	assert_gaps(g, (const uint32_t[]){ __VA_ARGS__ },                                          \
		    sizeof((const uint32_t[]){ __VA_ARGS__ }) / 8)

static void gaps_are_filled(void **state)
{
	struct skw_gaps g = { 0 };

	(void)state;
	skw_gaps_fill(&g, 0, 100);
	skw_gaps_fill_before(&g, 100);
	assert_int_equal(skw_gaps_add(&g, 100, 200, 1), 0);
	assert_int_equal(skw_gaps_add(&g, 300, 400, 2), 0);
	assert_int_equal(skw_gaps_add(&g, 500, 600, 3), 0);
	skw_gaps_fill(&g, 140, 160);
	ASSERT_GAPS(&g, 100, 140, 160, 200, 300, 400, 500, 600);
	assert_int_equal(g.list[1].noticed_ns, 1);
	assert_null(skw_gaps_find(&g, 130, 170));
	assert_null(skw_gaps_find(&g, 200, 210));
	assert_int_equal(skw_gaps_find(&g, 300, 400)->noticed_ns, 2);
	skw_gaps_fill(&g, 180, 320);
	ASSERT_GAPS(&g, 100, 140, 160, 180, 320, 400, 500, 600);
	skw_gaps_fill(&g, 400, 500);
	skw_gaps_fill(&g, 320, 400);
	ASSERT_GAPS(&g, 100, 140, 160, 180, 500, 600);
	skw_gaps_fill_before(&g, 550);
	ASSERT_GAPS(&g, 550, 600);
	skw_gaps_free(&g);
}

static void many_gaps_become_fewer(void **state)
{
	struct skw_gaps g = { 0 };

	(void)state;
	for (uint32_t i = 0; i <= SKW_GAPS_KEPT; i++)
		assert_int_equal(skw_gaps_add(&g, 100 * i, 100 * i + 50, i), 0);
	assert_int_equal(g.len, SKW_GAPS_KEPT);
	assert_int_equal(g.list[0].from, 0);
	assert_int_equal(g.list[0].to, 150);
	assert_int_equal(g.list[1].from, 200);
	/* There is no room for another, so this one stays whole. */
	skw_gaps_fill(&g, 210, 220);
	assert_non_null(skw_gaps_find(&g, 200, 250));
	skw_gaps_free(&g);
}

/* ---- the distribution of times ---- */

static void quantiles_are_near_the_true_ones(void **state)
{
	struct skw_wire_rtt r = { 0 };

	(void)state;
	assert_true(skw_wire_rtt_quantile(&r, 500) == SKW_WIRE_RTT_UNKNOWN);
	for (uint64_t us = 20000; us < 20100; us++)
		assert_int_equal(skw_wire_rtt_add(&r, us * 1000), 0);
	assert_int_equal(skw_wire_rtt_add(&r, 900 * MS), 0);
	assert_int_equal(r.min_ns, 20 * MS);
	assert_in_range(skw_wire_rtt_quantile(&r, 500), 20050000 - 80000, 20050000 + 80000);
	assert_in_range(skw_wire_rtt_quantile(&r, 1000), 896 * MS, 904 * MS);
	skw_wire_rtt_free(&r);
}

/* Times of all sizes: few buckets, and still within an eighth. */
static void times_of_all_sizes_take_little_memory(void **state)
{
	struct skw_wire_rtt r = { 0 };
	uint64_t ns[2000], v = 7;

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		v = v * 6364136223846793005ULL + 1442695040888963407ULL;
		ns[i] = 1000 + (v >> 33) * (i + 1) / 64;
		assert_int_equal(skw_wire_rtt_add(&r, ns[i]), 0);
	}
	assert_int_equal(r.count, 2000);
	assert_true(r.len <= SKW_WIRE_RTT_BUCKETS);
	for (unsigned permille = 100; permille < 1000; permille += 100) {
		uint64_t found = skw_wire_rtt_quantile(&r, permille), low = 0, high = 0;

		for (unsigned i = 0; i < 2000; i++) {
			low += ns[i] < found - found / 8;
			high += ns[i] > found + found / 8;
		}
		assert_true(low <= 2 * permille && high <= 2 * (1000 - permille));
	}
	assert_int_equal(skw_wire_rtt_add(&r, UINT64_MAX - 1), 0);
	assert_int_equal(skw_wire_rtt_add(&r, 0), 0);
	assert_int_equal(r.min_ns, 0);
	skw_wire_rtt_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_that_came_before_is_sent_again),
		cmocka_unit_test(missing_data_is_late_within_a_round_trip),
		cmocka_unit_test(data_that_the_other_end_has_is_sent_again),
		cmocka_unit_test(probes_are_not_sent_again),
		cmocka_unit_test(numbers_begin_again_at_zero),
		cmocka_unit_test(what_was_sent_again_gives_no_time),
		cmocka_unit_test(timestamps_tell_which_was_acknowledged),
		cmocka_unit_test(unknown_times_are_no_times),
		cmocka_unit_test(gaps_are_filled),
		cmocka_unit_test(many_gaps_become_fewer),
		cmocka_unit_test(quantiles_are_near_the_true_ones),
		cmocka_unit_test(times_of_all_sizes_take_little_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
