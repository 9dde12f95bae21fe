// SPDX-License-Identifier: BSD-2-Clause
/* Bytes that a thread reads ahead stay in one row, however many of them are not used yet. */
#include "config.h"

#include "out/ahead.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PIECE (256u << 10)

/* A file of `len` bytes, which depend on their place, and the error that comes after them. */
struct file {
	size_t len, at;
	size_t most; /* the most that one read gives */
	int error;
	unsigned ends; /* reads after the last byte */
};

static uint8_t byte_at(size_t i)
{
	return (uint8_t)(i * 2654435761u >> 24);
}

static int read_file(void *ctx, uint8_t *to, size_t size, size_t *got)
{
	struct file *f = ctx;
	size_t n = f->len - f->at;

	n = n < size ? n : size;
	n = n < f->most ? n : f->most;
	for (size_t i = 0; i < n; i++)
		to[i] = byte_at(f->at + i);
	f->at += n;
	*got = n;
	f->ends += !n;
	return n ? 0 : f->error;
}

/* Uses the bytes in steps, and keeps `keep` of them before it looks for more. */
static int read_all(struct file *f, size_t keep, size_t *total)
{
	struct skw_ahead *a;
	const uint8_t *at = NULL;
	size_t have = 0;
	int ret;

	*total = 0;
	assert_int_equal(skw_ahead_new(read_file, f, &a), 0);
	while ((ret = skw_ahead_next(a, &at, &have)) > 0) {
		size_t use = have > keep ? have - keep : 0;

		for (size_t i = 0; i < have; i++)
			if (at[i] != byte_at(*total + i))
				fail_msg("byte %zu is wrong", *total + i);
		at += use;
		have -= use;
		*total += use;
	}
	for (size_t i = 0; i < have; i++)
		assert_int_equal(at[i], byte_at(*total + i));
	*total += have;
	/* The end stays the end. */
	assert_int_equal(skw_ahead_next(a, &at, &have), ret);
	skw_ahead_free(a);
	return ret;
}

static void all_bytes_come_in_one_row(void **state)
{
	static const size_t keeps[] = { 0, 1, 15, 64 << 10, (64 << 10) + 1, PIECE, 3 * PIECE + 5 };
	static const size_t lens[] = { 0, 1, PIECE - 1, PIECE, PIECE + 1, 9 * PIECE + 77 };

	(void)state;
	for (size_t k = 0; k < sizeof(keeps) / sizeof(*keeps); k++)
		for (size_t l = 0; l < sizeof(lens) / sizeof(*lens); l++) {
			struct file f = { .len = lens[l], .most = 100000 };
			size_t total;

			assert_int_equal(read_all(&f, keeps[k], &total), 0);
			assert_int_equal(total, lens[l]);
			assert_int_equal(f.ends, 1);
		}
}

static void a_failure_comes_after_the_bytes_before_it(void **state)
{
	(void)state;
	for (size_t len = 0; len < 6 * PIECE; len += PIECE + 1000) {
		struct file f = { .len = len, .most = SIZE_MAX, .error = EBADMSG };
		size_t total;

		assert_int_equal(read_all(&f, 70000, &total), -EBADMSG);
		assert_int_equal(total, len);
		assert_int_equal(f.ends, 1);
	}
}

static void it_can_be_left_before_the_end(void **state)
{
	(void)state;
	for (int n = 0; n < 8; n++) {
		struct file f = { .len = 100 * PIECE, .most = SIZE_MAX };
		struct skw_ahead *a;
		const uint8_t *at = NULL;
		size_t have = 0;

		assert_int_equal(skw_ahead_new(read_file, &f, &a), 0);
		for (int i = 0; i < n; i++, have = 0)
			assert_int_equal(skw_ahead_next(a, &at, &have), 1);
		skw_ahead_free(a);
		/* It reads no further than its memory goes. */
		assert_true(f.at <= ((size_t)n + 4) * PIECE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_bytes_come_in_one_row),
		cmocka_unit_test(a_failure_comes_after_the_bytes_before_it),
		cmocka_unit_test(it_can_be_left_before_the_end),
	};

	return cmocka_run_group_tests_name("ahead", tests, NULL, NULL);
}
