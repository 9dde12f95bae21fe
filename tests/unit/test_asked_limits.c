// SPDX-License-Identifier: BSD-2-Clause
/* Names as they are shown, and the limits of memory for them. */
#include "asked/text.h"
#include "asked_world.h"

/* ---- names ---- */

static void test_text(void **state)
{
	static const struct {
		const char *host, *text;
	} cases[] = { { "Xn--Bcher-Kva.example.", "xn--bcher-kva.example" },
		      { "a\033[31mb", "a\\027\\09131mb" },
		      { "a > b: c", "a\\032\\062\\032b\\058\\032c" },
		      { "caf\xc3\xa9", "caf\\195\\169" },
		      { "8.8.8.8", NULL },
		      { "::1", "\\058\\0581" },
		      { "", NULL },
		      { ".", NULL } };
	char text[SKW_ASKED_TEXT + 1], longest[300];

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		uint32_t len = (uint32_t)strlen(cases[i].host);
		const struct skw_bytes b = { (const uint8_t *)cases[i].host, len, len };

		assert_int_equal(skw_asked_host_text(b, text), cases[i].text != NULL);
		if (cases[i].text)
			assert_string_equal(text, cases[i].text);
	}
	memset(longest, 'a', sizeof(longest));
	for (uint32_t n = 254; n < 258; n++) {
		const struct skw_bytes b = { (const uint8_t *)longest, n, n };

		assert_int_equal(skw_asked_host_text(b, text), n <= 255);
	}
}

/* ---- memory ---- */

static void answer_number(struct world *w, unsigned i)
{
	char asks[] = ASKS("\5xaaaa\0" IN_A);
	char says[] = SAYS("\1", "\5xaaaa\0" IN_A A("\x0b\0\0\0"));
	char name[5];

	snprintf(name, sizeof(name), "%04x", i & 0xffff);
	memcpy(asks + 14, name, 4);
	memcpy(says + 14, name, 4);
	says[sizeof(says) - 3] = (char)(i >> 8);
	says[sizeof(says) - 2] = (char)i;
	send_udp(w, CLIENT, 40000, RESOLVER, 53, asks, sizeof(asks) - 1);
	send_udp(w, RESOLVER, 53, CLIENT, 40000, says, sizeof(says) - 1);
}

static void test_memory(void **state)
{
	struct world w;

	(void)state;
	begin(&w, 1 << 18, false);
	for (unsigned i = 0; i < 20000; i++) {
		answer_number(&w, i);
		open_tcp(&w, "\x0b\0\0\1", 1 + i);
		assert_true(skw_asked_memory(w.a) <= 2 << 18);
	}
	assert_int_equal(skw_asked_figures(w.a)->answers, 20000);
	assert_true(skw_asked_figures(w.a)->addresses_forgotten > 15000);
	assert_true(skw_asked_figures(w.a)->connections_forgotten > 15000);
	expect_address(&w, "\x0b\0\x4e\x1f", "x4e1f");
	expect_address(&w, "\x0b\0\0\1", NULL);
	/* An address with many names has the latest ones. */
	for (unsigned i = 0; i < 1000; i++) {
		ask(&w, ASKS("\1a\0" IN_A));
		answer(&w, SAYS("\1", "\1a\0" IN_A A(WEB)));
		ask(&w, ASKS("\1b\0" IN_A));
		answer(&w, SAYS("\1", "\1b\0" IN_A A(WEB)));
		w.now_ns += 31 * SECOND;
	}
	expect_address(&w, WEB, "b");
	skw_asked_free(w.a);
}

static void test_crowded_questions(void **state)
{
	char asks[] = ASKS("\1a\0" IN_A);
	struct world w;

	(void)state;
	begin(&w, 1 << 18, false);
	for (unsigned i = 0; i < 5000; i++) {
		asks[0] = (char)(i >> 8);
		asks[1] = (char)i;
		send_udp(&w, CLIENT, 40000, RESOLVER, 53, asks, sizeof(asks) - 1);
	}
	assert_true(skw_asked_figures(w.a)->questions_forgotten >= 5000 - 2048);
	skw_asked_free(w.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_crowded_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
