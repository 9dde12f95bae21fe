// SPDX-License-Identifier: BSD-2-Clause
/* Several tables of verbs in one keeper: a session may split only once. */
#include "keeper/keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper/ask.h"
#include "util/cleanup.h"

/* A test that hangs ends after so long; no test waits for it. */
#define DEADLINE_S 300

/* A room with two verbs: one tells the room's number, one whether a descriptor is open. */
struct room {
	int number;
	int fds[2]; /* a pipe; the keeper keeps its writing end */
	pid_t settled_in;
	struct skw_keeper_table table;
};

enum { NUMBER, IS_OPEN, VERBS };

static int serve_number(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	const struct room *room = ctx;

	(void)request;
	(void)len;
	memcpy(reply->payload, &room->number, sizeof(room->number));
	reply->len = sizeof(room->number);
	return 0;
}

static int serve_is_open(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	const struct room *room = ctx;

	(void)request;
	(void)len;
	(void)reply;
	return lseek(room->fds[1], 0, SEEK_CUR) < 0 && errno == EBADF ? -EBADF : 0;
}

static const struct skw_keeper_verb verbs[VERBS] = {
	[NUMBER] = { "tell the number", serve_number },
	[IS_OPEN] = { "look at the descriptor", serve_is_open },
};

static void settle(void *ctx)
{
	((struct room *)ctx)->settled_in = getpid();
}

static void say_last_words(void *ctx)
{
	const struct room *room = ctx;

	if (write(room->fds[1], &room->number, sizeof(room->number)) < 0)
		_exit(9);
}

static void room_open(struct room *room, int number)
{
	*room = (struct room){ .number = number };
	assert_int_equal(pipe(room->fds), 0);
	room->table = (struct skw_keeper_table){ .verbs = verbs,
						 .n_verbs = VERBS,
						 .ctx = room,
						 .keep_fds = &room->fds[1],
						 .n_keep = 1,
						 .settle = settle,
						 .orphaned = say_last_words };
}

static void room_close(struct room *room)
{
	close(room->fds[0]);
	close(room->fds[1]);
}

static int number_of(struct skw_keeper *k, const struct room *room)
{
	int number = 0;
	size_t len = sizeof(number);

	assert_int_equal(
		skw_keeper_call(k, room->table.first + NUMBER, NULL, 0, &number, &len, NULL, NULL),
		0);
	assert_int_equal(len, sizeof(number));
	return number;
}

static void each_table_s_verbs_work_on_its_own_context(void **state)
{
	struct room a, b, bare;
	struct skw_keeper *k = NULL;

	(void)state;
	alarm(DEADLINE_S);
	room_open(&a, 11);
	room_open(&b, 22);
	room_open(&bare, 33);
	bare.table.n_verbs = 0;

	struct skw_keeper_table *const tables[] = { &a.table, &bare.table, &b.table };

	assert_int_equal(skw_keeper_split(tables, SKW_ARRAY_SIZE(tables), &k), 0);
	assert_int_equal(a.table.first, 0);
	assert_int_equal(b.table.first, VERBS);
	assert_int_equal(number_of(k, &a), 11);
	assert_int_equal(number_of(k, &b), 22);
	assert_int_equal(skw_keeper_call(k, 2 * VERBS, NULL, 0, NULL, NULL, NULL, NULL), -ENOSYS);
	assert_int_equal(skw_keeper_finish(k), 0);
	room_close(&a);
	room_close(&b);
	room_close(&bare);
}

static void the_keeper_keeps_what_any_table_names(void **state)
{
	struct room a, b;
	struct skw_keeper *k = NULL;

	(void)state;
	alarm(DEADLINE_S);
	room_open(&a, 1);
	room_open(&b, 2);
	b.table.n_keep = 0;

	struct skw_keeper_table *const tables[] = { &a.table, &b.table };

	assert_int_equal(skw_keeper_split(tables, 2, &k), 0);
	assert_int_equal(
		skw_keeper_call(k, a.table.first + IS_OPEN, NULL, 0, NULL, NULL, NULL, NULL), 0);
	assert_int_equal(
		skw_keeper_call(k, b.table.first + IS_OPEN, NULL, 0, NULL, NULL, NULL, NULL),
		-EBADF);
	assert_int_equal(skw_keeper_finish(k), 0);
	room_close(&a);
	room_close(&b);
}

/* A verb that works but hands no descriptor over is no answer to a question for a descriptor. */
static void a_missing_descriptor_is_a_failure(void **state)
{
	struct room a;
	struct skw_keeper *k = NULL;

	(void)state;
	alarm(DEADLINE_S);
	room_open(&a, 1);

	struct skw_keeper_table *const tables[] = { &a.table };

	assert_int_equal(skw_keeper_split(tables, 1, &k), 0);
	assert_int_equal(skw_keeper_call_fd(k, a.table.first + IS_OPEN, NULL, 0), -EPROTO);
	assert_int_equal(skw_keeper_call_fd(k, VERBS, NULL, 0), -ENOSYS);
	assert_int_equal(skw_keeper_finish(k), 0);
	room_close(&a);
}

static void the_worker_gives_up_what_only_the_keeper_needs(void **state)
{
	struct room a, b;
	struct skw_keeper *k = NULL;

	(void)state;
	alarm(DEADLINE_S);
	room_open(&a, 1);
	room_open(&b, 2);

	struct skw_keeper_table *const tables[] = { &a.table, &b.table };

	assert_int_equal(skw_keeper_split(tables, 2, &k), 0);
	assert_int_equal(a.settled_in, getpid());
	assert_int_equal(b.settled_in, getpid());
	assert_int_equal(skw_keeper_finish(k), 0);
	room_close(&a);
	room_close(&b);
}

/* A worker that is killed at once after the split. */
static void split_and_die(struct room *a, struct room *b)
{
	struct skw_keeper_table *const tables[] = { &a->table, &b->table };
	struct skw_keeper *k = NULL;
	pid_t worker = fork();

	assert_true(worker >= 0);
	if (!worker) {
		if (skw_keeper_split(tables, 2, &k) ||
		    skw_keeper_call(k, NUMBER, NULL, 0, NULL, NULL, NULL, NULL) != -EMSGSIZE)
			_exit(8);
		kill(getpid(), SIGKILL);
	}
	assert_int_equal(waitpid(worker, NULL, 0), worker);
}

static void each_table_has_its_last_words(void **state)
{
	struct room a, b;
	int said = 0;

	(void)state;
	alarm(DEADLINE_S);
	room_open(&a, 5);
	room_open(&b, 6);
	split_and_die(&a, &b);
	assert_int_equal(read(a.fds[0], &said, sizeof(said)), sizeof(said));
	assert_int_equal(said, 5);
	assert_int_equal(read(b.fds[0], &said, sizeof(said)), sizeof(said));
	assert_int_equal(said, 6);
	room_close(&a);
	room_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_table_s_verbs_work_on_its_own_context),
		cmocka_unit_test(the_keeper_keeps_what_any_table_names),
		cmocka_unit_test(a_missing_descriptor_is_a_failure),
		cmocka_unit_test(the_worker_gives_up_what_only_the_keeper_needs),
		cmocka_unit_test(each_table_has_its_last_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
