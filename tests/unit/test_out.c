// SPDX-License-Identifier: BSD-2-Clause
/* Written bytes arrive in files, in pipes, and in several files one after the other. */
#include "config.h"

#include "out/out.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "out/writer.h"
#include "records.h"

#define BLOCK SKW_OUT_BLOCK_BYTES

static void expect(int fd, uint32_t first, long count)
{
	size_t rest = 1;

	assert_int_equal(records_check(fd, first, &rest), count);
	assert_int_equal(rest, 0);
}

static void a_file_is_byte_for_byte_what_was_written(void **state)
{
	(void)state;
	for (int direct = 0; direct < 2; direct++) {
		int fd = records_tmpfile();
		struct skw_out *o = records_open(dup(fd), SKW_COMPRESSION_NONE, direct);
		uint32_t n = 0;

		assert_non_null(o);
		while (skw_out_bytes(o) < 9ull * BLOCK)
			assert_int_equal(records_write(o, n++), 0);
		uint64_t bytes = skw_out_bytes(o);
		assert_int_equal(skw_out_close(o, -1), 0);
		assert_int_equal(records_size(fd), bytes);
		expect(fd, 0, n);
		/* Space that was allocated in advance is given back. */
		struct stat st;
		fstat(fd, &st);
		assert_true((uint64_t)st.st_blocks * 512 < bytes + (1 << 20));
		close(fd);
	}
}

static void a_write_larger_than_all_blocks_arrives(void **state)
{
	size_t n = 5ull * BLOCK + 12345;
	uint8_t *bytes = malloc(n), *back = malloc(n);
	int fd = records_tmpfile();
	struct skw_out *o = records_open(dup(fd), SKW_COMPRESSION_NONE, true);

	(void)state;
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)(i * 2654435761u >> 13);
	assert_int_equal(skw_out_write(o, bytes, n), 0);
	assert_int_equal(skw_out_bytes(o), n);
	assert_int_equal(skw_out_close(o, -1), 0);
	assert_int_equal(records_size(fd), n);
	assert_int_equal(pread(fd, back, n, 0), n);
	assert_memory_equal(bytes, back, n);
	free(bytes);
	free(back);
	close(fd);
}

/* The flushes are between full blocks and within blocks. */
static void a_flush_makes_the_file_readable_so_far(void **state)
{
	int fd = records_tmpfile();
	struct skw_out *o = records_open(dup(fd), SKW_COMPRESSION_NONE, true);
	uint32_t n = 0;

	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		uint64_t until = skw_out_bytes(o) + round * round * 1000;

		do
			assert_int_equal(records_write(o, n++), 0);
		while (skw_out_bytes(o) < until);
		assert_int_equal(skw_out_wait(o), 0);
		assert_int_equal(records_size(fd), skw_out_bytes(o));
		if (round % 10 == 0)
			expect(fd, 0, n);
	}
	assert_true(skw_out_bytes(o) > 10ull * BLOCK);
	assert_int_equal(skw_out_close(o, -1), 0);
	expect(fd, 0, n);
	close(fd);
}

static void flushing_after_each_record_loses_nothing(void **state)
{
	int fd = records_tmpfile();
	struct skw_out *o = records_open(dup(fd), SKW_COMPRESSION_NONE, true);

	(void)state;
	for (uint32_t n = 0; n < 5000; n++) {
		assert_int_equal(records_write(o, n), 0);
		assert_int_equal(skw_out_flush(o), 0);
	}
	assert_int_equal(skw_out_close(o, -1), 0);
	expect(fd, 0, 5000);
	close(fd);
}

static size_t touched(const struct skw_out_writer *w)
{
	size_t pages = w->map_size / 4096, n = 0;
	unsigned char *vec = malloc(pages);

	assert_int_equal(mincore(w->map, w->map_size, vec), 0);
	for (size_t i = 0; i < pages; i++)
		n += vec[i] & 1;
	free(vec);
	return n * 4096;
}

static void a_quiet_capture_touches_little_memory(void **state)
{
	int fd = records_tmpfile();
	struct skw_out *o = records_open(dup(fd), SKW_COMPRESSION_NONE, true);
	uint32_t n = 0;

	(void)state;
	while (skw_out_bytes(o) < 5ull * BLOCK) {
		for (unsigned i = 0; i < 40; i++)
			assert_int_equal(records_write(o, n++), 0);
		assert_int_equal(skw_out_wait(o), 0);
	}
	assert_in_range(touched(o->writer), 1, 1 << 20);
	assert_int_equal(skw_out_close(o, -1), 0);
	expect(fd, 0, n);
	close(fd);
}

/* Files of all sizes, from empty to several blocks, switched without a pause. */
static void switching_files_loses_nothing(void **state)
{
	enum { FILES = 40 };
	static const struct skw_out_options opt = { .direct = true };
	struct skw_out_options how = opt;
	uint32_t first[FILES + 1] = { 0 };
	struct skw_out *o;
	int fds[FILES];
	uint64_t events;

	(void)state;
	how.notify_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	assert_int_equal(skw_out_new(&how, &o), 0);
	for (unsigned i = 0; i < FILES; i++) {
		uint32_t n = first[i];

		fds[i] = records_tmpfile();
		int fd = dup(fds[i]);
		assert_int_equal(i ? skw_out_switch(o, fd) : skw_out_open(o, fd), 0);
		assert_int_equal(skw_out_bytes(o), 0);
		for (uint32_t k = 0; k < i * i; k++)
			assert_int_equal(records_write(o, n++), 0);
		if (i % 3 == 0)
			assert_int_equal(skw_out_flush(o), 0);
		first[i + 1] = n;
	}
	/* All files except the current one get closed, and the caller is told so. */
	while (skw_out_files_closed(o) < FILES - 1) {
		struct pollfd p = { .fd = how.notify_fd, .events = POLLIN };

		assert_int_equal(poll(&p, 1, 30000), 1);
		assert_int_equal(read(how.notify_fd, &events, sizeof(events)), sizeof(events));
	}
	assert_int_equal(skw_out_close(o, -1), 0);
	for (unsigned i = 0; i < FILES; i++) {
		expect(fds[i], first[i], first[i + 1] - first[i]);
		close(fds[i]);
	}
	close(how.notify_fd);
}

struct drain {
	int fd;
	long records;
	size_t rest;
};

static void *drain(void *arg)
{
	struct drain *d = arg;
	FILE *f = fdopen(d->fd, "r");

	d->records = records_check_stream(f, 0, &d->rest);
	fclose(f);
	return NULL;
}

static void a_pipe_gets_all(void **state)
{
	struct drain d;
	pthread_t thread;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	d.fd = fds[0];
	pthread_create(&thread, NULL, drain, &d);
	struct skw_out *o = records_open(fds[1], SKW_COMPRESSION_NONE, true);
	for (uint32_t n = 0; n < 10000; n++) {
		assert_int_equal(records_write(o, n), 0);
		if (n % 1000 == 0)
			assert_int_equal(skw_out_flush(o), 0);
	}
	assert_int_equal(skw_out_close(o, -1), 0);
	pthread_join(thread, NULL);
	assert_int_equal(d.records, 10000);
	assert_int_equal(d.rest, 0);
}

static void a_non_blocking_pipe_gets_all(void **state)
{
	struct drain d;
	pthread_t thread;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	fcntl(fds[0], F_SETFL, 0);
	d.fd = fds[0];
	struct skw_out *o = records_open(fds[1], SKW_COMPRESSION_NONE, true);
	for (uint32_t n = 0; n < 1000; n++)
		assert_int_equal(records_write(o, n), 0);
	assert_int_equal(skw_out_flush(o), 0);
	pthread_create(&thread, NULL, drain, &d);
	assert_int_equal(skw_out_close(o, -1), 0);
	pthread_join(thread, NULL);
	assert_int_equal(d.records, 1000);
}

/*
 * A ring with a single file: all descriptors belong to this file, whether it has been written or
 * not.
 */
static void a_file_is_emptied_when_its_turn_comes(void **state)
{
	int fd = records_tmpfile();
	uint32_t n = 0;

	(void)state;
	assert_int_equal(write(fd, "older", 5), 5);
	struct skw_out *o = records_open(records_same(fd), SKW_COMPRESSION_NONE, true);
	for (unsigned file = 0; file < 30; file++) {
		for (unsigned i = 0; i < 1000 - 30 * file; i++)
			assert_int_equal(records_write(o, n++), 0);
		assert_int_equal(skw_out_switch(o, records_same(fd)), 0);
	}
	for (unsigned i = 0; i < 7; i++)
		assert_int_equal(records_write(o, n + i), 0);
	assert_int_equal(skw_out_close(o, -1), 0);
	expect(fd, n, 7);
	close(fd);
}

/* Standard output that a shell has opened: other programs write before and after. */
static void a_shared_descriptor_stays_open_and_in_place(void **state)
{
	const struct skw_out_options opt = { .direct = true, .shared = true, .notify_fd = -1 };
	int fd = records_tmpfile();
	uint8_t first[RECORD_MAX];
	struct skw_out *o;

	(void)state;
	uint32_t len = records_make(0, first);
	assert_int_equal(write(fd, first, len), len);
	assert_int_equal(skw_out_new(&opt, &o), 0);
	assert_int_equal(skw_out_open(o, fd), 0);
	for (uint32_t n = 1; n < 5000; n++)
		assert_int_equal(records_write(o, n), 0);
	assert_int_equal(skw_out_close(o, -1), 0);
	len = records_make(5000, first);
	assert_int_equal(write(fd, first, len), len);
	assert_false(fcntl(fd, F_GETFL) & O_DIRECT);
	expect(fd, 0, 5001);
	close(fd);
}

static void the_thread_leaves_signals_to_others(void **state)
{
	int fd = records_tmpfile();
	struct skw_out *o = records_open(fd, SKW_COMPRESSION_NONE, true);
	sigset_t set, old;
	struct timespec now = { 0, 0 };

	(void)state;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, &old);
	/* If the thread did not block the signal, it would end the process. */
	kill(getpid(), SIGUSR1);
	assert_int_equal(skw_out_wait(o), 0);
	assert_int_equal(sigtimedwait(&set, NULL, &now), SIGUSR1);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	assert_int_equal(skw_out_close(o, -1), 0);
}

static void without_a_file_nothing_is_accepted(void **state)
{
	const struct skw_out_options opt = { .notify_fd = -1 };
	struct skw_out *o;

	(void)state;
	assert_int_equal(skw_out_new(&opt, &o), 0);
	assert_int_equal(skw_out_write(o, "x", 1), -EBADF);
	assert_int_equal(skw_out_flush(o), -EBADF);
	assert_int_equal(skw_out_switch(o, records_tmpfile()), -EBADF);
	assert_int_equal(skw_out_close(o, -1), 0);
	assert_int_equal(skw_out_close(NULL, -1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_byte_for_byte_what_was_written),
		cmocka_unit_test(a_write_larger_than_all_blocks_arrives),
		cmocka_unit_test(a_flush_makes_the_file_readable_so_far),
		cmocka_unit_test(flushing_after_each_record_loses_nothing),
		cmocka_unit_test(a_quiet_capture_touches_little_memory),
		cmocka_unit_test(switching_files_loses_nothing),
		cmocka_unit_test(a_pipe_gets_all),
		cmocka_unit_test(a_non_blocking_pipe_gets_all),
		cmocka_unit_test(a_file_is_emptied_when_its_turn_comes),
		cmocka_unit_test(a_shared_descriptor_stays_open_and_in_place),
		cmocka_unit_test(the_thread_leaves_signals_to_others),
		cmocka_unit_test(without_a_file_nothing_is_accepted),
	};

	return cmocka_run_group_tests_name("out", tests, NULL, NULL);
}
