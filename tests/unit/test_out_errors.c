// SPDX-License-Identifier: BSD-2-Clause
/*
 * When bytes can't be written, the bytes before them stay readable and the first error is reported.
 */
#include "config.h"

#include "out/out.h"

#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "out/input.h"
#include "records.h"

#define BLOCK SKW_OUT_BLOCK_BYTES

/* Runs `fn` in a child process, so that its limits and mounts end with it. Returns its result. */
static int in_child(int (*fn)(void *arg), void *arg)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(fn(arg));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/*
 * Writes until an error occurs, which must happen within `most` bytes. Returns -errno, or 0 if
 * there was no error.
 */
static uint64_t accepted; /* number of records written by the last write_until_error() */
static bool waits;        /* after each flush, so that the thread writes a block in parts */

static int write_until_error(struct skw_out *o, uint64_t most, uint64_t flush_every)
{
	uint64_t flushed = 0;
	int r = 0;

	for (uint32_t n = 0; !r && skw_out_bytes(o) < most; n++) {
		r = records_write(o, n);
		accepted = r ? n : n + 1;
		if (!r && flush_every && skw_out_bytes(o) - flushed > flush_every) {
			flushed = skw_out_bytes(o);
			r = skw_out_flush(o);
			if (!r && waits)
				r = skw_out_wait(o);
		}
	}
	return r;
}

/* The end of the last record that fits completely into `limit` bytes. */
static uint64_t last_end(uint64_t limit, long *records)
{
	uint8_t bytes[RECORD_MAX];
	uint64_t end = 0;

	for (uint32_t n = 0;; n++) {
		uint32_t len = records_make(n, bytes);

		if (end + len > limit) {
			*records = (long)n;
			return end;
		}
		end += len;
	}
}

struct limited {
	uint64_t limit;
	bool direct;
	uint64_t flush_every;
	bool second; /* the file that can't grow is the second one */
};

static int write_to_limit(void *arg)
{
	const struct limited *l = arg;
	const struct rlimit rl = { l->limit, l->limit };
	int fd = records_tmpfile(), kept = records_tmpfile();
	size_t rest = 1;
	long records;
	uint64_t end = last_end(l->limit, &records);

	if (write(kept, "older", 5) != 5)
		return 10;
	setrlimit(RLIMIT_FSIZE, &rl);
	struct skw_out *o = records_open(l->second ? records_tmpfile() : dup(fd),
					 SKW_COMPRESSION_NONE, l->direct);
	if (l->second) {
		for (uint32_t n = 0; n < 20; n++)
			records_write(o, n);
		if (skw_out_switch(o, dup(fd)))
			return 7;
	}
	if (write_until_error(o, l->limit + 20ull * BLOCK, l->flush_every) != -EFBIG)
		return 1;
	/* Later writes are refused with the same error. */
	if (skw_out_write(o, "x", 1) != -EFBIG && skw_out_record_end(o) != -EFBIG)
		return 2;
	if (skw_out_flush(o) != -EFBIG || skw_out_wait(o) != -EFBIG ||
	    skw_out_switch(o, dup(kept)) != -EFBIG || skw_out_error(o) != -EFBIG)
		return 3;
	if (skw_out_end(o, -1) != -EFBIG || skw_out_files_closed(o) != l->second)
		return 4;
	if (skw_out_records_lost(o) != accepted - (uint64_t)records)
		return 8;
	if (skw_out_close(o, -1) != -EFBIG || fcntl(kept, F_GETFD) < 0)
		return 9;
	if (records_size(fd) != end || records_size(kept) != 5)
		return 5;
	return records_check(fd, 0, &rest) == records && !rest ? 0 : 6;
}

/* The limit of the file size stands for a full disk. Its signal must not end the process. */
static void a_file_that_can_not_grow_ends_with_a_whole_record(void **state)
{
	const struct limited cases[] = {
		{ 100000, false, 0, false },
		{ 100000, true, 20000, false },
		{ BLOCK, true, 0, false },
		{ 2ull * BLOCK + 777, true, 0, false },
		{ 2ull * BLOCK + 777, false, 0, false },
		{ 5ull * BLOCK + 4096, true, 300000, false },
		{ 3, false, 0, false },
		{ 100000, true, 0, true },
		{ 100000, false, 7000, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct limited l = cases[i];

		assert_int_equal(in_child(write_to_limit, &l), 0);
	}
}

#define TMPFS_BYTES (6u << 20)

static int fill_tmpfs(void *arg)
{
	const bool *direct = arg;
	char dir[] = "/tmp/skw-tmpfs-XXXXXX", path[64];
	size_t rest = 1;

	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    !mkdtemp(dir))
		return 77;
	if (mount("none", dir, "tmpfs", 0, "size=6m")) {
		rmdir(dir);
		return 77;
	}
	snprintf(path, sizeof(path), "%s/out", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	struct skw_out *o = records_open(dup(fd), SKW_COMPRESSION_NONE, *direct);
	int r = write_until_error(o, 4ull * TMPFS_BYTES, 0);
	int closed = skw_out_close(o, -1);
	uint64_t size = records_size(fd);
	long n = records_check(fd, 0, &rest);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	if (r != -ENOSPC || closed != -ENOSPC)
		return 1;
	return n > 0 && !rest && size > TMPFS_BYTES - 2 * RECORD_MAX && size <= TMPFS_BYTES ? 0 : 2;
}

static void a_full_disk_holds_all_records_that_fit(void **state)
{
	(void)state;
	for (int direct = 0; direct < 2; direct++) {
		bool arg = direct;
		int r = geteuid() ? 77 : in_child(fill_tmpfs, &arg);

		if (r == 77)
			skip(); /* mounting a small file system needs root */
		assert_int_equal(r, 0);
	}
}

static void a_full_device_is_an_error(void **state)
{
	struct skw_out *o = records_open(open("/dev/full", O_WRONLY), SKW_COMPRESSION_NONE, true);

	(void)state;
	assert_int_equal(records_write(o, 0), 0);
	assert_int_equal(skw_out_wait(o), -ENOSPC);
	assert_int_equal(skw_out_close(o, -1), -ENOSPC);
}

static void a_pipe_without_reader_is_an_error_and_no_signal(void **state)
{
	struct skw_out_options opt = { .direct = true };
	struct skw_out *o;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	opt.notify_fd = eventfd(0, EFD_CLOEXEC);
	assert_int_equal(skw_out_new(&opt, &o), 0);
	assert_int_equal(skw_out_open(o, fds[1]), 0);
	close(fds[0]);
	assert_int_equal(records_write(o, 0), 0);
	/* Depending on the speed of the thread, this call may report the error already. */
	assert_in_set((unsigned)-skw_out_flush(o), ((const unsigned long[]){ 0, EPIPE }), 2);
	/* The error is signalled without another call. */
	struct pollfd p = { .fd = opt.notify_fd, .events = POLLIN };
	assert_int_equal(poll(&p, 1, 30000), 1);
	assert_int_equal(skw_out_error(o), -EPIPE);
	assert_int_equal(records_write(o, 1), -EPIPE);
	assert_int_equal(skw_out_close(o, -1), -EPIPE);
	close(opt.notify_fd);
}

static void a_pipe_that_nobody_empties_is_given_up(void **state)
{
	struct skw_out *o;
	size_t rest = 0;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	o = records_open(fds[1], SKW_COMPRESSION_NONE, true);
	assert_true(skw_out_room(o) > 3ull * BLOCK);
	/* Fills all the room that there is without waiting. */
	for (uint32_t n = 0; skw_out_room(o) > 4ull * RECORD_MAX; n++)
		assert_int_equal(records_write(o, n), 0);
	assert_true(skw_out_bytes(o) > 3ull * BLOCK);
	/* On a busy machine the thread may not have come to its first write yet. */
	struct pollfd p = { .fd = fds[0], .events = POLLIN };
	assert_int_equal(poll(&p, 1, -1), 1);
	assert_int_equal(skw_out_close(o, 20), -ETIMEDOUT);
	/* The bytes in the pipe are right, and the output has closed its end. */
	FILE *f = fdopen(fds[0], "r");
	assert_true(records_check_stream(f, 0, &rest) > 0);
	fclose(f);
}

static int compress_to_limit(void *arg)
{
	const enum skw_compression *kind = arg;
	const struct rlimit rl = { 200000, 200000 };
	int fd = records_tmpfile();
	struct skw_out *o = records_open(dup(fd), *kind, true);
	struct skw_error err = { 0 };
	size_t rest = 1;
	struct skw_byte_stream *in;

	setrlimit(RLIMIT_FSIZE, &rl);
	if (write_until_error(o, 200ull * BLOCK, waits ? 10000 : 100000) != -EFBIG)
		return 1;
	skw_out_end(o, -1);
	uint64_t lost = skw_out_records_lost(o);
	if (skw_out_close(o, -1) != -EFBIG)
		return 2;
	if (records_size(fd) > 200000 || records_size(fd) < 100000)
		return 3;
	lseek(fd, 0, SEEK_SET);
	if (skw_input_open_fd(fd, "x", &in, &err))
		return 4;
	FILE *f = skw_byte_stream_file(in);
	/*
	 * The stream is cut at a flush, so there are only complete records, and the end is missing.
	 */
	long n = records_check_stream(f, 0, &rest);
	return n > 100 && !rest && ferror(f) && lost == accepted - (uint64_t)n ? 0 : 5;
}

static void a_compressed_file_that_can_not_grow_ends_with_a_flush(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		enum skw_compression kind = i < 2 ? SKW_COMPRESSION_GZIP : SKW_COMPRESSION_ZSTD;
		const struct skw_out_options opt = { .compression = kind, .notify_fd = -1 };
		struct skw_out *o;

		if (skw_out_new(&opt, &o) == -ENOTSUP)
			continue; /* this build has no support for it */
		skw_out_close(o, -1);
		waits = i % 2;
		assert_int_equal(in_child(compress_to_limit, &kind), 0);
		waits = false;
	}
}

static void a_descriptor_that_is_none_is_told(void **state)
{
	const struct skw_out_options opt = { .notify_fd = -1 };
	struct skw_out *o;

	(void)state;
	assert_int_equal(skw_out_new(&opt, &o), 0);
	assert_int_equal(skw_out_open(o, -1), -EBADF);
	assert_int_equal(skw_out_open(o, records_tmpfile()), 0);
	assert_int_equal(skw_out_switch(o, -1), -EBADF);
	assert_int_equal(records_write(o, 0), 0);
	assert_int_equal(skw_out_close(o, -1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_can_not_grow_ends_with_a_whole_record),
		cmocka_unit_test(a_full_disk_holds_all_records_that_fit),
		cmocka_unit_test(a_full_device_is_an_error),
		cmocka_unit_test(a_pipe_without_reader_is_an_error_and_no_signal),
		cmocka_unit_test(a_pipe_that_nobody_empties_is_given_up),
		cmocka_unit_test(a_compressed_file_that_can_not_grow_ends_with_a_flush),
		cmocka_unit_test(a_descriptor_that_is_none_is_told),
	};

	return cmocka_run_group_tests_name("out_errors", tests, NULL, NULL);
}
