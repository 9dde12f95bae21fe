// SPDX-License-Identifier: BSD-2-Clause
/* Reads an iterator of sockets. A socket pair stands for the kernel: a message is a read. */
#include "kern/conn.h"
#include "kern/conn_reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECORDS 7

struct seen {
	uint32_t inodes[RECORDS];
	size_t len;
	size_t stop_at; /* 0 means never */
};

static int note(void *ctx, const void *record, size_t len)
{
	struct seen *seen = ctx;
	struct skw_holder_rec rec;

	assert_int_equal(len, sizeof(rec));
	assert_true(seen->len < RECORDS);
	memcpy(&rec, record, sizeof(rec));
	seen->inodes[seen->len++] = rec.inode;
	return seen->len == seen->stop_at ? -ENOSPC : 0;
}

/* Slice after slice, to the end. */
static int read_all(int fd, struct seen *seen)
{
	struct skw_conn_reader reader = { .fd = -1 };
	int ret = skw_conn_reader_begin(&reader, fd, sizeof(struct skw_holder_rec), 0);

	assert_int_equal(ret, 0);
	do {
		ret = skw_conn_reader_slice(&reader, note, seen);
	} while (ret > 0);
	skw_conn_reader_free(&reader);
	return ret;
}

/* All records, less `missing` bytes at the end, in reads of at most `piece` bytes. */
static int read_pieces(size_t piece, size_t missing, struct seen *seen)
{
	struct skw_holder_rec recs[RECORDS] = { 0 };
	size_t len = sizeof(recs) - missing;
	int fds[2];

	for (uint32_t i = 0; i < RECORDS; i++)
		recs[i] = (struct skw_holder_rec){ .inode = 100 + i, .tgid = i, .comm = "test" };
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	for (size_t at = 0; at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;

		assert_int_equal(send(fds[1], (const char *)recs + at, n, 0), (ssize_t)n);
	}
	close(fds[1]);
	return read_all(fds[0], seen);
}

static void records_are_whole_however_they_are_cut(void **state)
{
	(void)state;
	for (size_t piece = 1; piece <= RECORDS * sizeof(struct skw_holder_rec); piece++) {
		struct seen seen = { 0 };

		assert_int_equal(read_pieces(piece, 0, &seen), 0);
		assert_int_equal(seen.len, RECORDS);
		for (uint32_t i = 0; i < RECORDS; i++)
			assert_int_equal(seen.inodes[i], 100 + i);
	}
}

/* The records of a sweep: most are short, and begin with a word of 0. */
static int note_lengths(void *ctx, const void *record, size_t len)
{
	struct seen *seen = ctx;
	uint64_t word;

	memcpy(&word, record, sizeof(word));
	assert_int_equal(len, word ? 64 : 16);
	assert_true(seen->len < RECORDS);
	seen->inodes[seen->len++] = ((const uint8_t *)record)[len - 1];
	return 0;
}

static void short_records_are_told_by_their_first_word(void **state)
{
	(void)state;
	for (size_t piece = 1; piece <= 160; piece++) {
		struct skw_conn_reader reader = { .fd = -1 };
		struct seen seen = { 0 };
		uint8_t bytes[160] = {
			[15] = 1, [16] = 9, [79] = 2, [95] = 3, [97] = 9, [159] = 4
		};
		int fds[2], ret;

		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
		for (size_t at = 0; at < sizeof(bytes); at += piece) {
			size_t left = sizeof(bytes) - at, n = left < piece ? left : piece;

			assert_int_equal(send(fds[1], bytes + at, n, 0), (ssize_t)n);
		}
		close(fds[1]);
		assert_int_equal(skw_conn_reader_begin(&reader, fds[0], 64, 16), 0);
		do {
			ret = skw_conn_reader_slice(&reader, note_lengths, &seen);
		} while (ret > 0);
		skw_conn_reader_free(&reader);
		assert_int_equal(ret, 0);
		assert_int_equal(seen.len, 4);
		for (uint32_t i = 0; i < 4; i++)
			assert_int_equal(seen.inodes[i], i + 1);
	}
}

static void a_last_record_cut_short_is_an_error(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(read_pieces(100, 1, &seen), -EBADMSG);
	assert_int_equal(seen.len, RECORDS - 1);
}

static void a_refusal_ends_it(void **state)
{
	struct seen seen = { .stop_at = 3 };

	(void)state;
	assert_int_equal(read_pieces(1000, 0, &seen), -ENOSPC);
	assert_int_equal(seen.len, 3);
}

static void a_slice_is_one_read(void **state)
{
	struct skw_conn_reader reader = { .fd = -1 };
	struct seen seen = { 0 };
	struct skw_holder_rec recs[2] = { { .inode = 1 }, { .inode = 2 } };
	int fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(send(fds[1], &recs[0], sizeof(recs[0]), 0), sizeof(recs[0]));
	assert_int_equal(send(fds[1], &recs[1], sizeof(recs[1]), 0), sizeof(recs[1]));
	close(fds[1]);
	assert_int_equal(skw_conn_reader_begin(&reader, fds[0], sizeof(recs[0]), 0), 0);
	assert_int_equal(skw_conn_reader_slice(&reader, note, &seen), 1);
	assert_int_equal(seen.len, 1);
	assert_int_equal(skw_conn_reader_slice(&reader, note, &seen), 1);
	assert_int_equal(seen.len, 2);
	assert_int_equal(skw_conn_reader_slice(&reader, note, &seen), 0);
	assert_int_equal(reader.fd, -1);
	skw_conn_reader_free(&reader);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(read_all(-1, &seen), -EBADF);
	assert_int_equal(seen.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_whole_however_they_are_cut),
		cmocka_unit_test(short_records_are_told_by_their_first_word),
		cmocka_unit_test(a_last_record_cut_short_is_an_error),
		cmocka_unit_test(a_refusal_ends_it),
		cmocka_unit_test(a_slice_is_one_read),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
