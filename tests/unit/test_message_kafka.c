// SPDX-License-Identifier: BSD-2-Clause
/* Kafka: names of APIs, numbers, errors, and requests without an answer. */
#include "message_world.h"

#define NAME         "\0\4ruby"

#define ASK_VERSIONS "\0\0\0\x12\0\x12\0\3\0\0\0\1" NAME "\0\1\1\0"
#define SAY_VERSIONS "\0\0\0\x0c\0\0\0\1\0\0\0\0\0\0\0\0"
#define ASK_METADATA "\0\0\0\x12\0\3\0\1\0\0\0\2" NAME "\0\0\0\0"
#define SAY_METADATA "\0\0\0\x08\0\0\0\2\0\0\0\0"
#define ASK_BEAT     "\0\0\0\x12\0\x0c\0\1\0\0\0\3" NAME "\0\0\0\0"
#define SAY_BEAT     "\0\0\0\x0a\0\0\0\3\0\0\0\0\0\x1b"
#define ASK_ACKS_0   "\0\0\0\x18\0\0\0\2\0\0\0\4" NAME "\0\0\0\0\0\5\0\0\0\0"
#define ASK_PRODUCE  "\0\0\0\x18\0\0\0\x9\0\0\0\5" NAME "\0\0\xff\xff\0\0\0\5\1\0"
#define SAY_PRODUCE  "\0\0\0\x14\0\0\0\5\0\2\7secret\2\0\0\0\0\0\6"

static void numbers_match(void **state)
{
	static const struct said talk[] = { ASK(ASK_VERSIONS), SAY(SAY_VERSIONS),
					    ASK(ASK_METADATA ASK_BEAT),
					    SAY(SAY_BEAT SAY_METADATA) };

	(void)state;
	EXPECT(talk, "kafka|ApiVersions v3|NONE|answered|22|16|1000\n"
		     "kafka|Heartbeat v1|REBALANCE_IN_PROGRESS|answered|22|14|1000|error\n"
		     "kafka|Metadata v1|answered|answered|22|12|1000\n");
}

static void acks_0_is_one_way(void **state)
{
	static const struct said talk[] = { ASK(ASK_ACKS_0), ASK(ASK_PRODUCE), SAY(SAY_PRODUCE) };

	(void)state;
	EXPECT(talk, "kafka|Produce v2||one_way|28|0|-\n"
		     "kafka|Produce v9|NOT_LEADER_OR_FOLLOWER|answered|28|24|1000|error\n");
}

static void unknown_apis_have_numbers(void **state)
{
	static const struct said talk[] = {
		ASK(ASK_VERSIONS "\0\0\0\x0a\0\xc8\0\1\0\0\0\7\xff\xff"),
		SAY(SAY_VERSIONS "\0\0\0\4\0\0\0\7"),
	};

	(void)state;
	EXPECT(talk, "kafka|ApiVersions v3|NONE|answered|22|16|1000\n"
		     "kafka|API 200 v1|answered|answered|14|8|1000\n");
}

static void the_middle_of_an_answer_is_passed_over(void **state)
{
	static const struct said talk[] = { SAY("the rest of an answer"), ASK(ASK_BEAT),
					    SAY("still the rest"), SAY(SAY_BEAT) };

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, false,
		   "kafka|Heartbeat v1|REBALANCE_IN_PROGRESS|answered|22|14|2000|error\n");
}

/* A length and small numbers are not enough in the middle, nor a name of control characters. */
static void other_protocols_are_not_taken(void **state)
{
	static const struct said nameless[] = { ASK("\0\0\0\x0e\0\0\0\0\0\0\0\0\0\0\0\0\0\0") };
	static const struct said controls[] = { ASK(
		"\0\0\0\x12\0\x0c\0\1\0\0\0\3\0\4\1\2\3\4\0\0\0\0") };

	(void)state;
	EXPECT(nameless, "");
	EXPECT(controls, "");
}

static void a_hole_in_a_message_is_counted(void **state)
{
	/* 1024 bytes, of which 512 are read. */
	static char big[4 + 512] = "\0\0\4\0\0\1\0\4\0\0\0\x09" NAME;
	static const struct said talk[] = {
		{ true, big, sizeof(big), 0 }, ASK_LOST(300), { true, big + 4, 212, 0 },
		SAY("\0\0\0\4\0\0\0\x09"),     ASK(ASK_BEAT), SAY(SAY_BEAT)
	};

	(void)state;
	EXPECT(talk, "kafka|Fetch v4|answered|answered|1028|8|3000|holes 1\n"
		     "kafka|Heartbeat v1|REBALANCE_IN_PROGRESS|answered|22|14|1000|error\n");
}

static void behind_a_hole_it_goes_on(void **state)
{
	static const struct said talk[] = { ASK(ASK_METADATA),
					    ASK_LOST(40),
					    SAY_LOST(50),
					    ASK(ASK_BEAT),
					    SAY("garbage, of the lost one"),
					    SAY(SAY_BEAT) };

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, true,
		   "kafka|Heartbeat v1|REBALANCE_IN_PROGRESS|answered|22|14|2000|error\n"
		   "kafka|Metadata v1||unanswered|22|0|-\n");
}

static void hostile_lengths_end_it(void **state)
{
	static const struct said small[] = { ASK(ASK_BEAT "\0\0\0\1x"), SAY(SAY_BEAT) };
	static const struct said large[] = { ASK(ASK_BEAT), ASK("\xff\xff\xff\xff"), ASK("abcd") };
	static const struct said cut[] = { ASK("\0\0\1\0\0\0\0\x9\0\0\0\5" NAME
					       "\xff\xff\xff\xff\xff\xff") };

	(void)state;
	EXPECT(small, "kafka|Heartbeat v1||unanswered|22|0|-\n");
	EXPECT(large, "kafka|Heartbeat v1||unanswered|22|0|-\n");
	EXPECT(cut, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_match),
		cmocka_unit_test(acks_0_is_one_way),
		cmocka_unit_test(unknown_apis_have_numbers),
		cmocka_unit_test(the_middle_of_an_answer_is_passed_over),
		cmocka_unit_test(other_protocols_are_not_taken),
		cmocka_unit_test(a_hole_in_a_message_is_counted),
		cmocka_unit_test(behind_a_hole_it_goes_on),
		cmocka_unit_test(hostile_lengths_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
