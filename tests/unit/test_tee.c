// SPDX-License-Identifier: BSD-2-Clause
/* One sink that is several: who gets what, the count and its limit, the order, failures. */
#include "sink/tee.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "loop/state.h"
#include "model/raw_block.h"

#define FAILURE (-71)

static char log_text[1024];

/* A sink that writes down what it gets. */
struct part {
	const char *name;
	/* Packets that it takes of a run; the others take all. */
	int takes;
	/* The function that fails; NULL: none. */
	const char *fails;
	bool is_full;
};

static int note(const struct part *p, const char *what, struct skw_error *err)
{
	size_t len = strlen(log_text);

	snprintf(log_text + len, sizeof(log_text) - len, "%s-%s ", what, p->name);
	return p->fails && strcmp(p->fails, what) == 0 ? skw_error_set(err, FAILURE, "%s", what)
						       : 0;
}

static int part_open(void *ctx, struct skw_loop *loop, struct skw_error *err)
{
	(void)loop;
	return note(ctx, "open", err);
}

static int part_start(void *ctx, struct skw_error *err)
{
	return note(ctx, "start", err);
}

static int part_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	const struct part *p = ctx;
	char what[64];

	(void)run;
	snprintf(what, sizeof(what), "%s%zu", wait ? "all" : "up-to", n);
	note(p, what, NULL);
	if (p->fails && strcmp(p->fails, "packets") == 0)
		return skw_error_set(err, FAILURE, "packets");
	return p->takes && !wait ? p->takes : (int)n;
}

static int part_event(void *ctx, const struct skw_event *event, struct skw_error *err)
{
	(void)event;
	return note(ctx, "event", err);
}

static int part_tick(void *ctx, const struct skw_table *table,
		     const struct skw_watch_status *status, struct skw_error *err)
{
	(void)table;
	(void)status;
	return note(ctx, "tick", err);
}

static int part_pause(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	assert_int_equal(until_ns, 77);
	return note(ctx, "pause", err);
}

static bool part_ready(const void *ctx)
{
	return !((const struct part *)ctx)->is_full;
}

static void part_clock_set(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text)
{
	assert_int_equal(by_ns, -5);
	assert_int_equal(real_ns, 88);
	assert_string_equal(text, "back");
	note(ctx, "clock", NULL);
}

static int part_signal(void *ctx, int signo, struct skw_error *err)
{
	assert_int_equal(signo, 28);
	return note(ctx, "signal", err);
}

static void part_hurry(void *ctx, unsigned ms)
{
	assert_int_equal(ms, 500);
	note(ctx, "hurry", NULL);
}

static int part_close(void *ctx, uint64_t real_ns, struct skw_error *err)
{
	assert_int_equal(real_ns, 99);
	return note(ctx, "close", err);
}

static const struct skw_sink_ops part_ops = {
	.open = part_open,
	.start = part_start,
	.packets = part_packets,
	.event = part_event,
	.tick = part_tick,
	.pause = part_pause,
	.ready = part_ready,
	.clock_set = part_clock_set,
	.signal = part_signal,
	.hurry = part_hurry,
	.close = part_close,
};
/* Such as a status line: no packets go there, nor anything else. */
static const struct skw_sink_ops idle_ops = { .open = part_open };

/* The parts of a case, and a tee over them that is open. */
struct tee_case {
	struct part a, idle, b;
	struct skw_tee tee;
	struct skw_sink sink;
	struct skw_loop loop;
	struct skw_error err;
};

static void make(struct tee_case *c)
{
	c->a.name = "A";
	c->idle.name = "I";
	c->b.name = "B";
	skw_tee_add(&c->tee, (struct skw_sink){ &idle_ops, &c->idle });
	skw_tee_add(&c->tee, (struct skw_sink){ &part_ops, &c->a });
	skw_tee_add(&c->tee, (struct skw_sink){ &part_ops, &c->b });
	c->sink = skw_tee_sink(&c->tee);
	assert_int_equal(c->sink.ops->open(c->sink.ctx, &c->loop, &c->err), 0);
	log_text[0] = '\0';
}

static int offer(struct tee_case *c, size_t n, bool wait)
{
	static const struct skw_packet run[64];

	return c->sink.ops->packets(c->sink.ctx, run, n, wait, &c->err);
}

static void all_get_everything(void **state)
{
	struct tee_case c = { 0 };

	(void)state;
	make(&c);
	assert_int_equal(offer(&c, 5, false), 5);
	assert_int_equal(offer(&c, 64, true), 64);
	assert_int_equal(c.tee.packets, 69);
	assert_int_equal(c.sink.ops->event(c.sink.ctx, NULL, &c.err), 0);
	assert_int_equal(c.sink.ops->tick(c.sink.ctx, NULL, NULL, &c.err), 0);
	c.sink.ops->clock_set(c.sink.ctx, -5, 88, "back");
	assert_int_equal(c.sink.ops->signal(c.sink.ctx, 28, &c.err), 0);
	c.sink.ops->hurry(c.sink.ctx, 500);
	assert_string_equal(log_text, "up-to5-A up-to5-B all64-A all64-B event-A event-B tick-A "
				      "tick-B clock-A clock-B signal-A signal-B hurry-A hurry-B ");
	assert_false(c.loop.enough);
}

/* Lines behind a file go out first: somebody waits for them, and a disk may take its time. */
static void pauses_and_ends_come_in_the_other_order(void **state)
{
	struct tee_case c = { 0 };

	(void)state;
	make(&c);
	assert_int_equal(c.sink.ops->start(c.sink.ctx, &c.err), 0);
	assert_int_equal(c.sink.ops->pause(c.sink.ctx, 77, &c.err), 0);
	assert_int_equal(c.sink.ops->close(c.sink.ctx, 99, &c.err), 0);
	assert_string_equal(log_text, "start-A start-B pause-B pause-A close-B close-A ");
}

static void the_others_get_what_the_first_took(void **state)
{
	struct tee_case c = { .a.takes = 2 };

	(void)state;
	make(&c);
	assert_int_equal(offer(&c, 5, false), 2);
	assert_int_equal(c.tee.packets, 2);
	assert_int_equal(offer(&c, 3, true), 3);
	assert_int_equal(c.tee.packets, 5);
	assert_string_equal(log_text, "up-to5-A up-to2-B all3-A all3-B ");
}

static int take_none(void *ctx, const struct skw_packet *run, size_t n, bool wait,
		     struct skw_error *err)
{
	(void)run;
	(void)n;
	(void)wait;
	return note(ctx, "none", err);
}

static void the_others_get_nothing_when_the_first_took_nothing(void **state)
{
	const struct skw_sink_ops full = { .packets = take_none };
	struct tee_case c = { 0 };

	(void)state;
	make(&c);
	c.tee.sinks[1].ops = &full;
	assert_int_equal(offer(&c, 5, false), 0);
	assert_int_equal(c.tee.packets, 0);
	assert_string_equal(log_text, "none-A ");
}

static int take_block(void *ctx, const struct skw_raw_block *block, bool wait,
		      struct skw_error *err)
{
	assert_non_null(block);
	int ret = note(ctx, wait ? "wait-block" : "block", err);
	return ret ? ret : wait;
}

static void a_block_goes_to_the_sink_that_takes_blocks(void **state)
{
	const struct skw_sink_ops file = { .block = take_block };
	const struct skw_raw_block block = { 0 };
	struct tee_case c = { 0 };

	(void)state;
	make(&c);
	assert_int_equal(c.sink.ops->block(c.sink.ctx, &block, false, &c.err), 1);
	assert_string_equal(log_text, "");
	c.tee.sinks[2].ops = &file;
	assert_int_equal(c.sink.ops->block(c.sink.ctx, &block, false, &c.err), 0);
	assert_int_equal(c.sink.ops->block(c.sink.ctx, &block, true, &c.err), 1);
	c.b.fails = "block";
	assert_int_equal(c.sink.ops->block(c.sink.ctx, &block, false, &c.err), FAILURE);
	assert_string_equal(log_text, "block-B wait-block-B block-B ");
	assert_int_equal(c.tee.packets, 0);
}

static void at_its_limit_it_is_enough(void **state)
{
	struct tee_case c = { .tee.limit = 7 };

	(void)state;
	make(&c);
	assert_int_equal(offer(&c, 4, false), 4);
	assert_false(c.loop.enough);
	assert_int_equal(offer(&c, 4, false), 3);
	assert_true(c.loop.enough);
	assert_int_equal(c.tee.packets, 7);
	/* Also of what is offered after that. */
	assert_int_equal(offer(&c, 4, true), 0);
	assert_string_equal(log_text, "up-to4-A up-to4-B up-to3-A up-to3-B ");
}

static void a_first_that_takes_less_is_below_the_limit(void **state)
{
	struct tee_case c = { .tee.limit = 3, .a.takes = 2 };

	(void)state;
	make(&c);
	assert_int_equal(offer(&c, 5, false), 2);
	assert_false(c.loop.enough);
	assert_int_equal(offer(&c, 3, true), 1);
	assert_true(c.loop.enough);
}

static void without_sinks_packets_are_counted(void **state)
{
	struct skw_loop loop = { 0 };
	struct skw_tee tee = { .limit = 5 };
	const struct skw_sink sink = skw_tee_sink(&tee);
	static const struct skw_packet run[4];

	(void)state;
	assert_int_equal(sink.ops->open(sink.ctx, &loop, NULL), 0);
	assert_int_equal(sink.ops->packets(sink.ctx, run, 4, false, NULL), 4);
	assert_int_equal(sink.ops->packets(sink.ctx, run, 4, false, NULL), 1);
	assert_true(loop.enough);
	assert_int_equal(tee.packets, 5);
	assert_true(sink.ops->ready(sink.ctx));
	assert_int_equal(sink.ops->close(sink.ctx, 0, NULL), 0);
}

static void it_is_ready_when_all_are(void **state)
{
	struct tee_case c = { 0 };

	(void)state;
	make(&c);
	assert_true(c.sink.ops->ready(c.sink.ctx));
	c.b.is_full = true;
	assert_false(c.sink.ops->ready(c.sink.ctx));
}

/* ---- failures ---- */

static void a_failure_of_the_first_is_that_of_all(void **state)
{
	struct tee_case c = { .a.fails = "packets" };

	(void)state;
	make(&c);
	assert_int_equal(offer(&c, 5, false), FAILURE);
	assert_string_equal(c.err.text, "packets");
	assert_int_equal(c.tee.packets, 0);
	assert_string_equal(log_text, "up-to5-A ");
}

/* The figures tell what is in the file. */
static void what_the_first_took_counts_also_when_another_fails(void **state)
{
	struct tee_case c = { .tee.limit = 5, .b.fails = "packets" };

	(void)state;
	make(&c);
	assert_int_equal(offer(&c, 5, false), FAILURE);
	assert_int_equal(c.tee.packets, 5);
	assert_true(c.loop.enough);
}

static void after_a_failure_the_others_are_not_asked(void **state)
{
	static const char *const functions[] = { "open", "start", "event", "tick", "signal" };

	(void)state;
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		struct tee_case c = { 0 };
		const struct skw_sink_ops *ops;
		void *ctx;
		int ret;

		make(&c);
		ops = c.sink.ops;
		ctx = c.sink.ctx;
		c.a.fails = functions[i];
		ret = i == 0   ? ops->open(ctx, &c.loop, &c.err)
		      : i == 1 ? ops->start(ctx, &c.err)
		      : i == 2 ? ops->event(ctx, NULL, &c.err)
		      : i == 3 ? ops->tick(ctx, NULL, NULL, &c.err)
			       : ops->signal(ctx, 28, &c.err);
		assert_int_equal(ret, FAILURE);
		assert_string_equal(c.err.text, functions[i]);
		assert_null(strstr(log_text, "-B"));
	}
}

static void all_are_closed_also_after_a_failure(void **state)
{
	struct tee_case c = { .b.fails = "close" };

	(void)state;
	make(&c);
	assert_int_equal(c.sink.ops->close(c.sink.ctx, 99, &c.err), FAILURE);
	assert_string_equal(log_text, "close-B close-A ");
	log_text[0] = '\0';
	c.b.fails = NULL;
	c.a.fails = "close";
	assert_int_equal(c.sink.ops->close(c.sink.ctx, 99, NULL), FAILURE);
	assert_string_equal(log_text, "close-B close-A ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_get_everything),
		cmocka_unit_test(pauses_and_ends_come_in_the_other_order),
		cmocka_unit_test(the_others_get_what_the_first_took),
		cmocka_unit_test(the_others_get_nothing_when_the_first_took_nothing),
		cmocka_unit_test(a_block_goes_to_the_sink_that_takes_blocks),
		cmocka_unit_test(at_its_limit_it_is_enough),
		cmocka_unit_test(a_first_that_takes_less_is_below_the_limit),
		cmocka_unit_test(without_sinks_packets_are_counted),
		cmocka_unit_test(it_is_ready_when_all_are),
		cmocka_unit_test(a_failure_of_the_first_is_that_of_all),
		cmocka_unit_test(what_the_first_took_counts_also_when_another_fails),
		cmocka_unit_test(after_a_failure_the_others_are_not_asked),
		cmocka_unit_test(all_are_closed_also_after_a_failure),
	};

	return cmocka_run_group_tests_name("tee", tests, NULL, NULL);
}
