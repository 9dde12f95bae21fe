// SPDX-License-Identifier: BSD-2-Clause
/* Metrics as text: both forms byte for byte, hostile names, zones, which form a reader wants. */
#include "metrics/exposition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "meter_world.h"
#include "metrics/accept.h"
#include "util/cleanup.h"

#define OFFSET_NS 1700000000000000000LL

static void fill(struct meter_world *w, unsigned labels)
{
	world_begin(w, labels, 10);
	w->meter.offset_ns = OFFSET_NS;
	sweep(w, 10 * S, NULL);
	process(w, SKW_EVENT_CREATOR, 42, 11 * S, SKW_CONN_OUT, "curl");
	established(w, 42, 11 * S, SKW_CONN_OUT, 250);
}

#define HEAD(name, type, help) "# HELP " name " " help "\n# TYPE " name " " type "\n"
#define UNIT(name, unit)       "# UNIT " name " " unit "\n"
#define SET                    "comm=\"curl\",remote_class=\"private\""
#define BUCKET(le, n)          "skwatch_tcp_handshake_seconds_bucket{" SET ",le=\"" le "\"} " n

static const char handshakes_head[] = HEAD("skwatch_tcp_handshake_seconds", "histogram",
					   "The first round-trip time of each connection.");
static const char handshakes_first[] = BUCKET("3.2e-05", "0\n") BUCKET("6.4e-05", "0\n")
	BUCKET("0.000128", "0\n") BUCKET("0.000256", "1");
static const char handshakes_rest[] = "\n" BUCKET("0.000512", "1\n") BUCKET("0.001024", "1\n")
	BUCKET("0.002048", "1\n") BUCKET("0.004096", "1\n") BUCKET("0.008192", "1\n") BUCKET(
		"0.016384", "1\n") BUCKET("0.032768", "1\n") BUCKET("0.065536", "1\n")
		BUCKET("0.131072", "1\n") BUCKET("0.262144", "1\n") BUCKET("0.524288", "1\n")
			BUCKET("+Inf", "1\n") "skwatch_tcp_handshake_seconds_count{" SET "} 1\n"
					      "skwatch_tcp_handshake_seconds_sum{" SET
					      "} 0.000250\n";

static void has(struct meter_world *w, enum skw_exposition_form form, const char *const parts[],
		size_t n)
{
	struct skw_buf all = SKW_BUF_INIT;

	for (size_t i = 0; i < n; i++)
		skw_buf_add_str(&all, parts[i]);
	skw_buf_add_char(&all, '\0');
	if (!strstr(text_of(w, form), (const char *)all.data)) {
		print_message("%s", (const char *)w->text.data);
		fail_msg("it lacks:\n%s", (const char *)all.data);
	}
	skw_buf_free(&all);
}

static void both_forms_are_these_bytes(void **state)
{
	struct meter_world w;
	const char *const plain[] = { handshakes_head, handshakes_first, handshakes_rest };
	const char *const open[] = { handshakes_head,
				     UNIT("skwatch_tcp_handshake_seconds", "seconds"),
				     handshakes_first, " # {cookie=\"42\"} 0.00025 1700000011.000",
				     handshakes_rest };
	const char *const plain_end[] = {
		HEAD("skwatch_events_lost_total", "counter",
		     "Events of the kernel that found no room in a ring."),
		"skwatch_events_lost_total 5\n",
		HEAD("skwatch_export_series_limited_total", "counter",
		     "Sockets that were counted as other, as there were enough label sets."),
		"skwatch_export_series_limited_total 0\n",
		HEAD("skwatch_build_info", "gauge", "The version of skwatch."),
		"skwatch_build_info{version=\"1.2\"} 1\n"
	};
	const char *const open_end[] = {
		HEAD("skwatch_events_lost", "counter",
		     "Events of the kernel that found no room in a ring."),
		"skwatch_events_lost_total 5\n",
		HEAD("skwatch_export_series_limited", "counter",
		     "Sockets that were counted as other, as there were enough label sets."),
		"skwatch_export_series_limited_total 0\n",
		HEAD("skwatch_build", "info", "The version of skwatch."),
		"skwatch_build_info{version=\"1.2\"} 1\n# EOF\n"
	};

	(void)state;
	fill(&w, SKW_LABEL_COMM | SKW_LABEL_REMOTE_CLASS);
	w.figures.events_lost = 5;
	has(&w, SKW_EXPOSITION_PROMETHEUS, plain, SKW_ARRAY_SIZE(plain));
	has(&w, SKW_EXPOSITION_PROMETHEUS, plain_end, SKW_ARRAY_SIZE(plain_end));
	has(&w, SKW_EXPOSITION_OPENMETRICS, open, SKW_ARRAY_SIZE(open));
	has(&w, SKW_EXPOSITION_OPENMETRICS, open_end, SKW_ARRAY_SIZE(open_end));
	world_end(&w);
}

static void families_that_were_not_asked_for_are_left_out(void **state)
{
	struct meter_world w;

	(void)state;
	fill(&w, 0);
	assert_null(strstr(text_of(&w, SKW_EXPOSITION_OPENMETRICS), "skwatch_udp"));
	assert_null(strstr(text_of(&w, SKW_EXPOSITION_OPENMETRICS), "skwatch_messages"));
	w.figures.udp = true;
	w.figures.messages = &w.messages;
	assert_non_null(strstr(text_of(&w, SKW_EXPOSITION_OPENMETRICS), "skwatch_udp_drops"));
	assert_non_null(strstr(text_of(&w, SKW_EXPOSITION_OPENMETRICS), "skwatch_messages_errors"));
	world_end(&w);
}

static void messages_have_latencies_by_protocol(void **state)
{
	struct meter_world w;
	struct skw_message m = { .protocol = "http",
				 .outcome = SKW_MESSAGE_ANSWERED,
				 .latency_ns = 40 * MS };

	(void)state;
	fill(&w, 0);
	w.figures.messages = &w.messages;
	skw_message_meter_add(&w.messages, &m);
	m.error = true;
	m.latency_ns = 30 * S;
	skw_message_meter_add(&w.messages, &m);
	m.outcome = SKW_MESSAGE_UNANSWERED;
	m.error = false;
	skw_message_meter_add(&w.messages, &m);
	m.outcome = SKW_MESSAGE_ORPHAN;
	skw_message_meter_add(&w.messages, &m);
	assert_value(&w, "skwatch_messages_requests_total{protocol=\"http\"}", "3");
	assert_value(&w, "skwatch_messages_errors_total{protocol=\"http\"}", "2");
	assert_value(&w,
		     "skwatch_messages_latency_seconds_bucket{protocol=\"http\",le=\"0.032768\"}",
		     "0");
	assert_value(&w,
		     "skwatch_messages_latency_seconds_bucket{protocol=\"http\",le=\"0.065536\"}",
		     "1");
	assert_value(&w,
		     "skwatch_messages_latency_seconds_bucket{protocol=\"http\",le=\"16.777216\"}",
		     "1");
	assert_value(&w, "skwatch_messages_latency_seconds_count{protocol=\"http\"}", "2");
	assert_value(&w, "skwatch_messages_latency_seconds_sum{protocol=\"http\"}", "30.040000");
	world_end(&w);
}

static void opened_by(struct meter_world *w, uint64_t cookie, const char *comm)
{
	process(w, SKW_EVENT_CREATOR, cookie, 11 * S, SKW_CONN_OUT, comm);
	established(w, cookie, 11 * S, SKW_CONN_OUT, SKW_NONE32);
}

#define OPENED(comm) "skwatch_tcp_connections_opened_total{comm=\"" comm "\",direction=\"out\"}"

static void hostile_names_are_labels_like_others(void **state)
{
	struct meter_world w;

	(void)state;
	world_begin(&w, SKW_LABEL_COMM, 20);
	sweep(&w, 10 * S, NULL);
	opened_by(&w, 1, "a\"b\\c");
	opened_by(&w, 2, "x\n} 7\n");
	opened_by(&w, 3, "bad\xff\xc3");
	opened_by(&w, 4, "bad\xfe\xc4");
	opened_by(&w, 5, "\xe2\x80\xaegnp"); /* right to left */
	opened_by(&w, 6, "other");
	opened_by(&w, 7, "unknown");
	opened_by(&w, 8, "");
	opened_by(&w, 9, "gr\xc3\xbcn");
	opened_by(&w, 10, "0123456789abcdef");
	assert_value(&w, OPENED("a\\\"b\\\\c"), "1");
	assert_value(&w, OPENED("x?} 7?"), "1");
	assert_value(&w, OPENED("bad??"), "2");
	assert_value(&w, OPENED("?gnp"), "1");
	assert_value(&w, OPENED("other_"), "1");
	assert_value(&w, OPENED("unknown"), "2");
	assert_value(&w, OPENED("gr\xc3\xbcn"), "1");
	assert_value(&w, OPENED("0123456789abcdef"), "1");
	world_end(&w);
}

static void name_of_cgroup(struct meter_world *w, uint64_t id, const char *path)
{
	uint64_t asked = 0;

	assert_true(w->taker.ops->needs_cgroup(w->taker.ctx, id));
	assert_true(w->taker.ops->unnamed_cgroup(w->taker.ctx, &asked));
	assert_int_equal(asked, id);
	if (path)
		assert_int_equal(w->taker.ops->name_cgroup(w->taker.ctx, id, path), 0);
	assert_false(w->taker.ops->unnamed_cgroup(w->taker.ctx, &asked));
	assert_false(w->taker.ops->needs_cgroup(w->taker.ctx, id));
}

static void in_cgroup(struct meter_world *w, uint64_t cookie, uint64_t cgroup, uint32_t netns)
{
	struct skw_event_rec rec = make_event(SKW_EVENT_ESTABLISHED, cookie, 11 * S);

	rec.head.direction = SKW_CONN_OUT;
	rec.head.netns = netns;
	rec.cgroup_id = cgroup;
	rec.handshake_us = SKW_NONE32;
	event(w, &rec, sizeof(rec));
}

static void cgroups_and_namespaces_of_one_name_are_one_series(void **state)
{
	struct meter_world w;
	char path[400] = "/";

	(void)state;
	world_begin(&w, SKW_LABEL_CGROUP | SKW_LABEL_NETNS, 20);
	sweep(&w, 10 * S, NULL);
	memset(path + 1, 'p', sizeof(path) - 2);
	path[sizeof(path) - 1] = '\0';
	name_of_cgroup(&w, 7, "/a.service");
	name_of_cgroup(&w, 8, "/a.service");
	name_of_cgroup(&w, 9, NULL);
	name_of_cgroup(&w, 10, path);
	w.taker.ops->name_netns(w.taker.ctx, 1, "web");
	w.taker.ops->name_netns(w.taker.ctx, 2, "web");
	w.taker.ops->name_netns(w.taker.ctx, 3, "");
	in_cgroup(&w, 1, 7, 1);
	in_cgroup(&w, 2, 8, 2);
	in_cgroup(&w, 3, 9, 3);
	in_cgroup(&w, 4, 10, 4);
	assert_value(&w,
		     "skwatch_tcp_connections_opened_total{cgroup=\"/a.service\",netns=\"web\","
		     "direction=\"out\"}",
		     "2");
	assert_value(&w,
		     "skwatch_tcp_connections_opened_total{cgroup=\"unknown\",netns=\"3\","
		     "direction=\"out\"}",
		     "1");
	assert_null(strstr((char *)w.text.data, path));
	assert_non_null(strstr((char *)w.text.data, "cgroup=\"...pppp"));
	world_end(&w);
}

static uint8_t zone(const struct skw_zones *z, const char *address)
{
	uint8_t addr[16] = { 0 };
	bool is_v6 = strchr(address, ':') != NULL;

	assert_int_equal(inet_pton(is_v6 ? AF_INET6 : AF_INET, address, addr), 1);
	return skw_zones_find(z, is_v6 ? AF_INET6 : AF_INET, addr);
}

static void remote_ends_have_classes_and_zones(void **state)
{
	struct skw_zones z = { 0 };
	struct skw_error err = { 0 };
	static const struct {
		const char *address, *name;
	} expected[] = {
		{ "127.0.0.1", "loopback" },
		{ "::1", "loopback" },
		{ "10.2.3.4", "private" },
		{ "172.31.255.255", "private" },
		{ "172.32.0.0", "public" },
		{ "192.168.0.9", "private" },
		{ "100.64.0.1", "private" },
		{ "169.254.1.1", "private" },
		{ "fd00::1", "private" },
		{ "fe80::1", "private" },
		{ "2001:db8::1", "public" },
		{ "8.8.8.8", "public" },
		{ "::ffff:10.0.0.1", "private" },
		{ "::ffff:127.0.0.1", "loopback" },
		{ "10.1.2.3", "dc1" },
		{ "10.1.9.9", "rack" },
		{ "::ffff:10.1.9.9", "rack" },
		{ "2001:db8:1::5", "dc1" },
		{ "203.0.113.7", "private" },
	};

	(void)state;
	assert_int_equal(skw_zones_add(&z, "dc1=10.1.0.0/16,2001:db8:1::/48", &err), 0);
	assert_int_equal(skw_zones_add(&z, "rack=10.1.9.0/24", &err), 0);
	assert_int_equal(skw_zones_add(&z, "private=203.0.113.7", &err), 0);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(expected); i++)
		assert_string_equal(skw_zones_name(&z, zone(&z, expected[i].address)),
				    expected[i].name);
	skw_zones_free(&z);
}

static void wrong_zones_are_refused(void **state)
{
	static const char *const wrong[] = { "",
					     "dc1",
					     "=10.0.0.0/8",
					     "a=",
					     "a=10.0.0.0/33",
					     "a=10.0.0.0/",
					     "a=10.0.0.0/-1",
					     "a=x",
					     "a=10.0.0.1,",
					     "a=::/129",
					     "other=10.0.0.0/8" };
	struct skw_zones z = { 0 };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(wrong); i++) {
		struct skw_error err = { 0 };

		assert_int_equal(skw_zones_add(&z, wrong[i], &err), -22);
		assert_true(err.usage);
	}
	skw_zones_free(&z);
}

static void readers_get_the_form_that_they_want(void **state)
{
	static const struct {
		const char *accept;
		enum skw_exposition_form form;
	} expected[] = {
		{ NULL, SKW_EXPOSITION_PROMETHEUS },
		{ "*/*", SKW_EXPOSITION_PROMETHEUS },
		{ "text/plain", SKW_EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text", SKW_EXPOSITION_OPENMETRICS },
		{ "application/openmetrics-text;version=1.0.0,application/"
		  "openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
		  SKW_EXPOSITION_OPENMETRICS },
		{ "text/plain;version=0.0.4;q=0.5, application/openmetrics-text; q=0.3",
		  SKW_EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text;q=0", SKW_EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-textual", SKW_EXPOSITION_PROMETHEUS },
		{ ",,;;q=,=;", SKW_EXPOSITION_PROMETHEUS },
		{ "application/openmetrics-text;q=99999999999999999999",
		  SKW_EXPOSITION_OPENMETRICS },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(expected); i++)
		assert_int_equal(skw_accept_form(expected[i].accept), expected[i].form);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_forms_are_these_bytes),
		cmocka_unit_test(families_that_were_not_asked_for_are_left_out),
		cmocka_unit_test(messages_have_latencies_by_protocol),
		cmocka_unit_test(hostile_names_are_labels_like_others),
		cmocka_unit_test(cgroups_and_namespaces_of_one_name_are_one_series),
		cmocka_unit_test(remote_ends_have_classes_and_zones),
		cmocka_unit_test(wrong_zones_are_refused),
		cmocka_unit_test(readers_get_the_form_that_they_want),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
