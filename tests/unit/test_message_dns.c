// SPDX-License-Identifier: BSD-2-Clause
/* DNS over UDP and TCP, matched by the number of the question. */
#include "message_world.h"

#define QUESTION "\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1"
#define ASK_1    "\0\1\1\0" QUESTION
#define SAY_1    "\0\1\x81\x80" QUESTION
#define ASK_2    "\0\2\1\0\0\1\0\0\0\0\0\0\1x\0\0\x1c\0\1"
#define SAY_2    "\0\2\x81\x83\0\1\0\0\0\0\0\0\1x\0\0\x1c\0\1"
#define FAIL_2   "\0\2\x81\x82\0\1\0\0\0\0\0\0\1x\0\0\x1c\0\1"

static void tell_udp(const struct said *talk, size_t n, const char *lines)
{
	struct world w;

	world_begin(&w, false);
	w.udp = true;
	w.port = 53;
	for (size_t i = 0; i < n; i++)
		world_say(&w, &talk[i], 1400);
	assert_int_equal(skw_messages_stop(w.m), 0);
	skw_buf_add_char(&w.text, '\0');
	assert_string_equal((const char *)w.text.data, lines);
	world_free(&w);
}

static void numbers_match_over_udp(void **state)
{
	static const struct said talk[] = { ASK(ASK_1), ASK(ASK_2), SAY(SAY_2), SAY(SAY_1) };

	(void)state;
	tell_udp(talk, SKW_ARRAY_SIZE(talk),
		 "dns|AAAA x|NXDomain|answered|19|19|1000\n"
		 "dns|A example.com|NoError|answered|29|29|3000\n");
}

static void lengths_cut_a_stream(void **state)
{
	static const struct said talk[] = { ASK("\0\x1d" ASK_1 "\0\x13" ASK_2), SAY("\0\x13" SAY_2),
					    SAY("\0\x1d" SAY_1) };

	(void)state;
	EXPECT(talk, "dns|AAAA x|NXDomain|answered|21|21|1000\n"
		     "dns|A example.com|NoError|answered|31|31|2000\n");
}

static void repeats_and_failures_are_told(void **state)
{
	static const struct said talk[] = { ASK(ASK_2), ASK(ASK_2), SAY(FAIL_2), SAY(SAY_1),
					    ASK(ASK_1) };

	(void)state;
	tell_udp(talk, SKW_ARRAY_SIZE(talk),
		 "dns|AAAA x|ServFail|answered|19|19|2000|error\n"
		 "dns||NoError|orphan|0|29|-\n"
		 "dns|A example.com||unanswered|29|0|-\n");
}

static void an_answer_alone_tells_who_asked(void **state)
{
	static const struct said talk[] = { SAY(SAY_1), ASK(ASK_2), SAY(SAY_2) };

	(void)state;
	tell_udp(talk, SKW_ARRAY_SIZE(talk),
		 "dns||NoError|orphan|0|29|-\n"
		 "dns|AAAA x|NXDomain|answered|19|19|1000\n");
}

static void behind_a_hole_it_goes_on(void **state)
{
	static const struct said talk[] = { ASK("\0\x1d" ASK_1), SAY_LOST(31), ASK("\0\x13" ASK_2),
					    SAY("\0\x13" SAY_2) };

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, true,
		   "dns|AAAA x|NXDomain|answered|21|21|1000\n"
		   "dns|A example.com||unanswered|31|0|-\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_match_over_udp),
		cmocka_unit_test(lengths_cut_a_stream),
		cmocka_unit_test(repeats_and_failures_are_told),
		cmocka_unit_test(an_answer_alone_tells_who_asked),
		cmocka_unit_test(behind_a_hole_it_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
