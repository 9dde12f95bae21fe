// SPDX-License-Identifier: BSD-2-Clause
/*
 * A key log as a source, beside a source of packets: each secret comes before the packets that wait
 * for it. Sessions run through the loop and a keeper, which opens the file.
 */
#include "keylog/keylog.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop/loop.h"
#include "model/raw_block.h"
#include "util/cleanup.h"

#define DEADLINE_S 60 /* kills a test that hangs; no test waits for it */
#define ID         "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SECRET     "CLIENT_RANDOM " ID " " ID "\n"

/* The order in which secrets (S) and packets (P) reached the sink, in memory of both processes. */
static char *told;
static char name[64];

/* A packet whose time is that of the first look, so the secret is younger than the packet. */
struct source {
	const char *later; /* is put into the key log in the first round */
	int fd;
	bool pressed;
	struct skw_loop *loop;
	uint64_t ts_ns;
	unsigned rounds;
	bool taken;
};

static int source_begin(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	(void)err;
	((struct source *)ctx)->loop = loop;
	return 0;
}

static int source_look(void *ctx, uint64_t now_ns, struct skw_error *err)
{
	struct source *s = ctx;

	(void)err;
	if (!s->ts_ns)
		s->ts_ns = now_ns;
	return 0;
}

static bool source_peek(void *ctx, uint64_t *ts_ns)
{
	const struct source *s = ctx;

	*ts_ns = s->taken ? UINT64_MAX : s->ts_ns;
	return !s->taken;
}

static int source_take(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	struct source *s = ctx;
	struct skw_packet p = { .ts_ns = s->ts_ns };

	if (s->ts_ns > until_ns)
		return 0;
	s->taken = true;
	int ret = skw_loop_packets(s->loop, &p, 1, err);
	return ret < 0 ? ret : 0;
}

static int source_step(void *ctx, struct skw_error *err)
{
	struct source *s = ctx;

	(void)err;
	if (s->rounds++ == 0 && s->later &&
	    write(s->fd, s->later, strlen(s->later)) != (ssize_t)strlen(s->later))
		_exit(9);
	if (s->taken)
		skw_loop_stop(s->loop);
	return 1;
}

static const struct skw_source_ops source_ops = { .begin = source_begin,
						  .look = source_look,
						  .peek = source_peek,
						  .take = source_take,
						  .step = source_step };

static bool is_pressed(void *ctx)
{
	return ((const struct source *)ctx)->pressed;
}

static int sink_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	(void)ctx, (void)run, (void)wait, (void)err;
	for (size_t i = 0; i < n; i++)
		strcat(told, "P");
	return (int)n;
}

static int sink_block(void *ctx, const struct skw_raw_block *block, bool wait,
		      struct skw_error *err)
{
	(void)ctx, (void)wait, (void)err;
	strcat(told, block->added ? "S" : "?");
	return 1;
}

static const struct skw_sink_ops sink_ops = { .packets = sink_packets, .block = sink_block };

static _Noreturn void run_here(struct source *s, bool grows)
{
	const struct skw_keylog_plan plan = {
		.name = name, .grows = grows, .is_pressed = is_pressed, .ctx = s
	};
	struct skw_error err = { 0 };
	struct skw_keylog *k;

	alarm(DEADLINE_S);
	if (skw_keylog_new(&plan, &k))
		_exit(9);
	const struct skw_source sources[] = { skw_keylog_source(k), { &source_ops, s } };
	const struct skw_sink sink = { &sink_ops, NULL };
	const struct skw_loop_plan loop = { .sources = sources, .sources_len = 2, .sink = &sink };
	int ret = skw_loop_run(&loop, &err);

	skw_keylog_free(k);
	_exit(ret ? 1 : 0);
}

/* `now` is in the file at the start, and `later` comes with the first round. NULL: no file. */
static const char *order(const char *now, struct source s, bool grows)
{
	int status;

	told[0] = 0;
	unlink(name);
	if (now) {
		s.fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		assert_true(s.fd >= 0);
		assert_int_equal(write(s.fd, now, strlen(now)), strlen(now));
	}
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		run_here(&s, grows);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	if (now)
		close(s.fd);
	return told;
}

static void a_secret_that_is_younger_than_its_packet_comes_before_it(void **state)
{
	(void)state;
	assert_string_equal(order("", (struct source){ .later = SECRET }, true), "SP");
}

static void a_line_is_put_together_before_it_comes(void **state)
{
	(void)state;
	assert_string_equal(order("CLIENT_RANDOM ", (struct source){ .later = ID " ab\n" }, true),
			    "SP");
	assert_string_equal(order("", (struct source){ .later = "CLIENT_RANDOM " ID " ab" }, true),
			    "P");
}

static void packets_without_room_are_not_held_back(void **state)
{
	(void)state;
	assert_string_equal(order("", (struct source){ .later = SECRET, .pressed = true }, true),
			    "PS");
}

static void without_a_file_packets_come(void **state)
{
	(void)state;
	assert_string_equal(order(NULL, (struct source){ 0 }, true), "P");
}

static void a_file_that_does_not_grow_is_read_before_all_packets(void **state)
{
	(void)state;
	assert_string_equal(order(SECRET, (struct source){ .later = SECRET }, false), "SP");
}

static int make(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	told = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(name, sizeof(name), "%.40s/skw-keylog-XXXXXX", tmp ? tmp : "/tmp");
	int fd = mkstemp(name);
	if (fd >= 0)
		close(fd);
	return told == MAP_FAILED || fd < 0;
}

static int clean(void **state)
{
	(void)state;
	unlink(name);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_that_is_younger_than_its_packet_comes_before_it),
		cmocka_unit_test(a_line_is_put_together_before_it_comes),
		cmocka_unit_test(packets_without_room_are_not_held_back),
		cmocka_unit_test(without_a_file_packets_come),
		cmocka_unit_test(a_file_that_does_not_grow_is_read_before_all_packets),
	};

	return cmocka_run_group_tests_name("keylog_order", tests, make, clean);
}
