// SPDX-License-Identifier: BSD-2-Clause
/* Reads an iterator of sockets. A socket pair stands for the kernel: a message is a read. */
#include "kern/conn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "util/cleanup.h"

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

/* Sends all records except the last `missing` bytes, in reads of at most `piece` bytes. */
static int read_pieces(size_t piece, size_t missing, struct seen *seen)
{
	struct skw_holder_rec recs[RECORDS] = { 0 };
	size_t len = sizeof(recs) - missing;
	int fds[2];

	for (uint32_t i = 0; i < RECORDS; i++)
		recs[i] = (struct skw_holder_rec){ .inode = 100 + i, .tgid = i, .comm = "test" };
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	SKW_AUTO_FD int in = fds[0];
	for (size_t at = 0; at < len; at += piece) {
		size_t n = len - at < piece ? len - at : piece;

		assert_int_equal(send(fds[1], (const char *)recs + at, n, 0), (ssize_t)n);
	}
	close(fds[1]);
	return skw_conn_iter_read(in, sizeof(recs[0]), note, seen);
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

static void what_cannot_be_read_is_an_error(void **state)
{
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(skw_conn_iter_read(-1, sizeof(struct skw_holder_rec), note, &seen),
			 -EBADF);
	assert_int_equal(seen.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_whole_however_they_are_cut),
		cmocka_unit_test(a_last_record_cut_short_is_an_error),
		cmocka_unit_test(a_refusal_ends_it),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
