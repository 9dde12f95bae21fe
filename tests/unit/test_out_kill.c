// SPDX-License-Identifier: BSD-2-Clause
/* When a recorder is killed, its files can be read up to their last flush. */
#include "config.h"

#include "out/out.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "out/input.h"
#include "records.h"

/* Numbers of records between two flushes, from a few bytes to several blocks. */
static const unsigned per_flush[] = { 1, 10, 300, 5000 };

/* Writes forever and tells how many records were flushed. */
static void record(int fd, enum skw_compression kind, unsigned n, int told)
{
	struct skw_out *o = records_open(fd, kind, true);
	uint32_t count = 0;

	for (;;) {
		for (unsigned i = 0; i < n; i++)
			if (records_write(o, count++))
				_exit(1);
		if (skw_out_wait(o) || write(told, &count, sizeof(count)) != sizeof(count))
			_exit(1);
	}
}

static void kill_a_recorder(enum skw_compression kind, unsigned n, unsigned flushes)
{
	int fd = records_tmpfile(), fds[2];
	uint32_t told = 0;
	size_t rest = 0;
	struct skw_byte_stream *in;

	assert_int_equal(pipe(fds), 0);
	pid_t pid = fork();
	if (!pid) {
		close(fds[0]);
		record(dup(fd), kind, n, fds[1]);
	}
	close(fds[1]);
	for (unsigned i = 0; i < flushes; i++)
		assert_int_equal(read(fds[0], &told, sizeof(told)), sizeof(told));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(fds[0]);

	lseek(fd, 0, SEEK_SET);
	/* Both processes share the open file, and the killed one may have left O_DIRECT set. */
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_DIRECT);
	assert_int_equal(skw_input_open_fd(fd, "x", &in, NULL), 0);
	FILE *f = skw_byte_stream_file(in);
	/* Every byte that can be read is right, and all records that were reported are there. */
	long count = records_check_stream(f, 0, &rest);
	assert_in_range(count, told, UINT32_MAX);
	fclose(f);
}

static void kill_recorders(enum skw_compression kind)
{
	const struct skw_out_options opt = { .compression = kind, .notify_fd = -1 };
	struct skw_out *o;

	if (skw_out_new(&opt, &o) == -ENOTSUP)
		skip(); /* this build has no support for it */
	skw_out_close(o, -1);
	for (size_t i = 0; i < sizeof(per_flush) / sizeof(per_flush[0]); i++)
		kill_a_recorder(kind, per_flush[i], 5);
}

static void a_killed_file_is_readable_to_its_last_flush(void **state)
{
	(void)state;
	kill_recorders(SKW_COMPRESSION_NONE);
}

static void a_killed_gzip_file_is_readable_to_its_last_flush(void **state)
{
	(void)state;
	kill_recorders(SKW_COMPRESSION_GZIP);
}

static void a_killed_zstd_file_is_readable_to_its_last_flush(void **state)
{
	(void)state;
	kill_recorders(SKW_COMPRESSION_ZSTD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_file_is_readable_to_its_last_flush),
		cmocka_unit_test(a_killed_gzip_file_is_readable_to_its_last_flush),
		cmocka_unit_test(a_killed_zstd_file_is_readable_to_its_last_flush),
	};

	return cmocka_run_group_tests_name("out_kill", tests, NULL, NULL);
}
