// SPDX-License-Identifier: BSD-2-Clause
/* Expressions with patterns, names, other fields, and the words of ss. */
#include "expr/expr.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "conn_rows.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static bool user(void *ctx, const char *name, uint32_t *out)
{
	(void)ctx;
	*out = 26;
	return strcmp(name, "postgres") == 0;
}

static bool service(void *ctx, const char *name, uint16_t *out)
{
	(void)ctx;
	*out = strcmp(name, "https") == 0 ? 443 : 5432;
	return strcmp(name, "https") == 0 || strcmp(name, "postgresql") == 0;
}

static const struct skw_expr_names names = { user, service, NULL };

struct expectation {
	const char *text;
	bool matches;
};

static void check(const struct expectation *list, size_t len, const struct skw_row *row)
{
	for (size_t i = 0; i < len; i++) {
		struct skw_expr *e = NULL;
		struct skw_error err = { 0 };

		if (skw_expr_parse(list[i].text, &names, &e, &err))
			fail_msg("%s: %s", list[i].text, err.text);
		if (skw_expr_matches(e, row) != list[i].matches)
			fail_msg("%s: not %d", list[i].text, list[i].matches);
		skw_expr_free(e);
	}
}

/* The row is postgres [4121] and "worker "x"" [4130], /system.slice/postgresql.service. */

static void words_with_stars_are_globs(void **state)
{
	static const struct expectation list[] = {
		{ "comm = post*", true },
		{ "comm = *gres", true },
		{ "comm = *", true },
		{ "comm = post", false },
		{ "comm = ostgre*", false },
		{ "comm = p?stgres", true },
		{ "comm = p?ostgres", false },
		{ "comm = [a-p]ostgres", true },
		{ "comm = [!a-p]ostgres", false },
		{ "comm != post*", false },
		{ "comm != nginx*", true },
		{ "comm = worker*", true },
		{ "comm = Post*", false },
		/* Quotes take the meaning away. */
		{ "comm = 'post*'", false },
		{ "comm = \"*\"", false },
		{ "cgroup = /system.slice/*.service", true },
		{ "cgroup = *.scope", false },
		{ "state = clo*", true },
		{ "state = *-wait", false },
		{ "state = *_wait*", false },
		{ "reason = reset*", true },
		{ "remote = 10.0.*", true },
		{ "remote = 10.1.*", false },
		{ "remote != 10.0.*", false },
		{ "remote = *:51532", true },
	};
	struct skw_row row = conn_row_full();

	(void)state;
	check(list, LEN(list), &row);
	row.state = SKW_STATE_TIME_WAIT;
	check(&(struct expectation){ "state = *-wait", true }, 1, &row);
	row = conn_row_unknown();
	check(&(struct expectation){ "comm = *", false }, 1, &row);
	check(&(struct expectation){ "comm !=~ x", false }, 1, &row);
}

static void regular_expressions_match_a_part(void **state)
{
	static const struct expectation list[] = {
		{ "comm =~ ^post", true },
		{ "comm =~ gres$", true },
		{ "comm =~ ^gres", false },
		{ "comm =~ '^(nginx|post.*)$'", true },
		{ "comm !=~ '^(nginx|post.*)$'", false },
		{ "not comm =~ nginx", true },
		{ "comm =~ Post", false },
		{ "comm =~ \"x\\\"$\"", true },
		{ "cgroup =~ 'sql\\.service$'", true },
		{ "cgroup =~ 'sql\\.servic$'", false },
		{ "cgroup =~ 'slice.postgre'", true },
		{ "state =~ ^CLOSED$", true },
		{ "state =~ 'ESTAB|WAIT'", false },
		{ "congestion =~ c.b", true },
	};
	const struct skw_row row = conn_row_full();

	(void)state;
	check(list, LEN(list), &row);
}

static void users_and_services_have_names(void **state)
{
	static const struct expectation list[] = {
		{ "uid = postgres", true },     { "uid != postgres", false },
		{ "user = postgres", true },    { "uid = 26", true },
		{ "port = postgresql", true },  { "port = https", false },
		{ "lport = postgresql", true }, { "rport = postgresql", false },
		{ "port != https", true },      { "port > https", true },
	};
	const struct skw_row row = conn_row_full();

	(void)state;
	check(list, LEN(list), &row);
}

static void a_field_is_compared_with_another(void **state)
{
	/* srtt 41,200, min_rtt 300, rttvar 5,000 us; cwnd 10, ssthresh 7, segs_out 1,000. */
	static const struct expectation list[] = {
		{ "srtt > min_rtt", true },
		{ "srtt > 4 * min_rtt", true },
		{ "srtt > 4*min_rtt", true },
		{ "srtt > 4* min_rtt", true },
		{ "srtt > min_rtt *4", true },
		{ "srtt > min_rtt * 137", true },
		{ "srtt > min_rtt * 138", false },
		{ "srtt < 137.5 * min_rtt", true },
		{ "srtt = 8.24 * rttvar", true },
		{ "srtt != 8.24 * rttvar", false },
		{ "srtt > 0.5*srtt and srtt = srtt", true },
		{ "cwnd > ssthresh", true },
		{ "cwnd <= ssthresh", false },
		{ "segs_out >= 100 * cwnd", true },
		{ "segs_out > 100 * cwnd", false },
		{ "lport = rport", false },
		{ "port = lport", true },
		{ "recv_q < send_q and (cwnd>ssthresh)", true },
	};
	struct skw_row row = conn_row_full();

	(void)state;
	check(list, LEN(list), &row);
	row.cookie = row.inode = 1;
	/* Products do not overflow. */
	row.bytes_acked = SKW_NONE64 - 1;
	row.bytes_received = SKW_NONE64 - 2;
	check(&(struct expectation){ "acked > received", true }, 1, &row);
	check(&(struct expectation){ "received > 1000000 * acked", false }, 1, &row);
	row.min_rtt_us = SKW_NONE32;
	check(&(struct expectation){ "srtt > 4 * min_rtt", false }, 1, &row);
	check(&(struct expectation){ "srtt <= 4 * min_rtt", false }, 1, &row);
	check(&(struct expectation){ "srtt != min_rtt", false }, 1, &row);
}

static void words_of_ss_mean_the_same(void **state)
{
	static const struct expectation list[] = {
		{ "sport = :5432", true },
		{ "sport = :postgresql", true },
		{ "dport = 51532", true },
		{ "sport eq :5432 and dport gt :1024", true },
		{ "dport lt 1024 or dport le 1024", false },
		{ "sport neq 5432", false },
		{ "dport geq 51532", true },
		{ "src 10.0.3.7", true },
		{ "dst 10.0.0.0/8", true },
		{ "dst 10.0.3.21:51532", true },
		{ "not dst 10.0.3.22", true },
		{ "dst = 10.0.0.0/16 and src ~ 10.", true },
		{ "state closed", true },
		{ "( state closed or state established ) and dst 11.0.0.0/8", false },
	};
	const struct skw_row row = conn_row_full();

	(void)state;
	check(list, LEN(list), &row);
}

static void days_are_a_unit(void **state)
{
	struct skw_row row = conn_row_full();
	static const struct expectation list[] = {
		{ "age = 3d", true },  { "age > 2.5d", true }, { "age > 4d", false },
		{ "age < 73h", true }, { "age = 0d", false },
	};

	(void)state;
	row.ts_ns = row.opened_ns + 3ULL * 86400 * 1000000000;
	check(list, LEN(list), &row);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_with_stars_are_globs),
		cmocka_unit_test(regular_expressions_match_a_part),
		cmocka_unit_test(users_and_services_have_names),
		cmocka_unit_test(a_field_is_compared_with_another),
		cmocka_unit_test(words_of_ss_mean_the_same),
		cmocka_unit_test(days_are_a_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
