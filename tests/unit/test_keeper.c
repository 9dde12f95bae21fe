// SPDX-License-Identifier: BSD-2-Clause
/* The keeper and its worker, and the messages between them. None of the tests needs privileges. */
#include "keeper/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeper/wire.h"
#include "util/cleanup.h"

#define DEADLINE_S 300 /* ends a test that hangs; no test waits for it */

/* ---- the verbs ---- */
enum { REVERSE, FAIL, FILES, OPEN_FDS, WHOAMI, TOO_MUCH, REQUEST_LEN };

static int serve_reverse(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	const uint8_t *bytes = request;
	const uint8_t * xor = ctx;

	if (len > sizeof(reply->payload))
		return -EMSGSIZE;
	for (size_t i = 0; i < len; i++)
		reply->payload[i] = bytes[len - 1 - i] ^ *xor;
	reply->len = len;
	return 0;
}

static int serve_fail(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	struct skw_error err = { 0 };

	(void)ctx;
	(void)request;
	(void)len;
	skw_error_set(&err, -ENOSPC, "out.pcap: the disk is full");
	reply->fds[reply->n_fds++] = open("/dev/null", O_RDONLY);
	return skw_keeper_reply_error(reply, -ENOSPC, &err);
}

/* Returns as many files as the first byte of the request says. Each file contains its number. */
static int serve_files(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	(void)ctx;
	if (len != 1 || *(const uint8_t *)request > SKW_KEEPER_FDS_MAX)
		return -EINVAL;
	for (uint8_t i = 0; i < *(const uint8_t *)request; i++) {
		int fd = memfd_create("reply", 0);

		if (fd < 0 || write(fd, &i, 1) != 1)
			return -errno;
		reply->fds[reply->n_fds++] = fd;
	}
	return 0;
}

static size_t open_fds(void)
{
	size_t n = 0;

	for (int fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static int serve_open_fds(void *ctx, const void *request, size_t len,
			  struct skw_keeper_reply *reply)
{
	size_t n = open_fds();

	(void)ctx;
	(void)request;
	(void)len;
	memcpy(reply->payload, &n, sizeof(n));
	reply->len = sizeof(n);
	return 0;
}

static int serve_whoami(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	SKW_AUTO_FD int fd = open("/proc/self/comm", O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, reply->payload, sizeof(reply->payload));

	(void)ctx;
	(void)request;
	(void)len;
	reply->len = n > 0 ? (size_t)n : 0;
	return 0;
}

static int serve_too_much(void *ctx, const void *request, size_t len,
			  struct skw_keeper_reply *reply)
{
	(void)ctx;
	(void)request;
	(void)len;
	reply->len = sizeof(reply->payload) + 1;
	return 0;
}

static int serve_request_len(void *ctx, const void *request, size_t len,
			     struct skw_keeper_reply *reply)
{
	(void)ctx;
	if (len && ((const uint8_t *)request)[len - 1] != 0xa5)
		return -EBADMSG;
	memcpy(reply->payload, &len, sizeof(len));
	reply->len = sizeof(len);
	return 0;
}

static const struct skw_keeper_verb verbs[] = {
	[REVERSE] = { "reverse", serve_reverse },     [FAIL] = { "fail", serve_fail },
	[FILES] = { "files", serve_files },           [OPEN_FDS] = { "open fds", serve_open_fds },
	[WHOAMI] = { "whoami", serve_whoami },        [TOO_MUCH] = { "too much", serve_too_much },
	[REQUEST_LEN] = { "len", serve_request_len },
};
static uint8_t xor = 0x20;

static int last_words_fd = -1;

static void say_last_words(void *ctx)
{
	(void)ctx;
	if (write(last_words_fd, "!", 1) != 1)
		_exit(9);
}

static int split_with(const int *keep, size_t n_keep, struct skw_keeper **out)
{
	/* The keeper's copy is made by the fork, before this returns. */
	static struct skw_keeper_table table;
	static struct skw_keeper_table *const tables[] = { &table };

	table = (struct skw_keeper_table){ .verbs = verbs,
					   .n_verbs = SKW_ARRAY_SIZE(verbs),
					   .ctx = &xor,
					   .keep_fds = keep,
					   .n_keep = n_keep,
					   .orphaned = last_words_fd >= 0 ? say_last_words : NULL };
	return skw_keeper_split(tables, 1, out);
}

static struct skw_keeper *split(void)
{
	struct skw_keeper *k = NULL;

	alarm(DEADLINE_S);
	assert_int_equal(split_with(NULL, 0, &k), 0);
	assert_non_null(k);
	return k;
}

/* ---- calls ---- */

static void call_returns_what_the_verb_answers(void **state)
{
	struct skw_keeper *k = split();
	char reply[16];

	(void)state;
	for (int i = 0; i < 3; i++) {
		size_t len = sizeof(reply);

		assert_int_equal(skw_keeper_call(k, REVERSE, "abcd", 4, reply, &len, NULL, NULL),
				 0);
		assert_int_equal(len, 4);
		assert_memory_equal(reply, "DCBA", 4);
	}
	assert_int_equal(skw_keeper_finish(k), 0);
}

static void keeper_is_another_process_with_a_name(void **state)
{
	struct skw_keeper *k = split();
	char reply[32];
	size_t len = sizeof(reply);

	(void)state;
	assert_int_not_equal(skw_keeper_pid(k), getpid());
	assert_int_equal(skw_keeper_call(k, WHOAMI, NULL, 0, reply, &len, NULL, NULL), 0);
	assert_int_equal(len, strlen("skwatch: keeper\n"));
	assert_memory_equal(reply, "skwatch: keeper\n", len);
	assert_int_equal(skw_keeper_finish(k), 0);
}

static void failure_brings_errno_and_text_and_no_descriptor(void **state)
{
	size_t before = open_fds();
	struct skw_keeper *k = split();
	char reply[64];
	size_t len = sizeof(reply), n_fds = 4, in_keeper[2];
	int fds[4];

	(void)state;
	size_t got = sizeof(in_keeper[0]);
	skw_keeper_call(k, OPEN_FDS, NULL, 0, &in_keeper[0], &got, NULL, NULL);
	assert_int_equal(skw_keeper_call(k, FAIL, NULL, 0, reply, &len, fds, &n_fds), -ENOSPC);
	assert_int_equal(len, strlen("out.pcap: the disk is full"));
	assert_memory_equal(reply, "out.pcap: the disk is full", len);
	assert_int_equal(n_fds, 0);
	skw_keeper_call(k, OPEN_FDS, NULL, 0, &in_keeper[1], &got, NULL, NULL);
	assert_int_equal(in_keeper[0], in_keeper[1]);
	assert_int_equal(skw_keeper_finish(k), 0);
	assert_int_equal(open_fds(), before);
}

static void largest_payloads_pass_and_larger_ones_are_refused(void **state)
{
	static uint8_t request[SKW_KEEPER_REQUEST_MAX + 1];
	static uint8_t reply[SKW_KEEPER_REPLY_MAX];
	struct skw_keeper *k = split();
	size_t len, n;

	(void)state;
	memset(request, 0xa5, sizeof(request));
	len = sizeof(n);
	assert_int_equal(skw_keeper_call(k, REQUEST_LEN, request, SKW_KEEPER_REQUEST_MAX, &n, &len,
					 NULL, NULL),
			 0);
	assert_int_equal(n, SKW_KEEPER_REQUEST_MAX);
	assert_int_equal(skw_keeper_call(k, REQUEST_LEN, request, SKW_KEEPER_REQUEST_MAX + 1, &n,
					 &len, NULL, NULL),
			 -EMSGSIZE);

	len = sizeof(reply);
	assert_int_equal(
		skw_keeper_call(k, REVERSE, request, sizeof(reply), reply, &len, NULL, NULL), 0);
	assert_int_equal(len, SKW_KEEPER_REPLY_MAX);
	assert_int_equal(reply[SKW_KEEPER_REPLY_MAX - 1], 0xa5 ^ 0x20);

	/* An answer that does not fit is refused completely, and the next call works. */
	len = 8;
	reply[0] = 1;
	assert_int_equal(skw_keeper_call(k, REVERSE, request, 9, reply, &len, NULL, NULL),
			 -EMSGSIZE);
	len = 8;
	assert_int_equal(skw_keeper_call(k, REVERSE, "x", 1, reply, &len, NULL, NULL), 0);
	assert_int_equal(len, 1);
	assert_int_equal(reply[0], 'X');
	len = sizeof(reply);
	assert_int_equal(skw_keeper_call(k, TOO_MUCH, NULL, 0, reply, &len, NULL, NULL), -EMSGSIZE);
	assert_int_equal(skw_keeper_finish(k), 0);
}

static void descriptors_arrive_and_none_is_left_behind(void **state)
{
	struct skw_keeper *k = split();
	size_t before = open_fds(), keeper_before, keeper_after;
	size_t len = sizeof(keeper_before);
	uint8_t want = SKW_KEEPER_FDS_MAX;
	size_t n = SKW_KEEPER_FDS_MAX;
	int fds[SKW_KEEPER_FDS_MAX];

	(void)state;
	skw_keeper_call(k, OPEN_FDS, NULL, 0, &keeper_before, &len, NULL, NULL);
	assert_int_equal(skw_keeper_call(k, FILES, &want, 1, NULL, NULL, fds, &n), 0);
	assert_int_equal(n, SKW_KEEPER_FDS_MAX);
	for (size_t i = 0; i < n; i++) {
		uint8_t number;

		assert_int_equal(pread(fds[i], &number, 1, 0), 1);
		assert_int_equal(number, i);
		assert_true(fcntl(fds[i], F_GETFD) & FD_CLOEXEC);
		close(fds[i]);
	}
	/* More files than the caller has room for are refused and closed. */
	n = 1;
	assert_int_equal(skw_keeper_call(k, FILES, &want, 1, NULL, NULL, fds, &n), -EMSGSIZE);
	assert_int_equal(skw_keeper_call(k, FILES, &want, 1, NULL, NULL, NULL, NULL), -EMSGSIZE);
	assert_int_equal(open_fds(), before);
	skw_keeper_call(k, OPEN_FDS, NULL, 0, &keeper_after, &len, NULL, NULL);
	assert_int_equal(keeper_before, keeper_after);
	assert_int_equal(skw_keeper_finish(k), 0);
}

static void keeper_holds_only_what_it_is_told_to_keep(void **state)
{
	struct skw_keeper *k = NULL, *all = NULL;
	int fds[8];
	size_t few, more, len = sizeof(few);

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fds); i++)
		fds[i] = open("/dev/null", O_RDONLY);
	all = split();
	const int keep[] = { fds[5], fds[1], fds[2] };
	assert_int_equal(split_with(keep, 3, &k), 0);
	assert_int_equal(skw_keeper_call(all, OPEN_FDS, NULL, 0, &few, &len, NULL, NULL), 0);
	assert_int_equal(skw_keeper_call(k, OPEN_FDS, NULL, 0, &more, &len, NULL, NULL), 0);
	assert_int_equal(few, 3 + 3); /* 0, 1, 2, socket, signals, worker */
	assert_int_equal(more, few + 3);
	assert_int_equal(skw_keeper_finish(k), 0);
	assert_int_equal(skw_keeper_finish(all), 0);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(fds); i++)
		close(fds[i]);
}

/* ---- ends ---- */

static int pidfd_open_(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

static void dead_keeper_shows_at_once_and_calls_fail(void **state)
{
	struct skw_keeper *k = split();
	struct pollfd p = { skw_keeper_fd(k), POLLIN, 0 };
	char reply[4];
	size_t len = sizeof(reply);

	(void)state;
	assert_int_equal(poll(&p, 1, 0), 0);
	kill(skw_keeper_pid(k), SIGKILL);
	assert_int_equal(poll(&p, 1, -1), 1);
	assert_int_equal(skw_keeper_call(k, REVERSE, "a", 1, reply, &len, NULL, NULL), -EPIPE);
	assert_int_equal(skw_keeper_start(k, REVERSE, "a", 1), -EPIPE);
	assert_int_equal(skw_keeper_finish(k), -EPIPE);
}

/*
 * Kills a worker that had no chance to end in order. With `hold`, another process keeps the
 * worker's end of the socket open, so that the keeper sees no end of stream.
 */
static void kill_worker(bool hold)
{
	int report[2], alive[2];
	pid_t pids[2] = { 0, 0 };

	alarm(DEADLINE_S);
	assert_int_equal(pipe(report), 0);
	assert_int_equal(pipe(alive), 0);
	pid_t worker = fork();
	if (!worker) {
		struct skw_keeper *k = NULL;

		if (split_with(&last_words_fd, last_words_fd >= 0, &k))
			_exit(1);
		pids[0] = skw_keeper_pid(k);
		/* A call is served, so the keeper has completed its set-up. */
		if (skw_keeper_call(k, REVERSE, NULL, 0, NULL, NULL, NULL, NULL))
			_exit(1);
		if (hold && !(pids[1] = fork())) {
			close(alive[1]);
			char c;
			ssize_t n = read(alive[0], &c, 1);
			_exit(n != 0);
		}
		close(alive[1]);
		if (write(report[1], pids, sizeof(pids)) != sizeof(pids))
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(report[0], pids, sizeof(pids)), sizeof(pids));
	struct pollfd p = { pidfd_open_(pids[0]), POLLIN, 0 };
	assert_true(p.fd >= 0);
	kill(worker, SIGKILL);
	assert_int_equal(waitpid(worker, NULL, 0), worker);
	assert_int_equal(poll(&p, 1, -1), 1);
	close(p.fd);
	close(alive[0]);
	close(alive[1]);
	close(report[0]);
	close(report[1]);
}

static void keeper_ends_with_its_worker(void **state)
{
	(void)state;
	kill_worker(false);
}

static void keeper_ends_with_its_worker_even_if_the_socket_stays(void **state)
{
	(void)state;
	kill_worker(true);
}

static void keeper_does_what_is_left_when_its_worker_is_killed(void **state)
{
	(void)state;
	for (int hold = 0; hold < 2; hold++) {
		char said[2] = "";
		int words[2];

		assert_int_equal(pipe(words), 0);
		last_words_fd = words[1];
		kill_worker(hold);
		last_words_fd = -1;
		close(words[1]);
		assert_int_equal(read(words[0], said, 2), 1); /* exactly one word */
		assert_int_equal(read(words[0], said, 2), 0);
		close(words[0]);
	}
}

static void keeper_ends_when_abandoned(void **state)
{
	struct skw_keeper *k = split();

	(void)state;
	skw_keeper_abandon(k); /* returns after the keeper has been reaped */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	skw_keeper_abandon(NULL);
	assert_int_equal(skw_keeper_finish(NULL), 0);
}

static void signals_of_the_terminal_do_not_end_the_keeper(void **state)
{
	static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1 };
	struct skw_keeper *k = split();
	char reply[4];

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(signals); i++) {
		size_t len = sizeof(reply);

		/* Only the first call may arrive before the keeper has completed its set-up. */
		assert_int_equal(skw_keeper_call(k, REVERSE, "a", 1, reply, &len, NULL, NULL), 0);
		kill(skw_keeper_pid(k), signals[i]);
		len = sizeof(reply);
		assert_int_equal(skw_keeper_call(k, REVERSE, "a", 1, reply, &len, NULL, NULL), 0);
	}
	assert_int_equal(skw_keeper_finish(k), 0);
}

static void worker_that_breaks_the_protocol_gets_nowhere(void **state)
{
	struct skw_keeper *k = split();
	int fd = skw_keeper_fd(k);
	struct skw_wire_header h = { .seq = 7, .verb = SKW_ARRAY_SIZE(verbs) }, answer;
	static uint8_t huge[SKW_KEEPER_REQUEST_MAX + 1];
	size_t len = 0, held[2], got = sizeof(held[0]);
	int pass[] = { fd, fd };

	(void)state;
	assert_int_equal(skw_wire_send(fd, &h, NULL, 0, NULL, 0), 0);
	assert_int_equal(skw_wire_receive(fd, &answer, NULL, &len, NULL, NULL), 0);
	assert_int_equal(answer.seq, 7);
	assert_int_equal(answer.error, -ENOSYS);

	h.verb = REVERSE;
	assert_int_equal(skw_wire_send(fd, &h, huge, sizeof(huge), NULL, 0), 0);
	assert_int_equal(skw_wire_receive(fd, &answer, NULL, &len, NULL, NULL), 0);
	assert_int_equal(answer.error, -EMSGSIZE);

	/* If the worker sends descriptors, the keeper must not keep them. */
	skw_keeper_call(k, OPEN_FDS, NULL, 0, &held[0], &got, NULL, NULL);
	assert_int_equal(skw_wire_send(fd, &h, NULL, 0, pass, 2), 0);
	assert_int_equal(skw_wire_receive(fd, &answer, NULL, &len, NULL, NULL), 0);
	assert_int_equal(answer.error, -EMSGSIZE);
	skw_keeper_call(k, OPEN_FDS, NULL, 0, &held[1], &got, NULL, NULL);
	assert_int_equal(held[0], held[1]);

	/* Half a header is an error that ends the keeper. */
	struct pollfd p = { fd, POLLIN, 0 };
	assert_int_equal(send(fd, &h, 3, 0), 3);
	assert_int_equal(poll(&p, 1, -1), 1);
	assert_string_equal(skw_keeper_fate(k),
			    "skwatch's privileged process has died: Bad message");
	assert_int_equal(skw_keeper_finish(k), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(call_returns_what_the_verb_answers),
		cmocka_unit_test(keeper_is_another_process_with_a_name),
		cmocka_unit_test(failure_brings_errno_and_text_and_no_descriptor),
		cmocka_unit_test(largest_payloads_pass_and_larger_ones_are_refused),
		cmocka_unit_test(descriptors_arrive_and_none_is_left_behind),
		cmocka_unit_test(keeper_holds_only_what_it_is_told_to_keep),
		cmocka_unit_test(dead_keeper_shows_at_once_and_calls_fail),
		cmocka_unit_test(keeper_ends_with_its_worker),
		cmocka_unit_test(keeper_ends_with_its_worker_even_if_the_socket_stays),
		cmocka_unit_test(keeper_does_what_is_left_when_its_worker_is_killed),
		cmocka_unit_test(keeper_ends_when_abandoned),
		cmocka_unit_test(signals_of_the_terminal_do_not_end_the_keeper),
		cmocka_unit_test(worker_that_breaks_the_protocol_gets_nowhere),
	};

	return cmocka_run_group_tests_name("keeper", tests, NULL, NULL);
}
