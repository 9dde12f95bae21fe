// SPDX-License-Identifier: BSD-2-Clause
/* The event loop's own part in every session: signals, the duration, the keeper, descriptors. */
#include "loop_fakes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static const struct fake_rec early_and_late[] = { { 10, 1 }, { 20, 99 } };

/* ---- signals ---- */

static int raise_term(struct fake *f, unsigned n)
{
	(void)f;
	must(n == 1);
	return raise(SIGTERM) ? -EINVAL : 0;
}

static int raise_int(struct fake *f, unsigned n)
{
	(void)f;
	must(n == 1);
	return raise(SIGINT) ? -EINVAL : 0;
}

static int raise_hup(struct fake *f, unsigned n)
{
	(void)f;
	must(n == 1);
	return raise(SIGHUP) ? -EINVAL : 0;
}

static void a_signal_ends_the_session_in_order(void **state)
{
	int (*const raisers[])(struct fake *, unsigned) = { raise_term, raise_int, raise_hup };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(raisers); i++) {
		struct fake a = {
			.name = "A", .recs = early_and_late, .len = 2, .at_step = raisers[i]
		};
		struct basin basin = { 0 };

		RUN(&basin, &a);
		assert_int_equal(told->ret, 0);
		assert_true(has("A10 hurry-2000 quiesce-A A20 end-A close-sink report free-A"));
	}
}

static int raise_twice(struct fake *f, unsigned n)
{
	(void)f;
	must(n == 1);
	return raise(SIGTERM) || raise(SIGINT) ? -EINVAL : 0;
}

static void raise_again(struct fake *f)
{
	(void)f;
	must(raise(SIGINT) == 0);
}

/* Terminals and sudo send a signal twice, so a second does no harm at first. */
static void a_second_signal_at_the_same_time_changes_nothing(void **state)
{
	struct fake a = { .name = "A", .at_step = raise_twice, .at_end = raise_again };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_int_equal(told->ret, 0);
	assert_true(has("quiesce-A end-A close-sink report"));
}

static void insist(struct fake *f)
{
	(void)f;
	note("insist");
	for (;;) {
		must(raise(SIGINT) == 0);
		poll(NULL, 0, 10);
	}
}

/* Somebody who still sends signals a second later can't wait for what the end waits for. */
static void a_signal_a_second_later_ends_the_process(void **state)
{
	struct fake a = { .name = "A", .at_step = raise_term, .at_end = insist };
	struct fake *const fakes[] = { &a };
	struct basin basin = { 0 };

	(void)state;
	int status = run_plan((struct skw_loop_plan){ 0 }, fakes, 1, &basin);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), SKW_EXIT_FAILURE);
	assert_true(has("quiesce-A insist "));
	assert_false(has("close-sink"));
}

static int raise_in_set_up(struct fake *f)
{
	(void)f;
	return raise(SIGTERM);
}

/* A set-up may take for ever, and nothing is lost by its end. */
static void during_the_set_up_a_signal_ends_the_process(void **state)
{
	struct fake a = { .name = "A", .at_begin = raise_in_set_up };
	struct fake *const fakes[] = { &a };
	struct basin basin = { 0 };

	(void)state;
	int status = run_plan((struct skw_loop_plan){ 0 }, fakes, 1, &basin);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_string_equal(told->log, "prepare-A begin-A ");
}

static int usr1_then_stop(struct fake *f, unsigned n)
{
	/* Until the figures were told, and a round later. */
	if (n == 1)
		return raise(SIGUSR1) ? -EINVAL : 1;
	if (n == 3)
		skw_loop_stop(f->loop);
	return 1;
}

static void sigusr1_tells_the_figures_and_the_session_goes_on(void **state)
{
	struct fake a = { .name = "A", .at_step = usr1_then_stop };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_int_equal(told->ret, 0);
	assert_true(has("start-A figures quiesce-A end-A close-sink report"));
}

static int winch_then_stop(struct fake *f, unsigned n)
{
	if (n == 1)
		return raise(SIGWINCH) ? -EINVAL : 1;
	if (n == 3)
		skw_loop_stop(f->loop);
	return 1;
}

static void signals_of_a_screen_go_to_the_sink(void **state)
{
	struct fake a = { .name = "A", .at_step = winch_then_stop };
	struct fake *const fakes[] = { &a };
	struct basin basin = { 0 };
	char word[32];

	(void)state;
	run((struct skw_loop_plan){ .has_screen = true }, fakes, 1, &basin);
	snprintf(word, sizeof(word), "signal-%d quiesce", SIGWINCH);
	assert_true(has(word));
}

static int usr2_then_stop(struct fake *f, unsigned n)
{
	if (n == 1)
		return raise(SIGUSR2) ? -EINVAL : 1;
	if (n == 3)
		skw_loop_stop(f->loop);
	return 1;
}

static void sigusr2_goes_to_the_sink_behind_everything_that_has_come(void **state)
{
	/* This record comes into sight with the look that the signal asks for. */
	static const struct fake_rec late[] = { { 5, 2 } };
	struct fake a = {
		.name = "A", .at_step = usr2_then_stop, .recs = late, .len = SKW_ARRAY_SIZE(late)
	};
	struct basin basin = { 0 };
	char word[32];

	(void)state;
	RUN(&basin, &a);
	assert_int_equal(told->ret, 0);
	snprintf(word, sizeof(word), "signal-%d", SIGUSR2);
	const char *signal_at = strstr(told->log, word);
	const char *packet_at = strstr(told->log, "A5 ");
	if (!signal_at || !packet_at || packet_at > signal_at)
		fail_msg("%s", told->log);
}

/* ---- the duration ---- */

static void a_duration_ends_the_session(void **state)
{
	struct fake a = { .name = "A", .recs = early_and_late, .len = 2 };
	struct fake *const fakes[] = { &a };
	struct basin basin = { 0 };

	(void)state;
	run((struct skw_loop_plan){ .duration_ns = 1000000 }, fakes, 1, &basin);
	assert_int_equal(told->ret, 0);
	assert_true(has("A10 hurry-2000 quiesce-A A20 end-A close-sink report free-A"));
}

/* ---- descriptors ---- */

static int fds[2];

static int first(void *ctx, struct skw_error *err)
{
	uint64_t ignored;

	(void)err;
	must(read(fds[0], &ignored, sizeof(ignored)) == sizeof(ignored));
	note("first-%s", ((struct fake *)ctx)->name);
	return 0;
}

static int second(void *ctx, struct skw_error *err)
{
	struct fake *f = ctx;

	note("second");
	return skw_error_set(err, FAILURE, "a handler of %s failed", f->name);
}

/* Opened before, as no file can be opened in a session. */
static int null_fd;

static int watch_two(struct fake *f)
{
	for (int i = 0; i < 2; i++) {
		fds[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		int ret = skw_loop_watch(f->loop, fds[i], EPOLLIN, i ? second : first, f);

		if (ret)
			return ret;
	}
	/* A descriptor that can't be waited for is refused. */
	return skw_loop_watch(f->loop, null_fd, EPOLLIN, first, f) == -EPERM ? 0 : FAILURE;
}

static int write_to_each(struct fake *f, unsigned n)
{
	uint64_t one = 1;

	(void)f;
	must(n <= 2 && write(fds[n - 1], &one, sizeof(one)) == sizeof(one));
	return 0;
}

static void handlers_are_called_for_their_descriptors(void **state)
{
	struct fake a = { .name = "A", .at_begin = watch_two, .at_step = write_to_each };
	struct basin basin = { 0 };

	(void)state;
	null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_true(null_fd >= 0);
	RUN(&basin, &a);
	assert_int_equal(told->ret, FAILURE);
	assert_string_equal(told->err.text, "a handler of A failed");
	assert_true(has("start-A first-A second quiesce-A"));
}

static bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static int see_the_interrupt(struct fake *f, unsigned n)
{
	int fd = skw_loop_interrupt_fd(f->loop);

	must(n == 1 && !is_readable(fd));
	must(raise(SIGTERM) == 0);
	note(is_readable(fd) ? "interrupted" : "missed");
	note("linger-%u", skw_loop_linger_ms(f->loop));
	return 0;
}

static void whoever_waits_elsewhere_sees_the_end(void **state)
{
	struct fake a = { .name = "A", .at_step = see_the_interrupt };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_true(has("interrupted linger-2000 hurry-2000 quiesce-A"));
}

/* ---- the keeper ---- */

static int serve(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	(void)request;
	memcpy(reply->payload, ctx, 1);
	reply->len = 1;
	return len == 0 ? 0 : -EINVAL;
}

/* The worker may not kill it. */
static int serve_die(void *ctx, const void *request, size_t len, struct skw_keeper_reply *reply)
{
	(void)ctx;
	(void)request;
	(void)len;
	(void)reply;
	return raise(SIGKILL);
}

static const struct skw_keeper_verb verbs[] = { { "answer", serve }, { "die", serve_die } };
static char answers[] = "ab";

static void settle(void *ctx)
{
	note("settle-%c", *(const char *)ctx);
}

static struct skw_keeper_table of_source = {
	.verbs = verbs, .n_verbs = SKW_ARRAY_SIZE(verbs), .ctx = &answers[0], .settle = settle
};
static struct skw_keeper_table of_plan = {
	.verbs = verbs, .n_verbs = SKW_ARRAY_SIZE(verbs), .ctx = &answers[1], .settle = settle
};
static struct skw_keeper_table *const tables[] = { &of_plan };

static int ask_both(struct fake *f)
{
	const struct skw_keeper_table *const asked[] = { &of_source, &of_plan };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(asked); i++) {
		char answer = '?';
		size_t len = 1;
		int ret = skw_keeper_call(skw_loop_keeper(f->loop), asked[i]->first, NULL, 0,
					  &answer, &len, NULL, NULL);

		if (ret)
			return ret;
		note("%c", answer);
	}
	return 0;
}

static void the_verbs_of_sources_and_of_the_plan_are_one_keepers(void **state)
{
	struct fake a = {
		.name = "A", .table = &of_source, .at_begin = ask_both, .at_step = stop_at_once
	};
	struct fake *const fakes[] = { &a };
	struct basin basin = { 0 };

	(void)state;
	run((struct skw_loop_plan){ .tables = tables, .tables_len = 1 }, fakes, 1, &basin);
	assert_int_equal(told->ret, 0);
	/* The worker alone settles, before it reads anything. */
	assert_true(has("prepare-A settle-a settle-b begin-A a b open-sink"));
	assert_int_equal(count("settle-"), 2);
}

static int look_for_a_keeper(struct fake *f)
{
	note(skw_loop_keeper(f->loop) ? "keeper" : "alone");
	return 0;
}

static void without_verbs_there_is_no_keeper(void **state)
{
	struct fake a = { .name = "A", .at_begin = look_for_a_keeper, .at_step = stop_at_once };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_true(has("begin-A alone"));
}

static void kill_keeper(struct fake *f)
{
	must(skw_keeper_call(skw_loop_keeper(f->loop), of_source.first + 1, NULL, 0, NULL, NULL,
			     NULL, NULL) == -EPIPE);
}

static int kill_keeper_once(struct fake *f, unsigned n)
{
	must(n == 1);
	kill_keeper(f);
	return 0;
}

static void when_the_keeper_dies_the_session_fails_in_order(void **state)
{
	struct fake a = { .name = "A",
			  .table = &of_source,
			  .recs = early_and_late,
			  .len = 2,
			  .at_step = kill_keeper_once };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_int_equal(told->ret, -EPIPE);
	assert_non_null(strstr(told->err.text, "privileged process has died"));
	assert_true(has("A10 hurry-500 quiesce-A A20 end-A failed close-sink report free-A"));
}

static void a_keeper_that_dies_at_the_end_is_told_as_well(void **state)
{
	struct fake a = {
		.name = "A", .table = &of_source, .at_step = stop_at_once, .at_end = kill_keeper
	};
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_int_equal(told->ret, -EPIPE);
	assert_non_null(strstr(told->err.text, "privileged process has died"));
}

static int wait_for_ever(struct fake *f)
{
	kill_keeper(f);
	while (poll(NULL, 0, -1) < 0)
		continue;
	return 0;
}

/* The loop does not get to look there: the process ends by itself after a second. */
static void a_keeper_that_dies_ends_a_process_that_waits_for_something_else(void **state)
{
	struct fake a = { .name = "A", .table = &of_source, .at_begin = wait_for_ever };
	struct fake *const fakes[] = { &a };
	struct basin basin = { 0 };

	(void)state;
	int status = run_plan((struct skw_loop_plan){ 0 }, fakes, 1, &basin);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), SKW_EXIT_FAILURE);
	assert_string_equal(told->log, "prepare-A settle-a begin-A ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_ends_the_session_in_order),
		cmocka_unit_test(a_second_signal_at_the_same_time_changes_nothing),
		cmocka_unit_test(a_signal_a_second_later_ends_the_process),
		cmocka_unit_test(during_the_set_up_a_signal_ends_the_process),
		cmocka_unit_test(sigusr1_tells_the_figures_and_the_session_goes_on),
		cmocka_unit_test(signals_of_a_screen_go_to_the_sink),
		cmocka_unit_test(sigusr2_goes_to_the_sink_behind_everything_that_has_come),
		cmocka_unit_test(a_duration_ends_the_session),
		cmocka_unit_test(handlers_are_called_for_their_descriptors),
		cmocka_unit_test(whoever_waits_elsewhere_sees_the_end),
		cmocka_unit_test(the_verbs_of_sources_and_of_the_plan_are_one_keepers),
		cmocka_unit_test(without_verbs_there_is_no_keeper),
		cmocka_unit_test(when_the_keeper_dies_the_session_fails_in_order),
		cmocka_unit_test(a_keeper_that_dies_at_the_end_is_told_as_well),
		cmocka_unit_test(a_keeper_that_dies_ends_a_process_that_waits_for_something_else),
	};

	return cmocka_run_group_tests_name("loop ends", tests, share, NULL);
}
