// SPDX-License-Identifier: BSD-2-Clause
/* Names in lines: the cache of addresses, names that are not clean, and where names are printed. */
#include "resolve/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/printer.h"

static struct skw_resolve_address address(uint32_t number, uint32_t len)
{
	struct skw_resolve_address a = { .len = len };

	memcpy(a.bytes, &number, sizeof(number));
	return a;
}

static void assert_known(const struct skw_resolve_cache *c, const struct skw_resolve_address *a,
			 enum skw_resolve_state state, const char *want)
{
	const char *name = "none was set";

	assert_int_equal(skw_resolve_cache_find(c, a, &name), state);
	if (want)
		assert_string_equal(name, want);
	else
		assert_null(name);
}

static void an_answer_is_kept(void **state)
{
	struct skw_resolve_cache *c = skw_resolve_cache_new(4);
	struct skw_resolve_address four = address(1, 4), six = address(1, 16),
				   other = address(2, 4);

	(void)state;
	assert_non_null(c);
	assert_known(c, &four, SKW_RESOLVE_NEW, NULL);
	/* This address was not asked for. */
	skw_resolve_cache_answer(c, &four, "forged");
	assert_known(c, &four, SKW_RESOLVE_NEW, NULL);
	skw_resolve_cache_ask(c, &four);
	skw_resolve_cache_ask(c, &four);
	skw_resolve_cache_ask(c, &other);
	assert_known(c, &four, SKW_RESOLVE_ASKED, NULL);
	assert_known(c, &six, SKW_RESOLVE_NEW, NULL);
	skw_resolve_cache_answer(c, &four, "a.example");
	skw_resolve_cache_answer(c, &four, "second.example");
	assert_known(c, &four, SKW_RESOLVE_NAMED, "a.example");
	skw_resolve_cache_answer(c, &other, "");
	assert_known(c, &other, SKW_RESOLVE_NONE, NULL);
	skw_resolve_cache_free(c);
}

static void the_oldest_goes(void **state)
{
	enum { MAX = 100, ALL = 10000 };
	struct skw_resolve_cache *c = skw_resolve_cache_new(MAX);

	(void)state;
	for (uint32_t i = 0; i < ALL; i++) {
		struct skw_resolve_address a = address(i, 4), old = address(i - MAX, 4);

		skw_resolve_cache_ask(c, &a);
		skw_resolve_cache_answer(c, &a, "name");
		if (i >= MAX)
			assert_known(c, &old, SKW_RESOLVE_NEW, NULL);
	}
	for (uint32_t i = ALL - MAX; i < ALL; i++) {
		struct skw_resolve_address a = address(i, 4);

		assert_known(c, &a, SKW_RESOLVE_NAMED, "name");
	}
	skw_resolve_cache_free(c);
}

static void hostile_names_are_none(void **state)
{
	static const char *const bad[] = {
		"",          "a b",      "\033[31mred", "a\n",  "a;b",
		"a\xc3\xa4", "10.0.0.1", "a/b",         "a%sb", "1-2_3."
	};
	static const char *const good[] = { "a", "www-1.example.org", "_tcp.Example", "1a", "4.a" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(skw_resolve_is_clean(bad[i]));
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(skw_resolve_is_clean(good[i]));

	struct skw_resolve_cache *c = skw_resolve_cache_new(1);
	struct skw_resolve_address a = address(1, 4);

	skw_resolve_cache_ask(c, &a);
	skw_resolve_cache_answer(c, &a, "\033[31mred");
	assert_known(c, &a, SKW_RESOLVE_NONE, NULL);
	skw_resolve_cache_free(c);
}

static const char *host(void *ctx, const uint8_t *addr, size_t len)
{
	(void)ctx;
	/* The last byte tells which address it is. */
	return addr[len - 1] != 1 ? NULL : len == 4 ? "four" : "six";
}

static const char *port(void *ctx, uint8_t proto, uint16_t number)
{
	(void)ctx;
	return number != 4000 ? NULL : proto == 6 ? "tcp4k" : proto == 17 ? "udp4k" : "neither";
}

/* The frame's text has no time in front. */
static void assert_line(const uint8_t *frame, uint32_t len, const char *want)
{
	const struct skw_print_names names = { host, port, NULL };
	const struct skw_print_options opt = { .time = SKW_TIME_NONE, .names = &names };
	const struct skw_packet pkt = {
		.data = frame, .caplen = len, .len = len, .dlt = DLT_EN10MB
	};
	struct skw_printer *printer = skw_printer_new(&opt);
	struct skw_buf out = SKW_BUF_INIT;

	skw_printer_packet(printer, &pkt, NULL, &out);
	skw_printer_free(printer);
	skw_buf_add_char(&out, '\0');
	if (!strstr((char *)out.data, want))
		fail_msg("\"%s\" is not in \"%s\"", want, (char *)out.data);
	skw_buf_free(&out);
}

static void lines_have_names(void **state)
{
	uint8_t four[14 + 20 + 8] = {
		[12] = 0x08, [14] = 0x45, [17] = 28,   [22] = 64,   [23] = 17, [26] = 10, [29] = 1,
		[30] = 10,   [33] = 2,    [34] = 0x0f, [35] = 0xa0, [37] = 99, [39] = 8
	};
	uint8_t six[14 + 40 + 20] = {
		[12] = 0x86, [13] = 0xdd, [14] = 0x60, [19] = 20,   [20] = 6,
		[21] = 64,   [22] = 0xfd, [37] = 2,    [38] = 0xfd, [53] = 1,
		[55] = 99,   [56] = 0x0f, [57] = 0xa0, [66] = 0x50, [67] = 2
	};

	(void)state;
	assert_line(four, sizeof(four), "IP four.udp4k > 10.0.0.2.99: UDP");
	assert_line(six, sizeof(six), "IP6 fd00::2.99 > six.tcp4k: Flags [S]");
	four[23] = 1; /* ICMP has no ports */
	assert_line(four, sizeof(four), "IP four > 10.0.0.2: ICMP");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_kept),
		cmocka_unit_test(the_oldest_goes),
		cmocka_unit_test(hostile_names_are_none),
		cmocka_unit_test(lines_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
