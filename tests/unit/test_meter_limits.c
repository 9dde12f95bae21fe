// SPDX-License-Identifier: BSD-2-Clause
/* Figures of sockets, added up: the bound of label sets, and their end. */
#include "metrics/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meter_world.h"

#define DEFAULT (SKW_LABEL_COMM | SKW_LABEL_DIRECTION | SKW_LABEL_REMOTE_CLASS)
#define OUT     "direction=\"out\",remote_class=\"private\"}"

static void sets_beyond_the_limit_are_other(void **state)
{
	struct meter_world w;

	(void)state;
	world_begin(&w, DEFAULT, 2);
	sweep(&w, 10 * S, NULL);
	for (unsigned i = 0; i < 5; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "p%u", i);
		process(&w, SKW_EVENT_CREATOR, 7 + i, 11 * S, SKW_CONN_OUT, comm);
		established(&w, 7 + i, 11 * S, SKW_CONN_OUT, SKW_NONE32);
	}
	assert_value(&w, "skwatch_export_series_limited_total", "3");
	assert_value(&w,
		     "skwatch_tcp_connections_opened_total{comm=\"other\",remote_class=\"other\","
		     "direction=\"out\"}",
		     "3");
	assert_value(&w,
		     "skwatch_tcp_connections_opened_total{comm=\"p1\",remote_class=\"private\","
		     "direction=\"out\"}",
		     "1");
	assert_int_equal(w.meter.sets.used, 2);
	world_end(&w);
}

static void a_closed_connection_is_not_limited_again_by_each_sweep(void **state)
{
	struct meter_world w;
	struct skw_conn_rec waits = make_kind(9, SKW_ROW_TIME_WAIT, 6, 10 * S);

	(void)state;
	world_begin(&w, DEFAULT, 1);
	process(&w, SKW_EVENT_CREATOR, 7, 9 * S, SKW_CONN_OUT, "curl");
	established(&w, 7, 9 * S, SKW_CONN_OUT, SKW_NONE32);
	for (unsigned i = 0; i < 3; i++)
		sweep(&w, (10 + i) * S, &waits);
	assert_value(&w,
		     "skwatch_tcp_connections{comm=\"other\",direction=\"other\",remote_class="
		     "\"other\",state=\"time_wait\"}",
		     "1");
	assert_value(&w, "skwatch_export_series_limited_total", "0");
	world_end(&w);
}

static void without_names_no_set_is_other(void **state)
{
	static const unsigned labels[] = { 0, SKW_LABEL_DIRECTION };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct meter_world w;

		world_begin(&w, labels[i], 1);
		sweep(&w, 10 * S, NULL);
		established(&w, 7, 11 * S, SKW_CONN_OUT, SKW_NONE32);
		established(&w, 8, 11 * S, SKW_CONN_IN, SKW_NONE32);
		established(&w, 9, 11 * S, SKW_CONN_IN, SKW_NONE32);
		assert_value(&w, "skwatch_export_series_limited_total", "0");
		assert_value(&w, "skwatch_tcp_connections_opened_total{direction=\"in\"}", "2");
		world_end(&w);
	}
}

static void an_idle_set_expires_and_begins_again_at_0(void **state)
{
	struct meter_world w;
	const char *opened = "skwatch_tcp_connections_opened_total{comm=\"a\",remote_class="
			     "\"private\",direction=\"out\"}";

	(void)state;
	world_begin(&w, DEFAULT, 2);
	for (unsigned round = 0; round < 2; round++) {
		uint64_t at = (1000 + 1000 * round) * S;
		struct skw_close_rec close = make_close(7 + round, at, 9, 0);

		sweep(&w, at, NULL);
		process(&w, SKW_EVENT_CREATOR, 7 + round, at, SKW_CONN_OUT, "a");
		established(&w, 7 + round, at, SKW_CONN_OUT, SKW_NONE32);
		sweep(&w, at + 1 * S, NULL);
		event(&w, &close, sizeof(close));
		sweep(&w, at + 599 * S, NULL);
		assert_value(&w, opened, "1");
		sweep(&w, at + 602 * S, NULL);
		assert_value(&w, opened, "");
		assert_int_equal(w.meter.sets.used, 0);
	}
	world_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_beyond_the_limit_are_other),
		cmocka_unit_test(a_closed_connection_is_not_limited_again_by_each_sweep),
		cmocka_unit_test(without_names_no_set_is_other),
		cmocka_unit_test(an_idle_set_expires_and_begins_again_at_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
