// SPDX-License-Identifier: BSD-2-Clause
/* The set of events that a list of words selects. */
#include "row/event_types.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool wants(const char *words, uint8_t type, uint8_t reason)
{
	struct skw_event_types types;
	struct skw_error err = { 0 };
	const struct skw_row row = { .close_reason = reason };
	const struct skw_event event = { .type = type, .row = &row };

	assert_int_equal(skw_event_types_parse("-t", words, &types, &err), 0);
	return skw_event_types_wanted(&types, &event);
}

static void without_words_all_but_rtt_are_wanted(void **state)
{
	(void)state;
	for (unsigned type = 0; type < SKW_EVENT_CREATOR; type++)
		assert_int_equal(wants(NULL, (uint8_t)type, SKW_CLOSE_FIN), type != SKW_EVENT_RTT);
	assert_false(wants(NULL, SKW_EVENT_CREATOR, SKW_CLOSE_FIN));
	assert_true(wants(NULL, SKW_EVENT_CLOSE, SKW_CLOSE_UNKNOWN));
}

static void words_choose_types(void **state)
{
	(void)state;
	assert_true(wants("rto,retrans", SKW_EVENT_RTO, 0));
	assert_true(wants("rto,retrans", SKW_EVENT_RETRANS, 0));
	assert_false(wants("rto,retrans", SKW_EVENT_STATE, 0));
	assert_false(wants("rto,retrans", SKW_EVENT_CLOSE, SKW_CLOSE_FIN));
	assert_true(wants("rtt connect", SKW_EVENT_RTT, 0));
	assert_true(wants("rtt connect", SKW_EVENT_CONNECT, 0));
}

static void reset_and_refused_are_closes_with_that_reason(void **state)
{
	(void)state;
	assert_true(wants("refused", SKW_EVENT_CLOSE, SKW_CLOSE_REFUSED));
	assert_false(wants("refused", SKW_EVENT_CLOSE, SKW_CLOSE_FIN));
	assert_false(wants("refused", SKW_EVENT_CLOSE, SKW_CLOSE_RESET_BY_PEER));
	assert_true(wants("reset", SKW_EVENT_CLOSE, SKW_CLOSE_RESET_BY_PEER));
	assert_true(wants("reset", SKW_EVENT_CLOSE, SKW_CLOSE_RESET_BY_US));
	assert_false(wants("reset", SKW_EVENT_CLOSE, SKW_CLOSE_UNKNOWN));
	assert_true(wants("refused,close", SKW_EVENT_CLOSE, SKW_CLOSE_FIN));
}

static void other_words_are_named(void **state)
{
	static const char *const wrong[] = { "",        "rto,",   "RTO", "retransmit",
					     "creator", ",close", "rt",  "rto;close" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct skw_event_types types = { .mask = 77 };
		struct skw_error err = { 0 };

		assert_int_equal(skw_event_types_parse("-t", wrong[i], &types, &err), -EINVAL);
		assert_true(err.usage);
		assert_int_equal(types.mask, 77);
	}
	struct skw_event_types types;
	struct skw_error err = { 0 };

	skw_event_types_parse("-t", "rto,bogus,close", &types, &err);
	assert_non_null(strstr(err.text, "-t: \"bogus\" is not"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_words_all_but_rtt_are_wanted),
		cmocka_unit_test(words_choose_types),
		cmocka_unit_test(reset_and_refused_are_closes_with_that_reason),
		cmocka_unit_test(other_words_are_named),
	};

	return cmocka_run_group_tests_name("event types", tests, NULL, NULL);
}
