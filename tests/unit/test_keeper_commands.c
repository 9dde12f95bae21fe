// SPDX-License-Identifier: BSD-2-Clause
/* The commands that a keeper runs for its worker, and its messages on standard error. */
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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/cleanup.h"

#define DEADLINE_S 300 /* ends a test that hangs; no test waits for it */

enum { ECHO, FAIL, RUN };

static int serve_echo(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	(void)ctx;
	memcpy(reply->payload, request, len);
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
	return skw_keeper_reply_error(reply, -ENOSPC, &err);
}

/*
 * The request is a shell command. An empty request means a program that does not exist. "status"
 * means a program that copies its /proc/self/status to $OUT, because a shell would reset its
 * signals.
 */
static int serve_run(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	char line[SKW_KEEPER_REQUEST_MAX + 1];
	const char *const argv[] = { "sh", "-c", line, NULL };
	const char *const missing[] = { "/nonexistent/program", NULL };
	const char *const none[] = { NULL };
	const char *const status[] = { "cp", "/proc/self/status", getenv("OUT"), NULL };

	(void)ctx;
	memcpy(line, request, len);
	line[len] = '\0';
	if (!strcmp(line, "status"))
		return skw_keeper_run_command(reply, status, none, NULL);
	return skw_keeper_run_command(reply, len ? argv : missing, none, NULL);
}

static const struct skw_keeper_verb verbs[] = {
	[ECHO] = { "echo", serve_echo },
	[FAIL] = { "fail", serve_fail },
	[RUN] = { "run", serve_run },
};

static struct skw_keeper_table table = { .verbs = verbs, .n_verbs = SKW_ARRAY_SIZE(verbs) };

static struct skw_keeper *split(void)
{
	struct skw_keeper *k = NULL;

	alarm(DEADLINE_S);
	assert_int_equal(skw_keeper_split((struct skw_keeper_table *const[]){ &table }, 1, &k), 0);
	assert_non_null(k);
	return k;
}

struct scene {
	char dir[64];
	char fifo[80];
	char out[80];
	int stderr_was;
	int heard; /* a file that standard error is redirected to */
};

static void set_scene(struct scene *s)
{
	strcpy(s->dir, "/tmp/skw-keeper-XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->fifo, sizeof(s->fifo), "%s/fifo", s->dir);
	snprintf(s->out, sizeof(s->out), "%s/out", s->dir);
	assert_int_equal(mkfifo(s->fifo, 0600), 0);
	setenv("FIFO", s->fifo, 1);
	setenv("OUT", s->out, 1);
	s->heard = memfd_create("stderr", MFD_CLOEXEC);
	s->stderr_was = dup(STDERR_FILENO);
	dup2(s->heard, STDERR_FILENO);
}

static void read_all(int fd, char *text, size_t size)
{
	ssize_t n = pread(fd, text, size - 1, 0);

	text[n > 0 ? n : 0] = '\0';
}

static void strike_scene(struct scene *s, char *heard, size_t heard_size, char *out, size_t size)
{
	dup2(s->stderr_was, STDERR_FILENO);
	close(s->stderr_was);
	read_all(s->heard, heard, heard_size);
	close(s->heard);
	SKW_AUTO_FD int fd = open(s->out, O_RDONLY);
	*out = '\0';
	if (fd >= 0)
		read_all(fd, out, size);
	unlink(s->out);
	unlink(s->fifo);
	rmdir(s->dir);
}

static int run(struct skw_keeper *k, const char *line)
{
	return skw_keeper_call(k, RUN, line, strlen(line), NULL, NULL, NULL, NULL);
}

static void finish_waits_for_commands_and_calls_do_not(void **state)
{
	struct scene s;
	char heard[512], out[64], reply[4];
	size_t len = sizeof(reply);

	(void)state;
	set_scene(&s);
	struct skw_keeper *k = split();
	assert_int_equal(run(k, "read x <$FIFO; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; "
				"echo $x >$OUT"),
			 0);
	assert_int_equal(skw_keeper_call(k, ECHO, "a", 1, reply, &len, NULL, NULL), 0);
	SKW_AUTO_FD int fd = open(s.fifo, O_WRONLY | O_CLOEXEC);
	assert_int_equal(write(fd, "done\n", 5), 5);
	close(SKW_TAKE_FD(fd));
	assert_int_equal(skw_keeper_finish(k), 0);
	strike_scene(&s, heard, sizeof(heard), out, sizeof(out));
	assert_string_equal(out, "done\n");
	assert_string_equal(heard, "");
}

static void failed_commands_are_named(void **state)
{
	struct scene s;
	char heard[1024], out[64];

	(void)state;
	set_scene(&s);
	struct skw_keeper *k = split();
	assert_int_equal(run(k, "exit 3"), 0);
	assert_int_equal(run(k, "kill -9 $$"), 0);
	assert_int_equal(run(k, "exit 0"), 0);
	assert_int_equal(run(k, ""), -ENOENT);
	assert_int_equal(skw_keeper_finish(k), 0);
	strike_scene(&s, heard, sizeof(heard), out, sizeof(out));
	assert_non_null(strstr(heard, "skwatch: sh -c exit 3: exited with status 3\n"));
	assert_non_null(strstr(heard, "skwatch: sh -c kill -9 $$: killed by signal 9"));
	assert_null(strstr(heard, "exit 0"));
}

static void started_verbs_fail_aloud_and_in_order(void **state)
{
	struct scene s;
	char heard[1024], out[64], reply[4];
	size_t len = sizeof(reply);

	(void)state;
	set_scene(&s);
	struct skw_keeper *k = split();
	assert_int_equal(skw_keeper_start(k, FAIL, NULL, 0), 0);
	assert_int_equal(skw_keeper_start(k, RUN, NULL, 0), 0);
	assert_int_equal(skw_keeper_start(k, RUN, "echo ran >$OUT", 14), 0);
	/* The answer of a started verb must never be taken for the answer of a call. */
	assert_int_equal(skw_keeper_call(k, ECHO, "a", 1, reply, &len, NULL, NULL), 0);
	assert_int_equal(reply[0], 'a');
	assert_int_equal(skw_keeper_finish(k), 0);
	strike_scene(&s, heard, sizeof(heard), out, sizeof(out));
	assert_string_equal(heard, "skwatch: out.pcap: the disk is full\n"
				   "skwatch: run: No such file or directory\n");
	assert_string_equal(out, "ran\n");
}

static void commands_start_with_all_signals_as_usual(void **state)
{
	struct scene s;
	char heard[512], out[4096];
	sigset_t set, old;

	(void)state;
	set_scene(&s);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, &old);
	signal(SIGQUIT, SIG_IGN);
	struct skw_keeper *k = split();
	assert_int_equal(run(k, "status"), 0);
	assert_int_equal(skw_keeper_finish(k), 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	signal(SIGQUIT, SIG_DFL);
	strike_scene(&s, heard, sizeof(heard), out, sizeof(out));
	assert_non_null(strstr(out, "SigBlk:\t0000000000000000\n"));
	const char *line = strstr(out, "SigIgn:\t");
	assert_non_null(line);
	unsigned long long ignored = strtoull(line + sizeof("SigIgn:\t") - 1, NULL, 16);
	/* make ignores 32 and 33, which belong to the C library, and no program can change that. */
	assert_int_equal(ignored & ~0x180000000ULL, 0);
}

static void commands_start_with_nothing_open_and_in_the_background(void **state)
{
	struct scene s;
	char heard[512], out[1024];
	int pgrp = 0, nice = 0, pid = -1;

	(void)state;
	set_scene(&s);
	SKW_AUTO_FD int extra = open("/dev/null", O_RDONLY); /* not close-on-exec, on purpose */
	assert_true(extra >= 0);
	struct skw_keeper *k = split();
	assert_int_equal(
		run(k, "exec >$OUT; readlink /proc/$$/fd/0; "
		       "ls /proc/$$/fd; " /* not a pipeline, whose pipe the shell would have open */
		       "cut -d' ' -f5,19 /proc/$$/stat; echo $$"),
		0);
	assert_int_equal(skw_keeper_finish(k), 0);
	strike_scene(&s, heard, sizeof(heard), out, sizeof(out));
	assert_int_equal(sscanf(out, "/dev/null 0 1 2 %d %d %d", &pgrp, &nice, &pid), 3);
	assert_int_equal(pgrp, pid);
	assert_int_equal(nice, 19);
}

static void signal_while_waiting_reaches_the_commands(void **state)
{
	struct scene s;
	char heard[512], out[64];

	(void)state;
	set_scene(&s);
	struct skw_keeper *k = split();
	pid_t keeper = skw_keeper_pid(k);
	/* The child of the shell blocks forever, so the signal must go to the whole group. */
	assert_int_equal(run(k, "cat $FIFO; exit 0"), 0);
	pid_t user = fork();
	if (!user) {
		/*
		 * A signal that arrives before the wait has no effect, so the signal is sent until
		 * the keeper ends.
		 */
		struct pollfd p = { (int)syscall(SYS_pidfd_open, keeper, 0), POLLIN, 0 };

		do {
			kill(keeper, SIGTERM);
		} while (poll(&p, 1, 10) == 0);
		_exit(0);
	}
	assert_int_equal(skw_keeper_finish(k), 0);
	assert_int_equal(waitpid(user, NULL, 0), user);
	strike_scene(&s, heard, sizeof(heard), out, sizeof(out));
	assert_non_null(strstr(heard, "killed by signal 15"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finish_waits_for_commands_and_calls_do_not),
		cmocka_unit_test(failed_commands_are_named),
		cmocka_unit_test(started_verbs_fail_aloud_and_in_order),
		cmocka_unit_test(commands_start_with_all_signals_as_usual),
		cmocka_unit_test(commands_start_with_nothing_open_and_in_the_background),
		cmocka_unit_test(signal_while_waiting_reaches_the_commands),
	};

	return cmocka_run_group_tests_name("keeper commands", tests, NULL, NULL);
}
