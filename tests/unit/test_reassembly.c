// SPDX-License-Identifier: BSD-2-Clause
/* One direction of TCP: whatever the order and the cuts, the bytes are the same. */
#include "flow/payload/reassembly.h"

#include "flow_frames.h"

#define LEN   3000u
#define START 0xfffffc00u /* numbers begin again within the stream */

/* The bytes that were handed on, with its place in the stream. */
struct taker {
	uint8_t bytes[LEN];
	bool there[LEN];
	uint64_t at;
	unsigned holes;
	uint64_t missing;
};

static int take(void *ctx, const struct skw_payload_piece *piece)
{
	struct taker *t = ctx;

	assert_true(piece->len > 0);
	if (piece->len == SKW_PAYLOAD_LEN_UNKNOWN) {
		t->holes++;
		return 0;
	}
	assert_true(t->at + piece->len <= LEN);
	for (uint64_t i = 0; piece->data && i < piece->len; i++) {
		t->bytes[t->at + i] = piece->data[i];
		t->there[t->at + i] = true;
	}
	if (!piece->data) {
		t->holes++;
		t->missing += piece->len;
	}
	t->at += piece->len;
	return 0;
}

struct fixture {
	struct taker t;
	struct skw_reassembly r;
	struct skw_reassembly_figures figures;
	struct skw_reassembly_limits limits;
	struct skw_reassembly_env env;
	uint8_t stream[LEN];
};

static void setup(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->limits = (struct skw_reassembly_limits){ 1 << 20, 1 << 16, UINT64_MAX };
	f->env = (struct skw_reassembly_env){ .limits = &f->limits,
					      .figures = &f->figures,
					      .take = take,
					      .ctx = &f->t,
					      .now_ns = 1 };
	for (uint32_t i = 0; i < LEN; i++)
		f->stream[i] = (uint8_t)(i * 7 + i / 251);
	skw_reassembly_start(&f->r, START);
}

static void done(struct fixture *f)
{
	skw_reassembly_free(&f->r);
}

static void send_cut(struct fixture *f, uint32_t from, uint32_t len, uint32_t caplen)
{
	/* Memory of just its size, so that a sanitizer sees what is read beyond it. */
	SKW_AUTO_FREE uint8_t *copy = malloc(caplen ? caplen : 1);
	const struct skw_reassembly_segment s = { .data = copy,
						  .seq = START + from,
						  .caplen = caplen,
						  .len = len,
						  .fin = from + len == LEN };

	assert_non_null(copy);
	memcpy(copy, f->stream + from, caplen);
	assert_int_equal(skw_reassembly_take(&f->r, &s, &f->env), 0);
}

static void send_part(struct fixture *f, uint32_t from, uint32_t to)
{
	send_cut(f, from, to - from, to - from);
}

static uint32_t dice(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

struct cut {
	uint32_t from, to;
};

/* Segments that cover the stream, some of them twice or over others, in any order. */
static size_t any_cuts(uint32_t *seed, struct cut *cuts, size_t most)
{
	uint32_t largest = 1 + dice(seed, 400);
	size_t n = 0;

	for (uint32_t at = 0; at < LEN && n < most; n++) {
		uint32_t len = 1 + dice(seed, largest), back = dice(seed, 3) ? 0 : dice(seed, 300);

		cuts[n].from = at > back ? at - back : 0;
		at = at + len < LEN ? at + len : LEN;
		cuts[n].to = at;
	}
	if (cuts[n - 1].to < LEN) {
		cuts[n] = (struct cut){ cuts[n - 1].to, LEN };
		n++;
	}
	for (size_t i = n; i > 1; i--) {
		size_t j = dice(seed, (uint32_t)i);
		struct cut other = cuts[j];

		cuts[j] = cuts[i - 1];
		cuts[i - 1] = other;
	}
	return n;
}

static void any_order_and_any_cut_give_the_same_bytes(void **state)
{
	static struct cut cuts[LEN + 1];
	static struct fixture f;

	(void)state;
	for (uint32_t round = 0; round < 2000; round++) {
		uint32_t seed = round;
		size_t n = any_cuts(&seed, cuts, LEN);

		setup(&f);
		for (size_t i = 0; i < n; i++)
			send_part(&f, cuts[i].from, cuts[i].to);
		assert_int_equal(f.t.at, LEN);
		assert_int_equal(f.t.holes, 0);
		assert_memory_equal(f.t.bytes, f.stream, LEN);
		assert_true(skw_reassembly_is_done(&f.r));
		assert_int_equal(f.r.waiting, 0);
		assert_int_equal(f.r.bytes, 0);
		done(&f);
	}
}

/* The bytes that come first count, also if others come for the same place. */
static void the_first_bytes_count(void **state)
{
	static struct cut cuts[LEN + 1];
	static struct fixture f;
	static uint8_t first[LEN];
	static bool known[LEN];

	(void)state;
	for (uint32_t round = 0; round < 500; round++) {
		uint32_t seed = round + 77;
		size_t n = any_cuts(&seed, cuts, LEN);

		setup(&f);
		memset(known, 0, sizeof(known));
		for (size_t i = 0; i < n; i++) {
			memset(f.stream, (int)(i % 250 + 1), LEN);
			for (uint32_t at = cuts[i].from; at < cuts[i].to; at++) {
				if (!known[at])
					first[at] = (uint8_t)(i % 250 + 1);
				known[at] = true;
			}
			send_part(&f, cuts[i].from, cuts[i].to);
		}
		assert_int_equal(f.t.at, LEN);
		assert_memory_equal(f.t.bytes, first, LEN);
		done(&f);
	}
}

/* With loss, bytes keep their places, and holes fill the rest. */
static void loss_leaves_holes_of_the_right_length(void **state)
{
	static struct cut cuts[LEN + 1];
	static struct fixture f;

	(void)state;
	for (uint32_t round = 0; round < 2000; round++) {
		uint32_t seed = round + 4711;
		size_t n = any_cuts(&seed, cuts, LEN);

		setup(&f);
		f.limits.bytes = 100 + dice(&seed, 2000);
		f.limits.segments = 1 + dice(&seed, 20);
		for (size_t i = 0; i < n; i++) {
			uint32_t len = cuts[i].to - cuts[i].from;

			if (dice(&seed, 4))
				send_cut(&f, cuts[i].from, len,
					 dice(&seed, 4) ? len : dice(&seed, len + 1));
			if (!dice(&seed, 8))
				assert_int_equal(
					skw_reassembly_acked(&f.r, START + cuts[i].to, &f.env), 0);
			assert_true(f.r.bytes <= f.limits.bytes);
			assert_true(f.r.waiting <= f.limits.segments);
		}
		assert_int_equal(skw_reassembly_flush(&f.r, &f.env), 0);
		for (uint32_t i = 0; i < f.t.at; i++)
			if (f.t.there[i])
				assert_int_equal(f.t.bytes[i], f.stream[i]);
		assert_int_equal(f.figures.bytes + f.figures.missing_bytes, f.t.at);
		assert_int_equal(f.figures.holes, f.t.holes);
		assert_int_equal(f.r.bytes, 0);
		done(&f);
	}
}

static void an_acknowledgment_ends_the_wait(void **state)
{
	static struct fixture f;

	(void)state;
	setup(&f);
	send_part(&f, 0, 100);
	send_part(&f, 150, 200);
	assert_int_equal(f.t.at, 100);
	assert_int_equal(skw_reassembly_acked(&f.r, START + 100, &f.env), 0);
	assert_int_equal(f.t.holes, 0);
	assert_int_equal(skw_reassembly_acked(&f.r, START + 200, &f.env), 0);
	assert_int_equal(f.t.at, 200);
	assert_int_equal(f.t.missing, 50);
	done(&f);
}

static void time_ends_the_wait(void **state)
{
	static struct fixture f;

	(void)state;
	setup(&f);
	f.limits.ns = 1000;
	send_part(&f, 0, 100);
	send_part(&f, 150, 200);
	f.env.now_ns = 1001;
	send_part(&f, 200, 210);
	assert_int_equal(f.t.at, 100);
	f.env.now_ns = 1002;
	send_part(&f, 210, 220);
	assert_int_equal(f.t.at, 220);
	assert_int_equal(f.t.missing, 50);
	done(&f);
}

static void far_numbers_are_left_out_until_they_stay(void **state)
{
	static struct fixture f;

	(void)state;
	setup(&f);
	send_part(&f, 0, 100);
	for (uint32_t i = 0; i < 7; i++) {
		const struct skw_reassembly_segment s = { .data = f.stream,
							  .seq = START + (1U << 31) + i * 10,
							  .caplen = 10,
							  .len = 10 };

		assert_int_equal(skw_reassembly_take(&f.r, &s, &f.env), 0);
	}
	assert_int_equal(f.t.at, 100);
	assert_int_equal(f.figures.strange, 7);

	const struct skw_reassembly_segment s = {
		.data = f.stream, .seq = START + (1U << 31) + 70, .caplen = 10, .len = 10
	};

	assert_int_equal(skw_reassembly_take(&f.r, &s, &f.env), 0);
	assert_int_equal(f.t.holes, 1);
	assert_int_equal(f.t.at, 110);
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_and_any_cut_give_the_same_bytes),
		cmocka_unit_test(the_first_bytes_count),
		cmocka_unit_test(loss_leaves_holes_of_the_right_length),
		cmocka_unit_test(an_acknowledgment_ends_the_wait),
		cmocka_unit_test(time_ends_the_wait),
		cmocka_unit_test(far_numbers_are_left_out_until_they_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
