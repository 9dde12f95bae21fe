// SPDX-License-Identifier: BSD-2-Clause
/* The ring of lines that wait: its ends, its place after a kill, and damage. */
#include "post/ring.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/cleanup.h"

#define ROOM 4096

/* A file in memory, whose writer may be killed after some bytes, and which may fail. */
struct disk {
	uint8_t bytes[SKW_POST_RING_HEADS + ROOM];
	size_t writes, lives; /* bytes, until the kill; SIZE_MAX: never */
	int fails;
};

static int read_disk(void *ctx, uint64_t at, void *to, size_t len)
{
	const struct disk *d = ctx;

	assert_true(at + len <= sizeof(d->bytes));
	memcpy(to, d->bytes + at, len);
	return d->fails;
}

static int write_disk(void *ctx, uint64_t at, const void *from, size_t len)
{
	struct disk *d = ctx;
	size_t n = d->writes + len <= d->lives ? len
		   : d->lives > d->writes      ? d->lives - d->writes
					       : 0;

	assert_true(at + len <= sizeof(d->bytes));
	if (d->fails)
		return d->fails;
	memcpy(d->bytes + at, from, n);
	d->writes += len;
	return 0;
}

static struct skw_post_store store_of(struct disk *d)
{
	return (struct skw_post_store){ read_disk, write_disk, d };
}

static void format(struct skw_post_ring *r, struct disk *d)
{
	const struct skw_post_store store = store_of(d);

	skw_post_ring_free(r);
	memset(d, 0, sizeof(*d));
	d->lives = SIZE_MAX;
	assert_int_equal(skw_post_ring_format(r, &store, ROOM), 0);
}

static int reopen(struct skw_post_ring *r, struct disk *d)
{
	const struct skw_post_store store = store_of(d);

	skw_post_ring_free(r);
	d->lives = SIZE_MAX;
	return skw_post_ring_open(r, &store, sizeof(d->bytes));
}

/* A record with the lines from `first` on. */
static int add(struct skw_post_ring *r, unsigned first, unsigned lines)
{
	char text[ROOM] = "";

	for (unsigned i = 0; i < lines; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "line %05u\n",
			 first + i);
	return skw_post_ring_add(r, text, strlen(text), lines);
}

/* Reads all lines, and returns whether they are those from `first` on, `lines` of them. */
static void holds(struct skw_post_ring *r, unsigned first, unsigned lines)
{
	struct skw_buf out = SKW_BUF_INIT;
	uint64_t at = r->tail, n = 0;
	int ret;

	while ((ret = skw_post_ring_read(r, &at, SIZE_MAX, &out, &n)) == 1)
		;
	assert_int_equal(ret, 0);
	assert_int_equal(at, r->head);
	assert_int_equal(n, lines);
	assert_int_equal(r->lines, lines);
	assert_int_equal(out.len, lines * 11);
	for (unsigned i = 0; i < lines; i++) {
		char text[16];

		snprintf(text, sizeof(text), "line %05u\n", first + i);
		assert_memory_equal(out.data + (size_t)i * 11, text, 11);
	}
	skw_buf_free(&out);
}

/* Delivers the first record. */
static uint64_t deliver(struct skw_post_ring *r)
{
	struct skw_buf out = SKW_BUF_INIT;
	uint64_t at = r->tail, n = 0;

	assert_int_equal(skw_post_ring_read(r, &at, 0, &out, &n), 1);
	assert_int_equal(skw_post_ring_confirm(r, at, n), 0);
	skw_buf_free(&out);
	return n;
}

static void lines_wait_until_they_are_delivered(void **state)
{
	struct skw_post_ring r = { 0 };
	struct disk d;

	(void)state;
	format(&r, &d);
	holds(&r, 0, 0);
	assert_int_equal(add(&r, 0, 3), 0);
	assert_int_equal(add(&r, 3, 1), 0);
	holds(&r, 0, 4);
	assert_int_equal(deliver(&r), 3);
	holds(&r, 3, 1);
	assert_int_equal(deliver(&r), 1);
	holds(&r, 4, 0);
	assert_int_equal(skw_post_ring_used(&r), 0);
	skw_post_ring_free(&r);
}

/* Many laps, with records of all sizes, and after each step the file has the same lines. */
static void a_ring_goes_round(void **state)
{
	struct skw_post_ring r = { 0 }, again = { 0 };
	struct disk d, copy;
	unsigned first = 0, next = 0;

	(void)state;
	format(&r, &d);
	for (unsigned i = 0; i < 3000; i++) {
		unsigned lines = 1 + i * 7 % 40;
		int ret = add(&r, next, lines);

		if (ret) {
			assert_int_equal(ret, -ENOSPC);
			assert_false(skw_post_ring_has_room(&r, (size_t)lines * 11));
			first += (unsigned)deliver(&r);
		} else {
			next += lines;
		}
		holds(&r, first, next - first);
		copy = d;
		assert_int_equal(reopen(&again, &copy), 0);
		holds(&again, first, next - first);
		assert_int_equal(again.damaged, 0);
	}
	assert_true(r.head > 10 * ROOM);
	skw_post_ring_free(&r);
	skw_post_ring_free(&again);
}

static void a_ring_can_be_full_to_the_last_byte(void **state)
{
	struct skw_post_ring r = { 0 };
	struct disk d;
	uint8_t zeros[ROOM] = { 0 };

	(void)state;
	format(&r, &d);
	assert_int_equal(skw_post_ring_add(&r, zeros, ROOM - 31, 1), -ENOSPC);
	assert_int_equal(skw_post_ring_add(&r, zeros, ROOM - 32, 1), 0);
	assert_int_equal(skw_post_ring_add(&r, zeros, 0, 0), -ENOSPC);
	assert_int_equal(reopen(&r, &d), 0);
	assert_int_equal(r.lines, 1);
	assert_int_equal(skw_post_ring_used(&r), ROOM);
	deliver(&r);
	assert_true(skw_post_ring_has_room(&r, ROOM - 32));
	assert_int_equal(skw_post_ring_add(&r, zeros, SKW_POST_RECORD_MAX + 1, 1), -EMSGSIZE);
	skw_post_ring_free(&r);
}

static void a_batch_has_a_limit(void **state)
{
	struct skw_buf out = SKW_BUF_INIT;
	struct skw_post_ring r = { 0 };
	struct disk d;
	uint64_t at, lines = 0;

	(void)state;
	format(&r, &d);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(add(&r, 4 * i, 4), 0);
	at = r.tail;
	/* The first record comes in any case. */
	assert_int_equal(skw_post_ring_read(&r, &at, 1, &out, &lines), 1);
	assert_int_equal(skw_post_ring_read(&r, &at, 44, &out, &lines), 0);
	assert_int_equal(skw_post_ring_read(&r, &at, 88, &out, &lines), 1);
	assert_int_equal(lines, 8);
	assert_int_equal(skw_post_ring_confirm(&r, at, lines), 0);
	holds(&r, 8, 12);
	skw_buf_free(&out);
	skw_post_ring_free(&r);
}

/*
 * The writer is killed after each possible number of bytes. Lines of before stay, delivered ones
 * may come again, and a record that is not whole does not count.
 */
static void a_kill_loses_nothing_that_was_written(void **state)
{
	size_t all = SIZE_MAX;

	(void)state;
	for (size_t lives = 0; lives <= all; lives++) {
		struct skw_post_ring r = { 0 };
		struct disk d;
		unsigned next = 0, first = 0;

		format(&r, &d);
		/* Somewhere in the middle of the ring, so that records are cut by its end. */
		for (unsigned i = 0; i < 9; i++, next += 30) {
			assert_int_equal(add(&r, next, 30), 0);
			first += (unsigned)deliver(&r);
		}
		assert_int_equal(add(&r, next, 20), 0);
		d.writes = 0;
		d.lives = lives;
		assert_int_equal(add(&r, next + 20, 30), 0);
		/* The last record ends with zeros that do not matter. */
		size_t added = d.writes - 6;
		deliver(&r);
		all = d.writes;
		assert_int_equal(reopen(&r, &d), 0);
		assert_int_equal(r.damaged, 0);
		/* The head is the last that is written. */
		if (lives < added)
			holds(&r, first, 20);
		else if (lives < all)
			holds(&r, first, 50);
		else
			holds(&r, first + 20, 30);
		/* And it goes on. */
		unsigned end = first + (lives < added ? 20 : 50);
		assert_int_equal(add(&r, end, 2), 0);
		assert_int_equal(reopen(&r, &d), 0);
		holds(&r, lives < all ? first : first + 20,
		      end + 2 - (lives < all ? first : first + 20));
		skw_post_ring_free(&r);
	}
}

static void a_damaged_record_is_left_out(void **state)
{
	struct skw_post_ring r = { 0 };
	struct disk d;

	(void)state;
	for (size_t at = 0; at < 80; at++) {
		format(&r, &d);
		assert_int_equal(add(&r, 0, 4), 0);
		uint64_t second = r.head;
		assert_int_equal(add(&r, 4, 5), 0);
		assert_int_equal(skw_post_ring_save(&r), 0);
		d.bytes[SKW_POST_RING_HEADS + at] ^= 0x41;
		assert_int_equal(reopen(&r, &d), 0);
		/* The zeros behind the lines do not matter. */
		assert_int_equal(r.damaged, at < 76 ? second : 0);
		holds(&r, at < 76 ? 4 : 0, at < 76 ? 5 : 9);
		skw_post_ring_free(&r);
	}
	/* Damage while it is open. */
	format(&r, &d);
	assert_int_equal(add(&r, 0, 4), 0);
	d.bytes[SKW_POST_RING_HEADS + 40] ^= 1;
	struct skw_buf out = SKW_BUF_INIT;
	uint64_t at = r.tail, lines = 0;
	assert_int_equal(skw_post_ring_read(&r, &at, SIZE_MAX, &out, &lines), 0);
	assert_int_equal(at, r.head);
	assert_int_equal(out.len, 0);
	skw_post_ring_free(&r);
}

/* Behind a record that was not whole there may be others, which must not come back later. */
static void records_that_were_given_up_stay_away(void **state)
{
	struct skw_post_ring r = { 0 };
	struct disk d;

	(void)state;
	format(&r, &d);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(add(&r, i, 1), 0);
	d.bytes[SKW_POST_RING_HEADS + 33] ^= 1;
	assert_int_equal(reopen(&r, &d), 0);
	holds(&r, 0, 0);
	assert_int_equal(add(&r, 7, 1), 0);
	assert_int_equal(reopen(&r, &d), 0);
	holds(&r, 7, 1);
	deliver(&r);
	assert_int_equal(reopen(&r, &d), 0);
	holds(&r, 0, 0);
	skw_post_ring_free(&r);
}

static void one_head_may_be_damaged(void **state)
{
	struct skw_post_ring r = { 0 };
	struct disk d;

	(void)state;
	for (unsigned which = 0; which < 2; which++) {
		format(&r, &d);
		assert_int_equal(add(&r, 0, 4), 0);
		d.bytes[which * SKW_POST_RING_HEADS / 2 + 20] ^= 1;
		assert_int_equal(reopen(&r, &d), which ? -EBADMSG : 0);
		if (!which)
			holds(&r, 0, 4);
		/* With two heads either one will do. */
		format(&r, &d);
		assert_int_equal(add(&r, 0, 4), 0);
		assert_int_equal(skw_post_ring_save(&r), 0);
		d.bytes[which * SKW_POST_RING_HEADS / 2 + 20] ^= 1;
		assert_int_equal(reopen(&r, &d), 0);
		holds(&r, 0, 4);
		skw_post_ring_free(&r);
	}
}

static void another_file_is_told_apart(void **state)
{
	struct skw_post_ring r = { 0 };
	struct disk d = { .lives = SIZE_MAX };
	const struct skw_post_store store = store_of(&d);

	(void)state;
	assert_int_equal(reopen(&r, &d), -ENODATA);
	assert_int_equal(skw_post_ring_open(&r, &store, 0), -ENODATA);
	assert_int_equal(skw_post_ring_open(&r, &store, 10), -EMEDIUMTYPE);
	memcpy(d.bytes, "a text of the user", 18);
	assert_int_equal(reopen(&r, &d), -EMEDIUMTYPE);
	/* A ring that does not fit into its file. */
	format(&r, &d);
	skw_post_ring_free(&r);
	assert_int_equal(skw_post_ring_open(&r, &store, sizeof(d.bytes) - 16), -EBADMSG);
	skw_post_ring_free(&r);
}

static void a_failing_disk_is_told(void **state)
{
	struct skw_buf out = SKW_BUF_INIT;
	struct skw_post_ring r = { 0 };
	struct disk d;
	uint64_t at = 0, lines = 0;

	(void)state;
	format(&r, &d);
	assert_int_equal(add(&r, 0, 1), 0);
	d.fails = -EIO;
	assert_int_equal(add(&r, 1, 1), -EIO);
	assert_int_equal(skw_post_ring_read(&r, &at, 0, &out, &lines), -EIO);
	assert_int_equal(skw_post_ring_confirm(&r, r.tail, 0), -EIO);
	d.fails = 0;
	holds(&r, 0, 1);
	assert_int_equal(add(&r, 1, 1), 0);
	holds(&r, 0, 2);
	skw_post_ring_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_wait_until_they_are_delivered),
		cmocka_unit_test(a_ring_goes_round),
		cmocka_unit_test(a_ring_can_be_full_to_the_last_byte),
		cmocka_unit_test(a_batch_has_a_limit),
		cmocka_unit_test(a_kill_loses_nothing_that_was_written),
		cmocka_unit_test(a_damaged_record_is_left_out),
		cmocka_unit_test(records_that_were_given_up_stay_away),
		cmocka_unit_test(one_head_may_be_damaged),
		cmocka_unit_test(another_file_is_told_apart),
		cmocka_unit_test(a_failing_disk_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
