// SPDX-License-Identifier: BSD-2-Clause
/* Long lists in filter expressions: how they are found, and what becomes of the expression. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>

#include "filter/dump.h"
#include "filter/offline.h"
#include "filter/sets/classic.h"
#include "filter/sets/gather.h"
#include "filter/sets/lists.h"
#include "util/cleanup.h"

/* In the texts below, @A is a list of hosts joined by "or", and @N one joined by "and not". */
#define MANY (SKW_SETS_MIN + 1)

static void add_list(struct skw_buf *out, char kind)
{
	for (int i = 1; i <= MANY; i++) {
		const char *joint = i == 1 ? "" : kind == 'N' || kind == 'B' ? " and not " : " or ";

		if (kind == 'P')
			skw_buf_printf(out, "%s%d", joint, i);
		else if (kind == '6')
			skw_buf_printf(out, "%s2001:db8::%x", joint, i);
		else if (kind == 'E')
			skw_buf_printf(out, "%s10.0.%d.0/24", joint, i);
		else
			skw_buf_printf(out, "%s%s10.0.0.%d", joint,
				       (kind == 'H' || kind == 'N') && i > 1 ? "host " : "", i);
	}
}

/* Puts the lists into a text. The caller frees the buffer. */
static const char *expand(const char *text, struct skw_buf *out)
{
	for (; *text; text++) {
		if (*text == '@')
			add_list(out, *++text);
		else
			skw_buf_add_char(out, *text);
	}
	skw_buf_add_char(out, '\0');
	assert_false(out->failed);
	return (const char *)out->data;
}

/*
 * The expression with the first value for each list, which is what libpcap compiles. NULL: nothing
 * is a list.
 */
static void assert_short(const char *text, const char *want)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf whole = SKW_BUF_INIT, cut = SKW_BUF_INIT;
	SKW_CLEANUP(skw_sets_free) struct skw_sets sets = { .lists = NULL };
	int ret = skw_sets_gather(expand(text, &whole), &sets);

	if (ret != (want ? 0 : -ENOENT))
		fail_msg("%s: %d", text, ret);
	if (!want)
		return;
	skw_sets_write(&sets, SKW_SETS_STAND_INS, &cut);
	assert_string_equal((const char *)cut.data, want);
}

static void lists_are_found(void **state)
{
	(void)state;
	/* Qualifiers that are said again, or hold for the addresses after them. */
	assert_short("host @H", "host 10.0.0.1");
	assert_short("host @A", "host 10.0.0.1");
	assert_short("host (@A)", "host 10.0.0.1");
	assert_short("src @A", "src 10.0.0.1");
	assert_short("dst host @A", "dst host 10.0.0.1");
	assert_short("src or dst host @A", "src or dst host 10.0.0.1");
	assert_short("ip src host @A", "ip src host 10.0.0.1");
	assert_short("host @6", "host 2001:db8::1");
	assert_short("net @E", "net 10.0.1.0/24");
	assert_short("port @P", "port 1");
	assert_short("tcp dst port @P", "tcp dst port 1");
	assert_short("(host @A)", "host 10.0.0.1");
	assert_short("not (host @A)", "not (host 10.0.0.1)");
	assert_short("not host (@A)", "not (host 10.0.0.1)");
	/* Parentheses around each, and other words for `or`. */
	assert_short("(host 10.1.1.1) or (host @A) || (host 10.1.1.2)", "host 10.1.1.1");
	assert_short("host 10.1.1.1||(host 10.1.1.2 or (host @A))", "host 10.1.1.1");
	/* Of several kinds. */
	assert_short("host @A or host @6 or net @E",
		     "host 10.0.0.1 or host 2001:db8::1 or net 10.0.1.0/24");
	assert_short("src host @A or dst host @A", "src host 10.0.0.1 or dst host 10.0.0.1");
	assert_short("host @A and port @P or 5", "host 10.0.0.1 and port 1 or port 2");
	/* Negations that are joined by `and`. */
	assert_short("not host @N", "not host 10.0.0.1");
	assert_short("not host @B", "not host 10.0.0.1");
	assert_short("tcp and not host @B and ! port 5",
		     "tcp and not host 10.0.0.1 and not port 5");
}

static void the_rest_stays(void **state)
{
	(void)state;
	assert_short("tcp and (host @A)", "tcp and (host 10.0.0.1)");
	assert_short("host @A and port 80", "host 10.0.0.1 and port 80");
	assert_short("host @A or name.example or 10.9.9.9", "host 10.0.0.1 or host name.example");
	assert_short("host @A or net 10.0.0.0 mask 255.0.0.0 or icmp",
		     "host 10.0.0.1 or net 10.0.0.0 mask 255.0.0.0 or icmp");
	assert_short("host @A or tcp[13] & 2 != 0", "host 10.0.0.1 or tcp[13] & 2 != 0");
	assert_short("(ip[0] & 0xf) > 5 or host @A", "(ip[0] & 0xf) > 5 or host 10.0.0.1");
	assert_short("ether src or dst 1:2:3:4:5:6 or 1:2:3:4:5:7 or host @A",
		     "ether src or dst 1:2:3:4:5:6 or 1:2:3:4:5:7 or host 10.0.0.1");
	assert_short("ip proto (6 or 17) and (host @A)", "ip proto (6 or 17) and (host 10.0.0.1)");
	assert_short("host @A and ip proto \\tcp", "host 10.0.0.1 and ip proto \\tcp");
	assert_short("port @P or http", NULL);
	assert_short("port @P or port http or 99", "port 1 or port http");
	/* The same qualifiers in other numbers than decimal ones, and in other forms. */
	assert_short("host @A or host 010.0.0.1 or 0x0a000001 or 10.1",
		     "host 10.0.0.1 or host 010.0.0.1 or host 0x0a000001 or host 10.1");
	assert_short("net @E or 10/8 or 10.1/16", "net 10.0.1.0/24 or net 10/8 or net 10.1/16");
	assert_short("port @P or 00 or 65536", "port 1 or port 00 or port 65536");
	assert_short("host @6 or ::ffff:1.2.3.4 or ::1 or ::",
		     "host 2001:db8::1 or host ::ffff:1.2.3.4 or host ::");
}

static void words_bind_as_in_libpcap(void **state)
{
	(void)state;
	/* `and` and `or` bind alike, from the left: the first address belongs to the `and`. */
	assert_short("tcp and host 10.1.1.1 or @A", "tcp and host 10.1.1.1 or host 10.0.0.1");
	assert_short("host 10.1.1.1 or tcp and host @A",
		     "host 10.1.1.1 or tcp and host 10.0.0.1 or host 10.0.0.2");
	assert_short("host @A and 10.1.1.1", "host 10.0.0.1 and host 10.1.1.1");
	assert_short("host @A and 10.1.1.1 or 10.1.1.2",
		     "host 10.0.0.1 and host 10.1.1.1 or host 10.1.1.2");
	assert_short("not host 10.1.1.1 or @A", "not host 10.1.1.1 or host 10.0.0.1");
	assert_short("host @A or not 10.1.1.1 or 10.1.1.2",
		     "host 10.0.0.1 or not host 10.1.1.1 or host 10.1.1.2");
	assert_short("not host 10.1.1.1 and not (host @A)",
		     "not host 10.1.1.1 and not (host 10.0.0.1)");
	/* An address that matches both ends is not one of a list at each end. */
	assert_short("src and dst host @A", NULL);
	assert_short("host @A and port 80 or host @A",
		     "host 10.0.0.1 and port 80 or host 10.0.0.1");
	/* A term between two lists may end the program. */
	assert_short("host 10.1.1.1 or tcp[100] = 1 or host @A",
		     "host 10.1.1.1 or tcp[100] = 1 or host 10.0.0.1");
	assert_short("vlan 5 and host @A", "vlan 5 and host 10.0.0.1 or host 10.0.0.2");
	assert_short("vlan 5 and (host @A)", "vlan 5 and (host 10.0.0.1)");
}

static void unclear_expressions_are_left_alone(void **state)
{
	static const char *const texts[] = {
		"",
		"host",
		"host 10.0.0.1",
		"host @A or",
		"or host @A",
		"(host @A",
		"host @A)",
		"host @A or ()",
		"host not @A",
		"host (@A or port 80)",
		"host @A or (10.1.1.1 or port 80)",

		"host @A $",
		"host @A and tcp)(",
		"host @A or and",
		"net (@A or (10.0.0.0/8) or tcp[0] = 1)",
		/* An id behind a parenthesis has the qualifiers from before it. */
		"src host 10.1.1.1 or (tcp and dst host 10.1.1.2) or @A",
		"port 53 and (host @A) or 80",
		"host 10.1.1.1 or (tcp port 80) or @A",
		"(tcp and dst host 10.1.1.1) or @A",
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(texts); i++)
		assert_short(texts[i], NULL);
	/* A list that is short enough for libpcap. */
	assert_short("host 1.1.1.1 or 1.1.1.2 or 1.1.1.3", NULL);
}

static void deep_nesting_is_left_alone(void **state)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	SKW_CLEANUP(skw_sets_free) struct skw_sets sets = { .lists = NULL };

	(void)state;
	for (int i = 0; i < 100000; i++)
		skw_buf_add_char(&text, '(');
	skw_buf_add_str(&text, "tcp");
	for (int i = 0; i < 100000; i++)
		skw_buf_add_char(&text, ')');
	skw_buf_add_char(&text, '\0');
	assert_int_equal(skw_sets_gather((const char *)text.data, &sets), -ENOENT);
}

/* ----- programs ----- */

static const struct skw_offline_link ether = { .dlt = DLT_EN10MB, .snaplen = 262144 };

static struct skw_offline_filter *compile(const char *text, unsigned how)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf whole = SKW_BUF_INIT;
	struct skw_offline_filter *f = NULL;
	struct skw_error err = { 0 };

	assert_int_equal(skw_offline_filter_compile(expand(text, &whole), &ether, how, &f, &err),
			 0);
	return f;
}

static void assert_dump(const char *text, const char *want)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf dump = SKW_BUF_INIT;
	struct skw_offline_filter *f = compile(text, SKW_LISTS_OPTIMIZE);

	skw_dump_text(skw_offline_filter_program(f, 0), &dump);
	skw_buf_add_char(&dump, '\0');
	assert_string_equal((const char *)dump.data, want);
	skw_offline_filter_free(f);
}

static void comparisons_become_tests_in_sets(void **state)
{
	(void)state;
	assert_dump("ip src host @A", "(000) ldh      [12]\n"
				      "(001) jeq      #0x800           jt 2\tjf 5\n"
				      "(002) ld       [26]\n"
				      "(003) in       set 0            jt 4\tjf 5\n"
				      "(004) ret      #262144\n"
				      "(005) ret      #0\n"
				      "set 0: 18 values of 4 bytes\n");
	/* The words that all addresses have in common are compared as ever. */
	assert_dump("src host @6", "(000) ldh      [12]\n"
				   "(001) jeq      #0x86dd          jt 2\tjf 11\n"
				   "(002) ld       [22]\n"
				   "(003) jeq      #0x20010db8      jt 4\tjf 11\n"
				   "(004) ld       [26]\n"
				   "(005) jeq      #0x0             jt 6\tjf 11\n"
				   "(006) ld       [30]\n"
				   "(007) jeq      #0x0             jt 8\tjf 11\n"
				   "(008) ld       [34]\n"
				   "(009) in       set 0            jt 10\tjf 11\n"
				   "(010) ret      #262144\n"
				   "(011) ret      #0\n"
				   "set 0: 18 values of 4 bytes\n");
}

static void values_that_are_said_twice_count_once(void **state)
{
	struct skw_offline_filter *f = compile("host @A or @A", SKW_LISTS_OPTIMIZE);

	(void)state;
	assert_int_equal(skw_offline_filter_program(f, 0)->sets[0].count, MANY);
	skw_offline_filter_free(f);
}

static void other_programs_get_classic_code(void **state)
{
	struct skw_offline_filter *f = compile("host @A", SKW_LISTS_OPTIMIZE | SKW_LISTS_CLASSIC);

	(void)state;
	assert_int_equal(skw_offline_filter_program(f, 0)->sets_len, 0);
	skw_offline_filter_free(f);
}

/* 10.0.0.1 to 10.0.0.3 with all but its length. */
static bool matches(const struct skw_offline_filter *f, uint8_t from, uint8_t to)
{
	const uint8_t bytes[64] = {
		[12] = 8, [14] = 0x45, [23] = 17, [26] = 10, [29] = from, [30] = 10, [33] = to
	};
	const struct skw_packet pkt = { .data = bytes, .caplen = 64, .len = 64 };

	return skw_offline_filter_match(f, &pkt);
}

/* The optimizer would take two sets for two different values. */
static void values_may_be_in_two_lists(void **state)
{
	static const char *const texts[] = {
		"icmp or src host (@A) and src host (@A or 10.0.0.99)",
		"icmp or src host (@A) and src host 10.0.0.2",
		"icmp or (src host @A) and ip[12:4] = 0x0a000002",
		"icmp or src host 10.0.0.2 and (src host @A)",
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(texts); i++) {
		struct skw_offline_filter *f = compile(texts[i], SKW_LISTS_OPTIMIZE);

		assert_true(matches(f, 2, 100));
		assert_false(matches(f, 99, 2));
		assert_false(matches(f, 100, 100));
		skw_offline_filter_free(f);
	}
}

static void sets_go_to_another_process(void **state)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf bytes = SKW_BUF_INIT;
	struct skw_offline_filter *f = compile("host @A or port @P", SKW_LISTS_OPTIMIZE);
	struct skw_offline_filter *copy = NULL;

	(void)state;
	skw_offline_filter_pack(f, &bytes);
	assert_int_equal(skw_offline_filter_unpack(bytes.data, bytes.len, &copy), 0);
	assert_true(matches(copy, 3, 100));
	assert_false(matches(copy, 100, 101));
	skw_offline_filter_free(copy);
	for (size_t len = 0; len < bytes.len; len++)
		assert_int_equal(skw_offline_filter_unpack(bytes.data, len, &copy), -EINVAL);
	skw_offline_filter_free(f);
}

static void assert_error(const char *expr, const char *want)
{
	struct skw_offline_filter *f = NULL;
	struct skw_error err = { 0 };

	assert_int_equal(skw_offline_filter_compile(expr, &ether, SKW_LISTS_OPTIMIZE, &f, &err),
			 -EINVAL);
	assert_true(err.usage);
	if (!strstr(err.text, want))
		fail_msg("%s", err.text);
}

/* A very long expression is not printed as a whole. */
static void errors_are_told(void **state)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT, large = SKW_BUF_INIT;

	(void)state;
	assert_error(expand("tcp host @A", &text), "10.0.0.18\": 'tcp' modifier applied to host");
	skw_buf_add_str(&large, "host 10.1.1.1");
	for (int i = 0; i < 2000; i++)
		skw_buf_printf(&large, " or host 10.2.%d.%d", i / 250, i % 250);
	skw_buf_add_str(&large, " or tcp port 99999");
	skw_buf_add_char(&large, '\0');
	assert_error((const char *)large.data,
		     "filter \"host 10.1.1.1 or tcp port 99999\": illegal port number 99999");
}

/* Stands for a name with two addresses whose order changes each time. */
static int compile_with_name(void *arg, const char *expr, bool optimize, struct skw_cbpf *out,
			     struct skw_error *err)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	unsigned *times = arg;
	struct skw_offline_filter *f = NULL;

	skw_buf_printf(&text, "%s or host 10.9.9.%d or 10.9.9.%d", expr, *times % 2 ? 1 : 2,
		       *times % 2 ? 2 : 1);
	skw_buf_add_char(&text, '\0');
	++*times;
	int ret = skw_offline_filter_compile((const char *)text.data, &ether,
					     skw_lists_how(!optimize, true), &f, err);
	if (!ret)
		ret = skw_classic_copy(skw_offline_filter_program(f, 0), out);
	skw_offline_filter_free(f);
	return ret;
}

static void names_may_change_the_order_of_their_addresses(void **state)
{
	SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
	SKW_CLEANUP(skw_classic_free) struct skw_cbpf program = { .insns = NULL };
	unsigned times = 0;

	(void)state;
	assert_int_equal(skw_lists_compile(expand("host @A", &text), SKW_LISTS_OPTIMIZE,
					   compile_with_name, &times, &program, NULL),
			 0);
	assert_int_equal(program.sets_len, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_found),
		cmocka_unit_test(the_rest_stays),
		cmocka_unit_test(words_bind_as_in_libpcap),
		cmocka_unit_test(unclear_expressions_are_left_alone),
		cmocka_unit_test(deep_nesting_is_left_alone),
		cmocka_unit_test(comparisons_become_tests_in_sets),
		cmocka_unit_test(values_that_are_said_twice_count_once),
		cmocka_unit_test(other_programs_get_classic_code),
		cmocka_unit_test(values_may_be_in_two_lists),
		cmocka_unit_test(sets_go_to_another_process),
		cmocka_unit_test(errors_are_told),
		cmocka_unit_test(names_may_change_the_order_of_their_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
