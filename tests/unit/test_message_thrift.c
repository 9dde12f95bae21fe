// SPDX-License-Identifier: BSD-2-Clause
/* Thrift: with and without frames, compact, exceptions, and calls without an answer. */
#include "message_world.h"

/* add(1: i32 1), and its result 0: i32 2. */
#define CALL_ADD  "\x80\1\0\1\0\0\0\3add\0\0\0\7\x08\0\1\0\0\0\1\0"
#define REPLY_ADD "\x80\1\0\2\0\0\0\3add\0\0\0\7\x08\0\0\0\0\0\2\0"
#define REPLY_BAD "\x80\1\0\2\0\0\0\3add\0\0\0\7\x0c\0\1\x0b\0\1\0\0\0\6secret\0\0"
#define FAILED    "\x80\1\0\3\0\0\0\3add\0\0\0\7\x0b\0\1\0\0\0\6secret\x08\0\2\0\0\0\1\0"
#define ZIP       "\x80\1\0\4\0\0\0\3zip\0\0\0\x8\0"
/* A struct with a struct, a list of texts, a map of bytes to lists, and a set of i64. */
#define NESTED                                                                                     \
	"\x80\1\0\1\0\0\0\4deep\0\0\0\x9\x0c\0\1\x0f\0\1\x0b\0\0\0\2\0\0\0\1a\0\0\0\0\0"           \
	"\x0d\0\2\x3\x0f\0\0\0\2\1\x3\0\0\0\2yz\2\x0f\0\0\0\0\x0e\0\3\x0a\0\0\0\1\1\2\3\4\5\6"     \
	"\7\x08\2\0\4\1\x0d\0\5\0\0\0\0\0\0\0"

static void messages_without_frames_end_by_their_structs(void **state)
{
	static const struct said talk[] = { ASK(CALL_ADD), SAY(REPLY_ADD), ASK(NESTED CALL_ADD),
					    SAY(REPLY_ADD) };

	(void)state;
	EXPECT(talk, "thrift|add|OK|answered|23|23|1000\n"
		     "thrift|add|OK|answered|23|23|1000\n"
		     "thrift|deep||unanswered|90|0|-\n");
}

static void exceptions_are_errors(void **state)
{
	static const struct said talk[] = { ASK(CALL_ADD), SAY(REPLY_BAD), ASK(CALL_ADD),
					    SAY(FAILED) };

	(void)state;
	EXPECT(talk, "thrift|add|throws 1|answered|23|33|1000|error\n"
		     "thrift|add|exception UNKNOWN_METHOD|answered|23|36|1000|error\n");
}

static void frames_have_lengths(void **state)
{
	static const struct said talk[] = {
		ASK("\0\0\0\x17" CALL_ADD "\0\0\0\x10" ZIP),
		SAY("\0\0\0\x21" REPLY_BAD),
		ASK("\0\0\0\x17" CALL_ADD),
		SAY("\0\0\0\x24" FAILED),
	};

	(void)state;
	EXPECT(talk, "thrift|zip||one_way|20|0|-\n"
		     "thrift|add|throws 1|answered|27|37|1000|error\n"
		     "thrift|add|exception UNKNOWN_METHOD|answered|27|40|1000|error\n");
}

static void compact_frames(void **state)
{
	static const struct said talk[] = {
		ASK("\0\0\0\xb\x82\x21\x81\1\3add\x15\2\0"),
		SAY("\0\0\0\xc\x82\x41\x81\1\3add\5\0\4\0"),
		ASK("\0\0\0\xb\x82\x21\x82\1\3add\x15\2\0"),
		SAY("\0\0\0\xb\x82\x41\x82\1\3add\x1c\0\0"),
		ASK("\0\0\0\x8\x82\x21\1\3put\0"),
		SAY("\0\0\0\x8\x82\x61\1\3put\0"),
		ASK("\0\0\0\x8\x82\x81\2\3zip\0"),
	};

	(void)state;
	EXPECT(talk, "thrift|add|OK|answered|15|16|1000\n"
		     "thrift|add|throws 1|answered|15|15|1000|error\n"
		     "thrift|put|exception|answered|12|12|1000|error\n"
		     "thrift|zip||one_way|12|0|-\n");
}

/* Many clients give all calls the same number. */
static void equal_numbers_are_answered_in_order(void **state)
{
	static const struct said talk[] = { ASK(CALL_ADD CALL_ADD), ASK(CALL_ADD), SAY(REPLY_ADD),
					    SAY(REPLY_BAD REPLY_ADD) };

	(void)state;
	EXPECT(talk, "thrift|add|OK|answered|23|23|2000\n"
		     "thrift|add|throws 1|answered|23|33|3000|error\n"
		     "thrift|add|OK|answered|23|23|2000\n");
}

static void the_middle_of_an_answer_is_passed_over(void **state)
{
	static const struct said talk[] = { SAY("the rest of an answer"), ASK(CALL_ADD),
					    SAY("still the rest"), SAY(REPLY_ADD) };

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, false, "thrift|add|OK|answered|23|23|2000\n");
}

static void an_answer_alone_tells_who_asked(void **state)
{
	static const struct said talk[] = { SAY(REPLY_ADD), ASK(CALL_ADD), SAY(REPLY_ADD) };

	(void)state;
	EXPECT(talk, "thrift||OK|orphan|0|23|-\n"
		     "thrift|add|OK|answered|23|23|1000\n");
}

static void holes_are_counted_or_passed_over(void **state)
{
	/* A frame with a name of 3 and a text of 300 bytes. */
	static char frame[4 + 200] = "\0\0\1\x3f\x80\1\0\1\0\0\0\3put\0\0\0\1\x0b\0\1\0\0\1\x2c";
	static const struct said framed[] = { { true, frame, sizeof(frame), 0 },
					      ASK_LOST(119),
					      SAY("\0\0\0\x10\x80\1\0\2\0\0\0\3put\0\0\0\1\0"),
					      ASK("\0\0\0\x17" CALL_ADD),
					      SAY("\0\0\0\x17" REPLY_ADD) };
	static const struct said plain[] = { ASK(CALL_ADD), SAY_LOST(23),
					     ASK_LOST(46),  SAY("of one that was lost"),
					     ASK(CALL_ADD), SAY(REPLY_ADD) };

	(void)state;
	EXPECT(framed, "thrift|put|OK|answered|323|20|2000|holes 1\n"
		       "thrift|add|OK|answered|27|27|1000\n");
	expect_cut(plain, SKW_ARRAY_SIZE(plain), 1400, true,
		   "thrift|add|OK|answered|23|23|5000\n"
		   "thrift|add||unanswered|23|0|-\n");
}

static void hostile_lengths_end_it(void **state)
{
	static const struct said name[] = { ASK("\x80\1\0\1\xff\xff\xff\xff"
						"aaaaaaaa") };
	static const struct said text[] = { ASK(
		"\x80\1\0\1\0\0\0\3add\0\0\0\7\x0b\0\1\xff\xff\xff\xff"
		"aaaa") };
	static const struct said frame[] = { ASK("\0\0\0\x17" CALL_ADD "\x7f\xff\xff\xff"),
					     ASK("aaaaaa") };

	(void)state;
	EXPECT(name, "");
	EXPECT(text, "thrift|add||unanswered|22|0|-|holes 1\n");
	EXPECT(frame, "thrift|add||unanswered|27|0|-\n");
}

static void deep_structs_end_it(void **state)
{
	static char deep[15 + 3 * 30] = "\x80\1\0\1\0\0\0\3add\0\0\0\7";
	static const struct said talk[] = { { true, deep, sizeof(deep), 0 } };

	(void)state;
	for (unsigned i = 0; i < 30; i++)
		memcpy(deep + 15 + 3 * i, "\x0c\0\1", 3);
	EXPECT(talk, "thrift|add||unanswered|87|0|-|holes 1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_without_frames_end_by_their_structs),
		cmocka_unit_test(exceptions_are_errors),
		cmocka_unit_test(frames_have_lengths),
		cmocka_unit_test(compact_frames),
		cmocka_unit_test(equal_numbers_are_answered_in_order),
		cmocka_unit_test(the_middle_of_an_answer_is_passed_over),
		cmocka_unit_test(an_answer_alone_tells_who_asked),
		cmocka_unit_test(holes_are_counted_or_passed_over),
		cmocka_unit_test(hostile_lengths_end_it),
		cmocka_unit_test(deep_structs_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
