// SPDX-License-Identifier: BSD-2-Clause
/* The stage of a flight recorder: what it hands on, in which order. */
#include "session/flight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "loop/state.h"
#include "util/clock.h"

#define S SKW_NS_PER_S

/* The calls behind the stage: "p" and the seconds of a packet, "step" and those of the step. */
static char arrived[256];
static uint64_t paused_ns;

static void note(const char *what, uint64_t ns)
{
	size_t len = strlen(arrived);

	snprintf(arrived + len, sizeof(arrived) - len, "%s%llu ", what,
		 (unsigned long long)(ns / S));
}

static int take_packets(void *ctx, const struct skw_packet *run, size_t n, bool wait,
			struct skw_error *err)
{
	(void)ctx;
	(void)wait;
	(void)err;
	for (size_t i = 0; i < n; i++)
		note("p", run[i].ts_ns);
	return (int)n;
}

static int take_pause(void *ctx, uint64_t until_ns, struct skw_error *err)
{
	(void)ctx;
	(void)err;
	paused_ns = until_ns;
	return 0;
}

static void take_step(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text)
{
	(void)ctx;
	assert_int_equal(by_ns, -5 * (int64_t)S);
	assert_string_equal(text, "the clock was set");
	note("step", real_ns);
}

static const struct skw_sink_ops behind = { .packets = take_packets,
					    .pause = take_pause,
					    .clock_set = take_step };

static struct skw_loop loop;
static struct skw_flight_session flight;
static struct skw_session_plan plan;
static struct skw_sink sink;

static int set_up(void **state)
{
	(void)state;
	arrived[0] = '\0';
	loop = (struct skw_loop){ 0 };
	plan = (struct skw_session_plan){ .flight = { .on = "rto",
						      .pre_ns = 2 * S,
						      .post_ns = 10 * S,
						      .bytes = 1 << 20,
						      .any = true } };
	assert_int_equal(skw_flight_session_make(&flight, &plan, NULL), 0);
	flight.inner = (struct skw_sink){ &behind, NULL };
	flight.loop = &loop;
	sink = skw_flight_session_sink(&flight);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	skw_flight_session_free(&flight);
	return 0;
}

static void put(uint64_t ts_ns)
{
	static const uint8_t data[60];
	const struct skw_packet pkt = {
		.ts_ns = ts_ns, .data = data, .caplen = sizeof(data), .len = sizeof(data)
	};

	assert_int_equal(sink.ops->packets(sink.ctx, &pkt, 1, false, NULL), 1);
}

/* The clock goes back from 12 to 7 seconds, between two packets. */
static void a_step_of_the_clock_stands_between_its_packets(void **state)
{
	(void)state;
	put(10 * S);
	skw_flight_trigger(flight.flight, 11 * S, 1);
	assert_int_equal(sink.ops->pause(sink.ctx, 11 * S, NULL), 0);
	put(11 * S);
	assert_int_equal(sink.ops->pause(sink.ctx, 12 * S + 1, NULL), 0);
	sink.ops->clock_set(sink.ctx, -5 * (int64_t)S, 7 * S, "the clock was set");
	put(8 * S);
	/* The step is in the memory, behind the packet of 11, which is now of 6. */
	assert_string_equal(arrived, "p10 ");
	assert_int_equal(sink.ops->pause(sink.ctx, 8 * S + 1, NULL), 0);
	assert_string_equal(arrived, "p10 p11 ");
	/* The sink behind the stage hears of no time after the step before the step itself. */
	assert_true(paused_ns <= 6 * S);
	assert_int_equal(sink.ops->pause(sink.ctx, 9 * S + 1, NULL), 0);
	assert_string_equal(arrived, "p10 p11 step7 ");
	assert_int_equal(sink.ops->pause(sink.ctx, 11 * S, NULL), 0);
	assert_string_equal(arrived, "p10 p11 step7 p8 ");
	assert_int_equal(paused_ns, 9 * S);
}

static void without_a_trigger_the_step_is_still_told(void **state)
{
	(void)state;
	put(10 * S);
	sink.ops->clock_set(sink.ctx, -5 * (int64_t)S, 7 * S, "the clock was set");
	put(8 * S);
	assert_int_equal(sink.ops->pause(sink.ctx, 20 * S, NULL), 0);
	assert_string_equal(arrived, "step7 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_step_of_the_clock_stands_between_its_packets,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_a_trigger_the_step_is_still_told, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
