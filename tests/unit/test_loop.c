// SPDX-License-Identifier: BSD-2-Clause
/* The event loop: the order of all calls, also after a failure; merging by time; runs. */
#include "loop_fakes.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* ---- order ---- */

static void calls_come_in_their_order(void **state)
{
	const struct fake_rec recs[] = { { 10, 1 } };
	struct fake a = { .name = "A", .recs = recs, .len = 1, .verbose = true };
	struct fake b = { .name = "B", .at_step = stop_at_once };
	struct basin basin = { .pauses = true };

	(void)state;
	RUN(&basin, &a, &b);
	assert_int_equal(told->ret, 0);
	assert_string_equal(told->log, "prepare-A prepare-B begin-A begin-B open-sink start-sink "
				       "start-A start-B look-A take-A A10 pause-0 step-A "
				       "quiesce-A quiesce-B look-A end-A end-B close-sink report "
				       "free-A free-B returned ");
}

/* Each step that can fail, and what is told afterwards. */
static const struct {
	const char *fails;
	bool set_up; /* before that */
} failures[] = {
	{ "prepare A", false }, { "prepare B", false }, { "begin A", false },
	{ "begin B", false },   { "open sink", false }, { "start sink", false },
	{ "start A", false },   { "start B", false },   { "look A", true },
	{ "look B", true },     { "take B", true },     { "packets sink", true },
	{ "step A", true },     { "pause sink", true }, { "end A", true },
	{ "end B", true },      { "close sink", true },
};

static void a_failure_is_told_and_all_is_closed_and_freed_once(void **state)
{
	const struct fake_rec recs[] = { { 10, 1 } };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(failures); i++) {
		const char *fails = failures[i].fails;
		struct fake a = { .name = "A", .fails = fails, .verbose = true };
		struct fake b = { .name = "B",
				  .fails = fails,
				  .recs = recs,
				  .len = 1,
				  .verbose = true,
				  .at_step = stop_at_once };
		struct basin basin = { .fails = fails };
		char text[64];

		RUN(&basin, &a, &b);
		snprintf(text, sizeof(text), "%s failed", fails);
		assert_string_equal(told->err.text, text);
		assert_int_equal(told->ret, FAILURE);
		assert_int_equal(count("close-sink "), 1);
		assert_true(has("free-A free-B returned "));
		assert_int_equal(count("free-A "), 1);
		assert_int_equal(count("report "), failures[i].set_up);
		assert_int_equal(count("quiesce-A quiesce-B "), failures[i].set_up);
		assert_int_equal(count("end-A end-B "), failures[i].set_up);
	}
}

static void a_failure_lets_nothing_that_comes_later_begin(void **state)
{
	struct fake a = { .name = "A", .fails = "begin A" };
	struct fake b = { .name = "B", .fails = "begin A" };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a, &b);
	assert_string_equal(told->log, "prepare-A prepare-B begin-A close-sink free-A free-B "
				       "returned ");
}

/* A sink that creates its output late does not do so at its close. */
static void a_sink_knows_that_the_set_up_has_failed(void **state)
{
	struct fake a = { .name = "A", .fails = "start A" };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_true(has("start-A failed close-sink "));
}

static void functions_that_are_left_out_have_nothing_to_do(void **state)
{
	const struct skw_source_ops nothing = { .step = fake_step };
	const struct skw_sink_ops nowhere = { 0 };
	struct fake a = { .name = "A", .steps = 1 };
	const struct skw_source source = { &nothing, &a };
	const struct skw_sink sink = { &nowhere, NULL };
	const struct skw_loop_plan plan = {
		.sources = &source, .sources_len = 1, .sink = &sink, .duration_ns = 1000000
	};
	int status;

	(void)state;
	pid_t child = fork();
	if (child == 0) {
		alarm(DEADLINE_S);
		_exit(skw_loop_run(&plan, NULL) != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* ---- merging ---- */

static void sources_are_merged_by_time(void **state)
{
	const struct fake_rec of_a[] = { { 10, 1 }, { 30, 1 }, { 50, 1 }, { 60, 1 } };
	const struct fake_rec of_b[] = { { 20, 1 }, { 25, 1 }, { 40, 1 }, { 70, 1 } };
	struct fake a = { .name = "A", .recs = of_a, .len = 4 };
	struct fake b = { .name = "B", .recs = of_b, .len = 4, .at_step = stop_at_once };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a, &b);
	assert_packets("A10 B20 B25 A30 B40 A50 A60 B70 ");
}

static void at_equal_times_the_source_that_is_named_first_comes_first(void **state)
{
	const struct fake_rec of_a[] = { { 20, 1 }, { 20, 1 }, { 30, 1 } };
	const struct fake_rec of_b[] = { { 10, 1 }, { 20, 1 }, { 30, 1 } };
	struct fake a = { .name = "A", .recs = of_a, .len = 3 };
	struct fake b = { .name = "B", .recs = of_b, .len = 3, .at_step = stop_at_once };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a, &b);
	/* Each hands on what is not younger than the oldest of the other. */
	assert_packets("B10 B20 A20 A20 A30 B30 ");
}

static int stop_after_the_third_look(struct fake *f, unsigned n)
{
	if (n == 3)
		skw_loop_stop(f->loop);
	return 0;
}

/* A record that a source may still bring holds the others back. */
static void a_bound_holds_younger_records_of_others_back(void **state)
{
	const struct fake_rec of_a[] = { { 20, 1 }, { 30, 1 } };
	const struct fake_rec of_b[] = { { 25, 2 } };
	const uint64_t bounds[] = { 20, 40, FOREVER };

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct fake a = { .name = "A", .recs = of_a, .len = 2 };
		struct fake b = { .name = "B",
				  .recs = of_b,
				  .len = 1,
				  .bounds = bounds,
				  .bounds_len = 3,
				  .at_step = stop_after_the_third_look };
		struct basin basin = { .pauses = true };

		RUN(&basin, order ? &b : &a, order ? &a : &b);
		/* One of B at 20 may still come: behind A's it is in order as well. */
		assert_true(has(" A20 pause-20 B25 A30 pause-40 pause-0 quiesce"));
	}
}

static void a_pause_tells_up_to_when_there_is_everything(void **state)
{
	const struct fake_rec of_a[] = { { 10, 1 } };
	const uint64_t of_b[] = { 15, 25, 35 }, bounds[] = { 12, 30, 30 };
	struct fake a = { .name = "A", .recs = of_a, .len = 1, .bounds = bounds, .bounds_len = 3 };
	struct fake b = {
		.name = "B", .bounds = of_b, .bounds_len = 3, .at_step = stop_after_the_third_look
	};
	struct basin basin = { .pauses = true };

	(void)state;
	RUN(&basin, &a, &b);
	assert_true(has("A10 pause-12 pause-25 pause-30 quiesce"));
}

/* ---- sinks that take less ---- */

static struct basin *woken;

static int wake_basin(void *ctx, struct skw_error *err)
{
	struct basin *b = ctx;
	uint64_t ignored;

	(void)err;
	must(read(b->wake_fd, &ignored, sizeof(ignored)) == sizeof(ignored));
	note("wake");
	b->room = b->held < 2 ? b->room + 2 : 0;
	return 0;
}

static int start_basin_with_a_wake(struct fake *f)
{
	woken->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return skw_loop_watch(f->loop, woken->wake_fd, EPOLLIN, wake_basin, woken);
}
/* Wakes the sink once it is full, and ends when all was taken. */
static int wake_when_full(struct fake *f, unsigned n)
{
	uint64_t one = 1;

	(void)n;
	if (f->at == f->len)
		skw_loop_stop(f->loop);
	else
		must(write(woken->wake_fd, &one, sizeof(one)) == sizeof(one));
	return 0;
}

static const struct fake_rec seven[] = { { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 1 },
					 { 5, 1 }, { 6, 1 }, { 7, 1 } };

static void what_a_full_sink_did_not_take_is_offered_again(void **state)
{
	struct basin basin = { .room = 2, .pauses = true };
	struct fake a = { .name = "A",
			  .recs = seven,
			  .len = 7,
			  .at_begin = start_basin_with_a_wake,
			  .at_step = wake_when_full };

	(void)state;
	woken = &basin;
	RUN(&basin, &a);
	assert_packets("A1 A2 A3 A4 A5 A6 A7 ");
	/* While it is full nothing can be said about times. */
	assert_true(has("A2 full pause-0 wake A3 A4 full pause-0 wake A5 A6 A7 pause-0 quiesce"));
}

static void at_the_end_a_sink_takes_everything(void **state)
{
	const struct fake_rec recs[] = { { 1, 1 }, { 2, 1 }, { 3, 1 }, { 4, 9 } };
	struct fake a = { .name = "A", .recs = recs, .len = 4, .at_step = stop_at_once };
	struct basin basin = { .room = 2 };

	(void)state;
	RUN(&basin, &a);
	assert_int_equal(told->ret, 0);
	/* Also what comes into sight with the last look. */
	assert_true(has("A1 A2 full quiesce-A A3 A4 end-A"));
}

static void enough_ends_it_in_the_middle_of_a_run_or_behind_it(void **state)
{
	const struct fake_rec of_b[] = { { 8, 1 } };

	(void)state;
	for (size_t limit = 3; limit <= 7; limit += 4) {
		struct fake a = { .name = "A", .recs = seven, .len = 7 };
		struct fake b = { .name = "B", .recs = of_b, .len = 1 };
		struct basin basin = { .limit = limit, .pauses = true };

		RUN(&basin, &a, &b);
		assert_int_equal(told->ret, 0);
		assert_packets(limit == 3 ? "A1 A2 A3 " : "A1 A2 A3 A4 A5 A6 A7 ");
		assert_false(has("pause"));
		assert_true(has("quiesce-A quiesce-B end-A end-B close-sink report"));
	}
}

static int fail_and_go_on(struct fake *f, unsigned n)
{
	struct skw_error *err = &told->err;

	(void)n;
	note("fail");
	return skw_loop_fail(f->loop, skw_error_set(err, -19, "it has gone"));
}

static void after_a_failure_of_a_source_what_is_in_sight_goes_to_the_sink(void **state)
{
	const struct fake_rec recs[] = { { 1, 1 }, { 2, 2 } };
	struct fake a = { .name = "A", .recs = recs, .len = 2, .at_step = fail_and_go_on };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_int_equal(told->ret, -19);
	assert_string_equal(told->err.text, "it has gone");
	assert_true(has("A1 fail quiesce-A A2 end-A failed close-sink report"));
}

static void after_a_failure_of_the_sink_nothing_goes_there(void **state)
{
	struct fake a = { .name = "A", .recs = seven, .len = 7 };
	struct basin basin = { .fails = "packets sink" };

	(void)state;
	RUN(&basin, &a);
	assert_int_equal(count("packets-sink "), 1);
	assert_true(has("packets-sink quiesce-A end-A failed close-sink report"));
}

/* ---- work that can wait, and waiting ---- */

static int three_slices(struct fake *f, unsigned n)
{
	if (n == 4)
		skw_loop_stop(f->loop);
	return n < 4;
}

static void slices_of_work_come_between_looks_and_before_waiting(void **state)
{
	struct fake a = { .name = "A", .verbose = true, .at_step = three_slices };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_true(has("start-A look-A step-A look-A step-A look-A step-A look-A step-A quiesce"));
	assert_false(has("rest-A"));
}

static int one_slice(struct fake *f, unsigned n)
{
	if (n == 3)
		skw_loop_stop(f->loop);
	return n == 1;
}

static void a_source_is_asked_how_long_to_wait_when_no_work_is_left(void **state)
{
	const uint64_t bounds[] = { 1, 1, 1, 1 };
	struct fake a = { .name = "A",
			  .verbose = true,
			  .bounds = bounds,
			  .bounds_len = 4,
			  .at_step = one_slice };
	struct basin basin = { 0 };

	(void)state;
	RUN(&basin, &a);
	assert_true(has("look-A step-A look-A step-A rest-A look-A step-A quiesce"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_come_in_their_order),
		cmocka_unit_test(a_failure_is_told_and_all_is_closed_and_freed_once),
		cmocka_unit_test(a_failure_lets_nothing_that_comes_later_begin),
		cmocka_unit_test(a_sink_knows_that_the_set_up_has_failed),
		cmocka_unit_test(functions_that_are_left_out_have_nothing_to_do),
		cmocka_unit_test(sources_are_merged_by_time),
		cmocka_unit_test(at_equal_times_the_source_that_is_named_first_comes_first),
		cmocka_unit_test(a_bound_holds_younger_records_of_others_back),
		cmocka_unit_test(a_pause_tells_up_to_when_there_is_everything),
		cmocka_unit_test(what_a_full_sink_did_not_take_is_offered_again),
		cmocka_unit_test(at_the_end_a_sink_takes_everything),
		cmocka_unit_test(enough_ends_it_in_the_middle_of_a_run_or_behind_it),
		cmocka_unit_test(after_a_failure_of_a_source_what_is_in_sight_goes_to_the_sink),
		cmocka_unit_test(after_a_failure_of_the_sink_nothing_goes_there),
		cmocka_unit_test(slices_of_work_come_between_looks_and_before_waiting),
		cmocka_unit_test(a_source_is_asked_how_long_to_wait_when_no_work_is_left),
	};

	return cmocka_run_group_tests_name("loop", tests, share, NULL);
}
