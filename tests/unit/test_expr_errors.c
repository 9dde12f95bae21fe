// SPDX-License-Identifier: BSD-2-Clause
#include "expr/expr.h"

#include <errno.h>
#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static void errors_say_where_and_what(void **state)
{
	static const struct {
		const char *text, *error;
	} list[] = {
		{ "", "column 1: the expression is empty; try 'srtt > 20ms'" },
		{ "srt > 5ms", "column 1: unknown field 'srt'; did you mean 'srtt'?" },
		{ "pid=1 or retrens > 1",
		  "column 10: unknown field 'retrens'; did you mean 'retrans'?" },
		{ "SRTT > 5ms", "column 1: unknown field 'SRTT'; did you mean 'srtt'?" },
		{ "prt = 1", "column 1: unknown field 'prt'; did you mean 'port'?" },
		{ "bananas > 1", "column 1: unknown field 'bananas'" },
		{ "srtt", "column 5: expected = != < <= > >= ~ !~ or =~ after 'srtt'" },
		{ "srtt 5ms",
		  "column 6: expected = != < <= > >= ~ !~ or =~ after 'srtt', not '5ms'" },
		{ "srtt >", "column 7: expected a value after '>'" },
		{ "srtt > and pid = 1", "column 8: expected a value after '>', not 'and'" },
		{ "srtt > > 1", "column 8: expected a value after '>', not '>'" },
		{ "srtt > 20", "column 8: '20' is no value for srtt: write a time with its unit: "
			       "us, ms, s, m, h or d" },
		{ "srtt > 20M%",
		  "column 8: '%' is a share of segs_out, for retrans and lost only" },
		{ "srtt > 20k", "column 8: '20k' is no value for srtt: write a time with its unit: "
				"us, ms, s, m, h or d" },
		{ "srtt > fast", "column 8: 'fast' is no value for srtt: write a time with its "
				 "unit: us, ms, s, m, h or d" },
		{ "srtt > -5ms", "column 8: '-5ms' is no value for srtt: write a time with its "
				 "unit: us, ms, s, m, h or d" },
		{ "cwnd > 5ms",
		  "column 8: '5ms' is no value for cwnd: write a number, perhaps with k, M or G" },
		{ "cwnd > 5%", "column 8: '%' is a share of segs_out, for retrans and lost only" },
		{ "retrans > 1ms", "column 11: '1ms' is no value for retrans: write a number, with "
				   "k, M or G, or a share like 1%" },
		{ "retrans > 101%",
		  "column 11: '101%' is no value for retrans: write a share from 0% to 100%" },
		{ "mss > 1s", "column 7: '1s' is no value for mss: write bytes, perhaps with k, M "
			      "or G (powers of 1024)" },
		{ "tx > 1h", "column 6: '1h' is no value for tx: write bits per second, perhaps "
			     "with k, M or G" },
		{ "cookie = 18446744073709551616",
		  "column 10: '18446744073709551616' is no value for cookie: write a number, "
		  "perhaps with k, M or G" },
		{ "age > 99999999999999h", "column 7: '99999999999999h' is no value for age: write "
					   "a time with its unit: us, ms, s, m, h or d" },
		{ "cwnd ~ 5", "column 6: '~' does not fit cwnd (number): use = != < <= > or >=" },
		{ "comm < x", "column 6: '<' does not fit comm (text): use = != ~ !~ =~ or !=~" },
		{ "remote >= 1.2.3.4",
		  "column 8: '>=' does not fit remote (address): use = != ~ or !~" },
		{ "app_limited ~ t",
		  "column 13: '~' does not fit app_limited (yes/no): use = or !=" },
		{ "app_limited = 2",
		  "column 15: '2' is no value for app_limited: write true or false" },
		{ "remote ~ example.com",
		  "column 10: 'example.com' is no value for remote: write an address like "
		  "10.0.0.1, 10.0.0.0/8, 10.0.0.1:443 or [2001:db8::1]:443" },
		{ "dir = sideways",
		  "column 7: 'sideways' is no value for dir: write one of in, out" },
		{ "proto ~ ''", "column 9: '''' is no value for proto: write one of tcp, udp" },
		{ "opened_at > 5s",
		  "column 1: 'opened_at' can't be compared; use age, as in 'age < 10s'" },
		{ "owners = x",
		  "column 1: 'owners' can't be compared; use comm or pid, which match any holder" },
		{ "rtt_hist = 1",
		  "column 1: 'rtt_hist' can't be compared; use srtt, min_rtt or rtt" },
		{ "uid = nobody-here", "column 7: 'nobody-here' is no value for uid: write a "
				       "number, or the name of a user of this host" },
		{ "port = :htps", "column 8: ':htps' is no value for port: write a number, or the "
				  "name of a service such as https" },
		{ "srtt > 4 *", "column 8: '4' is no value for srtt: write a factor and a field, "
				"like 4 * min_rtt" },
		{ "srtt > 4 * 20ms", "column 8: '4' is no value for srtt: write a factor and a "
				     "field, like 4 * min_rtt" },
		{ "srtt > x * min_rtt", "column 8: 'x' is no value for srtt: write a factor and a "
					"field, like 4 * min_rtt" },
		{ "srtt > cwnd", "column 8: 'cwnd' is no value for srtt: write a field of the "
				 "same kind" },
		{ "comm =~ '('", "column 9: ''('' is no value for comm: write a ) for each (" },
		{ "comm =~ 'a)'", "column 9: ''a)'' is no value for comm: write a ( for each )" },
		{ "comm =~ '*'", "column 9: ''*'' is no value for comm: write something to repeat "
				 "before * + ? or {" },
		{ "comm =~ '(a)\\1'", "column 9: ''(a)\\1'' is no value for comm: write a "
				      "pattern without back-references like \\1" },
		{ "comm =~ 'a{256}'", "column 9: ''a{256}'' is no value for comm: write a "
				      "repetition like {2} or {2,5}, up to 255" },
		{ "comm =~ '((a{99}){99}){99}'",
		  "column 9: ''((a{99}){99}){99}'' is no value for comm: write a pattern that is "
		  "shorter: this one is too large" },
		{ "comm =~ '[b-a]'", "column 9: ''[b-a]'' is no value for comm: write a range "
				     "that goes up, like a-z" },
		{ "comm = a[b", "column 8: 'a[b' is no value for comm: write a ] for each [" },
		{ "remote =~ 10",
		  "column 8: '=~' does not fit remote (address): use = != ~ or !~" },
		{ "state =~ nothing", NULL },
		{ "pid = \xe2\x80\xae", "column 7: '\?\?\?' is no value for pid: write a number, "
					"perhaps with k, M or G" },
		{ "(pid = 1", "column 1: this parenthesis is not closed" },
		{ "not (pid = 1 or (uid = 2)", "column 5: this parenthesis is not closed" },
		{ "pid = 1)", "column 8: no parenthesis is open here" },
		{ "pid = 1 uid = 2", "column 9: expected 'and', 'or' or the end, not 'uid'" },
		{ "(pid = 1 uid = 2)", "column 10: expected 'and', 'or' or ')', not 'uid'" },
		{ "()", "column 2: expected a field, such as srtt, not ')'" },
		{ "not", "column 4: expected a field, such as srtt" },
		{ "pid = 1 and", "column 12: expected a field, such as srtt" },
		{ "and pid = 1", "column 1: expected a field, such as srtt, not 'and'" },
		{ "\"pid\" = 1", "column 1: expected a field, such as srtt, not '\"pid\"'" },
		{ "comm = 'x", "column 8: this quote is not closed" },
		{ "pid = 1 & uid = 2", "column 9: '&' alone means nothing; write 'and'" },
		{ "pid = 1 | uid = 2", "column 9: '|' alone means nothing; write 'or'" },
		{ "comm = '\xc3\xa9\xc3\xa8' and xyzzy = 1", "column 17: unknown field 'xyzzy'" },
		{ "pid = \033[2J",
		  "column 7: '?[2J' is no value for pid: write a number, perhaps with k, M or G" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		struct skw_expr *e = NULL;
		struct skw_error err = { 0 };

		assert_int_equal(skw_expr_parse(list[i].text, NULL, &e, &err), -EINVAL);
		assert_null(e);
		assert_true(err.usage);
		if (list[i].error)
			assert_string_equal(err.text, list[i].error);
	}
}

static void wrong_addresses_are_refused(void **state)
{
	static const char *const list[] = {
		"10.0.0.300",
		"10.0.0.1/33",
		"10.0.0.1/",
		"10.0.0.1:65536",
		"10.0.0.1:",
		"2001:db8::/129",
		"1.2.3.4.5",
		"[::1",
		"::1]",
		"[::1]:x",
		"2001:db8::1::2",
		"12345:",
		"10.0/8x",
		"/8",
		"*/8",
		"2001:db8:/32",
		"10.0/16",
		"1:2:3:4:5:6:7:8:9",
		"2001:db8:::",
		"fe80::1%",
		"2001:db8::1%eth0",
		"10.0.0.1%eth0",
		"*%eth0",
		"fe80::/64%eth0",
		"fe80::1%01234567890123456",
		"'aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:a'",
	};

	(void)state;
	for (size_t i = 0; i < LEN(list); i++) {
		struct skw_expr *e = NULL;
		struct skw_error err = { 0 };
		char text[128];

		snprintf(text, sizeof(text), "remote ~ %s", list[i]);
		if (skw_expr_parse(text, NULL, &e, &err) != -EINVAL)
			fail_msg("%s is taken", text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_say_where_and_what),
		cmocka_unit_test(wrong_addresses_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
