// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "conn_rows.h"
#include "row/field.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

struct expectation {
	const char *text;
	bool matches;
};

static bool matches(const char *text, const struct skw_row *row)
{
	struct skw_expr *e = NULL;
	struct skw_error err = { 0 };

	if (skw_expr_parse(text, NULL, &e, &err))
		fail_msg("%s: %s", text, err.text);
	bool answer = skw_expr_matches(e, row);
	skw_expr_free(e);
	return answer;
}

static void check(const struct expectation *list, size_t len, const struct skw_row *row)
{
	for (size_t i = 0; i < len; i++)
		if (matches(list[i].text, row) != list[i].matches)
			fail_msg("%s: not %d", list[i].text, list[i].matches);
}

static void numbers_and_units(void **state)
{
	/*
	 * The row has srtt 41200 us, age 7980 s, tx 704000 bit/s, bytes_acked 1.9e9, mss 1448, cwnd
	 * 10.
	 */
	static const struct expectation list[] = {
		{ "srtt > 41ms", true },
		{ "srtt > 41.2ms", false },
		{ "srtt >= 41.2ms", true },
		{ "srtt = 41200us", true },
		{ "srtt == 41.2ms", true },
		{ "srtt != 41.2ms", false },
		{ "srtt < 0.0412s", false },
		{ "srtt <= .0412s", true },
		{ "srtt_us > 41000", true },
		{ "srtt_us > 42000", false },
		{ "srtt > 0", true },
		{ "age > 2h", true },
		{ "age > 2.5h", false },
		{ "age = 133m", true },
		{ "age < 7981S", true },
		/* A fraction of a microsecond makes the operand greater. */
		{ "srtt = 41200.5us", false },
		{ "srtt < 41200.5us", true },
		{ "srtt <= 41200.5us", true },
		{ "srtt > 41200.5us", false },
		{ "srtt >= 41200.5us", false },
		{ "srtt > 41199.5us", true },
		{ "srtt < 41200.0000000000001us", true },
		{ "tx = 704k", true },
		{ "tx = 0.704M", true },
		{ "tx_bps >= 1G", false },
		{ "mss > 1k", true },
		{ "mss = 1448", true },
		{ "mss > 1.4140625k", false }, /* 1448 */
		{ "mss >= 1.4140625K", true },
		{ "bytes_acked > 1g", true },
		{ "bytes_acked > 2G", false },
		{ "cwnd = 10", true },
		{ "cwnd < 0.01k", false },
		{ "segs_out = 1k", true },
		{ "port = 5432 and port = 51532", true },
		{ "port = 443", false },
		{ "port != 443", true },
		{ "port != 5432", false },
		{ "lport = 5432 and rport = 51532", true },
		{ "cookie = 4242", true },
		{ "cookie < 18446744073709551615", true },
		{ "uid = 26", true },
		{ "drops > 8", true },
	};
	struct skw_row row = conn_row_full();

	(void)state;
	check(list, LEN(list), &row);
}

static void large_numbers_are_exact(void **state)
{
	struct skw_row row = conn_row_full();

	(void)state;
	row.cookie = (1ULL << 53) + 1;
	assert_true(matches("cookie = 9007199254740993", &row));
	assert_false(matches("cookie = 9007199254740992", &row));
}

static void shares_of_what_was_sent(void **state)
{
	/* The row has 12 of 1000 segments retransmitted and 3 lost. */
	static const struct expectation list[] = {
		{ "retrans > 1%", true },      { "retrans > 1.2%", false },
		{ "retrans = 1.2%", true },    { "retrans >= 1.2000001%", false },
		{ "retrans_segs < 2%", true }, { "lost = .3%", true },
		{ "retrans > 100%", false },   { "retrans > 11", true },
	};
	struct skw_row row = conn_row_full();

	(void)state;
	check(list, LEN(list), &row);
	row.segs_out = 0;
	assert_false(matches("retrans >= 0%", &row));
	row.segs_out = SKW_NONE32;
	assert_false(matches("retrans >= 0%", &row));
	row.segs_out = row.retrans_segs = SKW_NONE32 - 1;
	assert_true(matches("retrans = 100%", &row));
}

static void texts(void **state)
{
	static const struct expectation list[] = {
		{ "comm = postgres", true },
		{ "comm = Postgres", false },
		{ "comm ~ GRES", true },
		{ "comm !~ gres", false },
		{ "comm !~ nginx", true },
		{ "comm != postgres", false },
		/* Any holder matches; "worker" is the second, which is not shown. */
		{ "comm ~ worker", true },
		{ "comm = 'worker \"x\"'", true },
		{ "comm = \"worker \\\"x\\\"\"", true },
		{ "pid = 4130", true },
		{ "pid > 4121", true },
		{ "pid != 4130", false },
		{ "pid != 5", true },
		{ "cgroup ~ postgres", true },
		{ "cgroup = /system.slice/postgresql.service", true },
		{ "cg ~ user.slice", false },
		{ "ns = web", true },
		{ "cc = cubic", true },
		{ "comm = 'and'", false },
		{ "app_limited", true },
		{ "app_limited = true", true },
		{ "app_limited != yes", false },
		{ "not app_limited", false },
		{ "app_limited = no or cwnd = 1", false },
	};
	struct skw_row row = conn_row_full();

	(void)state;
	check(list, LEN(list), &row);
}

static void values_as_ss_and_people_spell_them(void **state)
{
	static const struct {
		uint8_t state;
		struct expectation e;
	} list[] = {
		{ SKW_STATE_ESTABLISHED, { "state = established", true } },
		{ SKW_STATE_ESTABLISHED, { "state = ESTABLISHED", true } },
		{ SKW_STATE_ESTABLISHED, { "state = estab", true } },
		{ SKW_STATE_ESTABLISHED, { "state != estab", false } },
		{ SKW_STATE_ESTABLISHED, { "state ~ estab", true } },
		{ SKW_STATE_FIN_WAIT1, { "state = fin-wait-1", true } },
		{ SKW_STATE_FIN_WAIT2, { "state = fin-wait-1", false } },
		{ SKW_STATE_FIN_WAIT2, { "state ~ fin-wait", true } },
		{ SKW_STATE_TIME_WAIT, { "state = time-wait", true } },
		{ SKW_STATE_TIME_WAIT, { "state ~ wait", true } },
		{ SKW_STATE_TIME_WAIT, { "state !~ wait", false } },
		{ SKW_STATE_LISTEN, { "state = listening", true } },
		{ SKW_STATE_SYN_SENT, { "state = syn-sent", true } },
		{ SKW_STATE_UNCONN, { "state = unconn", true } },
		{ SKW_STATE_CLOSED, { "state = close", true } },
		{ SKW_STATE_CLOSE_WAIT, { "state = close", false } },
		{ SKW_STATE_CLOSED, { "close_reason = reset-by-peer", true } },
		{ SKW_STATE_CLOSED, { "reason ~ reset", true } },
		{ SKW_STATE_CLOSED, { "reason = refused", false } },
		{ SKW_STATE_CLOSED, { "direction = in", true } },
		{ SKW_STATE_CLOSED, { "dir = OUT", false } },
		{ SKW_STATE_CLOSED, { "proto = tcp and family = inet", true } },
		{ SKW_STATE_CLOSED, { "family = ipv4", true } },
		{ SKW_STATE_CLOSED, { "family = inet6", false } },
		{ SKW_STATE_CLOSED, { "family ~ inet", true } },
		{ SKW_STATE_CLOSED, { "timer = keepalive", true } },
		{ SKW_STATE_CLOSED, { "owner_source = holder", true } },
	};
	struct skw_row row = conn_row_full();

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		row.state = list[i].state;
		check(&list[i].e, 1, &row);
	}
}

static void addresses(void **state)
{
	static const struct {
		const char *remote;
		struct expectation e;
	} list[] = {
		{ "10.0.3.21", { "remote ~ 10.0.0.0/8", true } },
		{ "10.0.3.21", { "remote = 10.0.0.0/8", true } },
		{ "10.0.3.21", { "remote !~ 10.0.0.0/8", false } },
		{ "11.0.3.21", { "remote ~ 10.0.0.0/8", false } },
		{ "11.0.3.21", { "remote != 10.0.0.0/8", true } },
		{ "10.0.3.21", { "remote ~ 10.9.9.9/8", true } },
		{ "10.0.3.21", { "remote ~ 10.0.2.0/23", true } },
		{ "10.0.4.21", { "remote ~ 10.0.2.0/23", false } },
		{ "10.0.3.21", { "remote ~ 10.0.3.16/29", true } },
		{ "10.0.3.24", { "remote ~ 10.0.3.16/29", false } },
		{ "10.0.3.21", { "remote = 10.0.3.21", true } },
		{ "10.0.3.22", { "remote = 10.0.3.21", false } },
		{ "10.0.3.21", { "remote = 10.0.3.21:51532", true } },
		{ "10.0.3.21", { "remote = 10.0.3.21:443", false } },
		{ "10.0.3.21", { "remote = 10.0.0.0/8:51532", true } },
		{ "10.0.3.21", { "remote = *:51532 and remote = :51532", true } },
		{ "10.0.3.21", { "remote ~ *:443", false } },
		{ "10.0.3.21", { "remote ~ 0.0.0.0/0", true } },
		{ "10.0.3.21", { "remote ~ ::/0", false } },
		{ "10.0.3.21", { "remote ~ 10.0 and remote ~ 10. and remote ~ 10.0.3", true } },
		{ "10.1.3.21", { "remote ~ 10.0.", false } },
		{ "10.0.3.21", { "local = 10.0.3.7 and addr = 10.0.3.7", true } },
		{ "10.0.3.21", { "addr = 10.0.3.21", true } },
		{ "10.0.3.21", { "addr != 10.0.3.21", false } },
		{ "10.0.3.21", { "addr = 10.0.3.8", false } },
		{ "::ffff:10.0.3.21", { "remote ~ 10.0.0.0/8", true } },
		{ "::ffff:10.0.3.21", { "remote = 10.0.3.21:51532", true } },
		{ "::ffff:10.0.3.21", { "remote = ::ffff:10.0.3.21", true } },
		{ "10.0.3.21", { "remote = ::ffff:10.0.3.21", true } },
		{ "10.0.3.21", { "remote ~ ::ffff:10.0.0.0/104", true } },
		{ "::ffff:10.0.3.21", { "remote ~ ::/0", false } },
		{ "::ffff:10.0.3.21", { "family = inet6", true } },
		{ "2001:db8::7", { "remote ~ 2001:db8::/32", true } },
		{ "2001:db9::7", { "remote ~ 2001:db8::/32", false } },
		{ "2001:db9::7", { "remote ~ 2001:db8::/31", true } },
		{ "2001:db8::7", { "remote ~ 2001:db8: and remote ~ 2001:DB8:0", true } },
		{ "2001:db8::7", { "remote ~ 2001:", true } },
		{ "2001:db8::7", { "remote = 2001:db8::7 and remote = [2001:db8::7]", true } },
		{ "2001:db8::7", { "remote = [2001:db8::7]:51532", true } },
		{ "2001:db8::7", { "remote = [2001:db8::7]:1", false } },
		{ "2001:db8::7", { "remote ~ 0.0.0.0/0", false } },
		{ "2001:db8::7", { "remote ~ ::/0", true } },
		{ "2001:db8::7", { "remote ~ *:51532", true } },
	};
	struct skw_row row = conn_row_full();

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		row.tuple.family = strchr(list[i].remote, ':') ? AF_INET6 : AF_INET;
		memset(row.tuple.remote_addr, 0, sizeof(row.tuple.remote_addr));
		assert_int_equal(inet_pton(row.tuple.family, list[i].remote, row.tuple.remote_addr),
				 1);
		check(&list[i].e, 1, &row);
	}
}

static void link_local_addresses_have_a_scope(void **state)
{
	static const struct expectation list[] = {
		{ "remote = fe80::1", true },
		{ "remote = fe80::1%eth0", true },
		{ "remote = fe80::1%eth1", false },
		{ "remote != fe80::1%eth1", true },
		{ "remote = [fe80::1%eth0]:51532", true },
		{ "remote = [fe80::1%eth0]:1", false },
		{ "remote = [fe80::1%eth1]:51532", false },
		{ "remote ~ fe80::%eth0/64", true },
		{ "remote ~ fe80::%eth1/64", false },
		{ "remote ~ fe80:%eth0", true },
		{ "remote ~ fe80:%eth1", false },
		{ "addr = fe80::1%eth0", true },
	};
	const struct skw_remote remote = { .scope = "eth0" };
	struct skw_row row = conn_row_full();

	(void)state;
	row.tuple.family = AF_INET6;
	memset(row.tuple.remote_addr, 0, sizeof(row.tuple.remote_addr));
	assert_int_equal(inet_pton(AF_INET6, "fe80::1", row.tuple.remote_addr), 1);
	row.remote = &remote;
	check(list, LEN(list), &row);
	row.remote = NULL;
	assert_true(matches("remote = fe80::1", &row));
	assert_false(matches("remote = fe80::1%eth0", &row));
}

static void operators_bind_as_they_should(void **state)
{
	/* T and F are comparisons that are true and false. */
	static const struct expectation list[] = {
		{ "T or F and F", true },
		{ "(T or F) and F", false },
		{ "F and F or T", true },
		{ "F and (F or T)", false },
		{ "not F and F", false },
		{ "not (F and F)", true },
		{ "not T or T", true },
		{ "not (T or T)", false },
		{ "not not T", true },
		{ "!!T && !F", true },
		{ "T && T || F", true },
		{ "F || F || T", true },
		{ "T AND T And not F OR F", true },
		{ "T and T and T and F", false },
		{ "F or F or F", false },
		{ "((T))", true },
		{ "not((F)or(F))", true },
		{ "F or not (T and not (F or T))", true },
		{ "(F and T) or (T and (F or T))", true },
		{ "  T\tand\nT ", true },
	};
	struct skw_row row = conn_row_full();

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		struct skw_buf text = SKW_BUF_INIT;

		for (const char *p = list[i].text; *p; p++) {
			bool part = (*p == 'T' || *p == 'F') && (p[1] < 'A' || p[1] > 'Z') &&
				    (p == list[i].text || p[-1] < 'A' || p[-1] > 'Z');
			if (part)
				skw_buf_add_str(&text, *p == 'T' ? "cwnd=10" : "cwnd=11");
			else
				skw_buf_add_char(&text, *p);
		}
		skw_buf_add_char(&text, '\0');
		check(&(struct expectation){ (char *)text.data, list[i].matches }, 1, &row);
		skw_buf_free(&text);
	}
}

static void unknown_is_neither(void **state)
{
	static const struct expectation list[] = {
		{ "srtt > 0us", false },    { "srtt = 0us", false },
		{ "srtt != 1us", false },   { "not srtt > 0us", true },
		{ "comm = x", false },      { "comm != x", false },
		{ "comm !~ x", false },     { "pid != 1", false },
		{ "cgroup !~ x", false },   { "direction != in", false },
		{ "reason != fin", false }, { "remote ~ 0.0.0.0/0", false },
		{ "remote !~ 10.", false }, { "rport != 1", false },
		{ "app_limited", false },   { "app_limited = false", false },
		{ "port = 80", true },      { "port != 81", true },
		{ "port != 80", false },    { "addr ~ 0.0.0.0/0", true },
		{ "retrans >= 0%", false }, { "tx >= 0", false },
		{ "netns != 1", false },    { "cookie != 1", false },
		{ "timer != off", false },  { "age >= 0", false },
	};
	struct skw_row row = conn_row_unknown();

	(void)state;
	row.tuple.local_port = 80;
	check(list, LEN(list), &row);
}

static void nesting_is_bounded(void **state)
{
	struct skw_row row = conn_row_full();
	struct skw_error err = { 0 };
	struct skw_expr *e = NULL;
	char text[256] = "";

	(void)state;
	memset(text, '(', 64);
	strcpy(text + 64, "pid>0");
	memset(text + 69, ')', 64);
	assert_true(matches(text, &row));
	memset(text, '!', 65);
	strcpy(text + 65, "pid>0");
	assert_int_equal(skw_expr_parse(text, NULL, &e, &err), -EINVAL);
	assert_string_equal(err.text, "column 65: more than 64 levels of nesting");
}

static void help_names_every_field_that_is_compared(void **state)
{
	struct skw_buf out = SKW_BUF_INIT;
	size_t lines = 0;

	(void)state;
	skw_expr_help(&out);
	skw_buf_add_char(&out, '\0');
	assert_false(out.failed);
	for (size_t i = 0; i < out.len; i++)
		lines += out.data[i] == '\n';
	/* All fields except three times, the owners and the histogram, and also port and addr. */
	assert_int_equal(lines, SKW_FIELDS - 5 + 2);
	assert_non_null(strstr((char *)out.data, "  srtt_us            srtt "));
	assert_non_null(strstr((char *)out.data, "\n  port "));
	assert_null(strstr((char *)out.data, "rtt_hist"));
	skw_buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_units),
		cmocka_unit_test(large_numbers_are_exact),
		cmocka_unit_test(shares_of_what_was_sent),
		cmocka_unit_test(texts),
		cmocka_unit_test(values_as_ss_and_people_spell_them),
		cmocka_unit_test(addresses),
		cmocka_unit_test(link_local_addresses_have_a_scope),
		cmocka_unit_test(operators_bind_as_they_should),
		cmocka_unit_test(unknown_is_neither),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(help_names_every_field_that_is_compared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
