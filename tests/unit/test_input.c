// SPDX-License-Identifier: BSD-2-Clause
/* Reading compressed and uncompressed files that are complete, cut or damaged. */
#include "config.h"

#include "out/input.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "out/compress.h"
#include "records.h"
#include "util/buf.h"

static int to_buf(void *arg, const uint8_t *bytes, size_t n)
{
	skw_buf_add(arg, bytes, n);
	return 0;
}

/* Appends a new stream with the records [first, first + count). */
static void add_stream(struct skw_buf *b, enum skw_compression kind, uint32_t first, uint32_t count)
{
	uint8_t bytes[RECORD_MAX];
	struct skw_compress *c = NULL;

	if (kind)
		assert_int_equal(skw_compress_new(kind, to_buf, b, &c), 0);
	for (uint32_t n = first; n < first + count; n++) {
		uint32_t len = records_make(n, bytes);

		if (c)
			assert_int_equal(skw_compress_write(c, bytes, len), 0);
		else
			skw_buf_add(b, bytes, len);
	}
	if (c)
		assert_int_equal(skw_compress_end(c), 0);
	skw_compress_free(c);
}

static FILE *open_bytes(const struct skw_buf *b, size_t n)
{
	int fd = records_tmpfile();
	struct skw_byte_stream *in = NULL;

	assert_int_equal(write(fd, b->data, n), n);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(skw_input_open_fd(fd, "x", &in, NULL), 0);
	return skw_byte_stream_file(in);
}

static void every_kind_is_read_whatever_its_name(void **state)
{
	(void)state;
	for (int kind = SKW_COMPRESSION_NONE; kind <= SKW_COMPRESSION_ZSTD; kind++) {
		struct skw_buf b = SKW_BUF_INIT;
		size_t rest = 1;

		if (!skw_compress_supported(kind))
			continue;
		add_stream(&b, kind, 0, 1000);
		FILE *f = open_bytes(&b, b.len);
		assert_int_equal(records_check_stream(f, 0, &rest), 1000);
		assert_int_equal(rest, 0);
		assert_true(feof(f));
		assert_false(ferror(f));
		fclose(f);
		skw_buf_free(&b);
	}
}

static void streams_one_behind_the_other_are_one(void **state)
{
	(void)state;
	for (int kind = SKW_COMPRESSION_GZIP; kind <= SKW_COMPRESSION_ZSTD; kind++) {
		struct skw_buf b = SKW_BUF_INIT;
		size_t rest = 1;

		if (!skw_compress_supported(kind))
			continue;
		add_stream(&b, kind, 0, 3);
		add_stream(&b, kind, 3, 200);
		add_stream(&b, kind, 203, 0);
		add_stream(&b, kind, 203, 1);
		FILE *f = open_bytes(&b, b.len);
		assert_int_equal(records_check_stream(f, 0, &rest), 204);
		assert_false(ferror(f));
		fclose(f);
		skw_buf_free(&b);
	}
}

static void a_cut_stream_gives_what_there_is_and_an_error(void **state)
{
	(void)state;
	for (int kind = SKW_COMPRESSION_GZIP; kind <= SKW_COMPRESSION_ZSTD; kind++) {
		struct skw_buf b = SKW_BUF_INIT;
		long before = -1;
		size_t rest;

		if (!skw_compress_supported(kind))
			continue;
		add_stream(&b, kind, 0, 2000);
		for (size_t n = 5; n < b.len; n += b.len / 23) {
			FILE *f = open_bytes(&b, n);

			errno = 0;
			long count = records_check_stream(f, 0, &rest);
			assert_int_equal(errno, ENODATA);
			assert_true(ferror(f));
			assert_true(count >= before);
			before = count;
			fclose(f);
		}
		assert_true(before > 500);
		skw_buf_free(&b);
	}
}

static void damage_is_told_apart_from_a_cut(void **state)
{
	(void)state;
	for (int kind = SKW_COMPRESSION_GZIP; kind <= SKW_COMPRESSION_ZSTD; kind++) {
		struct skw_buf b = SKW_BUF_INIT;
		uint8_t bytes[4096];

		if (!skw_compress_supported(kind))
			continue;
		add_stream(&b, kind, 0, 100);
		/* Within the checksum, so all of the content is readable. */
		b.data[b.len - 6] ^= 0x55;
		FILE *f = open_bytes(&b, b.len);
		errno = 0;
		while (fread(bytes, 1, sizeof(bytes), f) == sizeof(bytes))
			;
		assert_true(ferror(f));
		assert_int_equal(errno, EBADMSG);
		fclose(f);
		skw_buf_free(&b);
	}
}

/* A wait for the input that would not end, as the pipe is empty and its writer pauses. */
static int fail_if_empty(void *ctx, int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	(void)ctx;
	return poll(&p, 1, 0) == 1 ? 0 : EDEADLK;
}

/*
 * Reads in steps, each of which leaves `keep` bytes unused, so that the room for the next bytes
 * ends at many places within a compressed block.
 */
static void read_while_paused(enum skw_compression kind, size_t len, size_t keep)
{
	const struct skw_input_wait wait = { fail_if_empty, NULL };
	struct skw_byte_stream *in = NULL;
	struct skw_compress *c = NULL;
	struct skw_buf b = SKW_BUF_INIT;
	uint8_t *bytes = calloc(1, len);
	size_t used = 0;
	int fds[2];

	assert_non_null(bytes);
	assert_int_equal(skw_compress_new(kind, to_buf, &b, &c), 0);
	assert_int_equal(skw_compress_write(c, bytes, len), 0);
	assert_int_equal(skw_compress_flush(c), 0);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], b.data, b.len), b.len);
	assert_int_equal(skw_input_open_fd_waiting(fds[0], "x", &wait, &in, NULL), 0);
	while (used + keep < len) {
		if (!skw_byte_stream_fill(in, keep + 1))
			fail_msg("of %zu bytes, %zu come before the pause (%zu unused)", len,
				 used + in->have, keep);
		used += in->have - keep;
		skw_byte_stream_use(in, in->have - keep);
	}
	skw_byte_stream_close(in);
	close(fds[1]);
	skw_compress_free(c);
	skw_buf_free(&b);
	free(bytes);
}

static void a_pipe_that_pauses_holds_nothing_back(void **state)
{
	(void)state;
	for (int kind = SKW_COMPRESSION_GZIP; kind <= SKW_COMPRESSION_ZSTD; kind++)
		for (size_t keep = 0; skw_compress_supported(kind) && keep <= 300; keep += 50)
			for (size_t len = 500 << 10; len <= 524 << 10; len += 4 << 10)
				read_while_paused(kind, len, keep);
}

static void only_a_large_file_may_be_read_ahead(void **state)
{
	int fd = records_tmpfile(), fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_false(skw_input_may_read_ahead(fds[0]));
	assert_false(skw_input_may_read_ahead(-1));
	assert_int_equal(ftruncate(fd, (64 << 10) - 1), 0);
	assert_false(skw_input_may_read_ahead(fd));
	assert_int_equal(ftruncate(fd, 64 << 10), 0);
	assert_true(skw_input_may_read_ahead(fd));
	/* The rest counts, if it was read in part before. */
	lseek(fd, 1, SEEK_SET);
	assert_false(skw_input_may_read_ahead(fd));
	close(fd);
	close(fds[0]);
	close(fds[1]);
}

static void short_files_are_no_compressed_ones(void **state)
{
	struct skw_buf b = SKW_BUF_INIT;
	char back[8];

	(void)state;
	skw_buf_add(&b, "\x1f\x8b", 2);
	for (size_t n = 0; n <= 2; n++) {
		FILE *f = open_bytes(&b, n);

		assert_int_equal(fread(back, 1, sizeof(back), f), n);
		assert_false(ferror(f));
		fclose(f);
	}
	skw_buf_free(&b);
}

static void what_can_not_be_opened_is_told(void **state)
{
	struct skw_error err = { 0 };
	struct skw_byte_stream *f = NULL;

	(void)state;
	assert_int_equal(skw_input_open("/no/such/file", &f, &err), -ENOENT);
	assert_string_equal(err.text, "/no/such/file: No such file or directory");
	err.text[0] = '\0';
	assert_int_equal(skw_input_open("/", &f, &err), -EISDIR);
	assert_string_equal(err.text, "/: Is a directory");
	assert_null(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_read_whatever_its_name),
		cmocka_unit_test(streams_one_behind_the_other_are_one),
		cmocka_unit_test(a_cut_stream_gives_what_there_is_and_an_error),
		cmocka_unit_test(damage_is_told_apart_from_a_cut),
		cmocka_unit_test(a_pipe_that_pauses_holds_nothing_back),
		cmocka_unit_test(only_a_large_file_may_be_read_ahead),
		cmocka_unit_test(short_files_are_no_compressed_ones),
		cmocka_unit_test(what_can_not_be_opened_is_told),
	};

	return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
