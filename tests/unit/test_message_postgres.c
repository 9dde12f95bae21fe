// SPDX-License-Identifier: BSD-2-Clause
/*
 * PostgreSQL: where requests and answers begin and end. "secret" stands for the data of users.
 * Lengths are those of the protocol: type, length with itself, body.
 */
#include "message_world.h"

/* These begin in the middle of a connection. */
static void expect_open(const struct said *talk, size_t n, const char *lines)
{
	for (size_t most = 1; most <= 1400; most = most < 5 ? most + 1 : most * 3)
		expect_cut(talk, n, most, false, lines);
}

#define EXPECT_OPEN(talk, lines) expect_open(talk, SKW_ARRAY_SIZE(talk), lines)

static void login_is_one_message(void **state)
{
	static const struct said talk[] = {
		ASK("\0\0\0%\0\3\0\0user\0secret\0database\0secret\0\0"),
		SAY("R\0\0\0\30\0\0\0\12 SCRAM-SHA-256\0\0"),
		ASK("p\0\0\0\30SCRAM-SHA-256\0secret"),
		SAY("R\0\0\0\10\0\0\0\0"
		    "S\0\0\0\32server_version\0secret\0"
		    "K\0\0\0\14\0\0\0\1secr"
		    "Z\0\0\0\5I"),
	};
	static const struct said talk2[] = {
		ASK("\0\0\0%\0\3\0\0user\0secret\0database\0secret\0\0"),
		SAY("R\0\0\0\10\0\0\0\3"),
		ASK("p\0\0\0\13secret\0"),
		SAY("E\0\0\0\33SERROR\0C28P01\0Msecret\0\0"),
	};

	(void)state;
	EXPECT(talk, "postgres|login|ok|answered|62|80|3000\n");
	EXPECT(talk2, "postgres|login|28P01|answered|49|37|3000|error\n");
}

static void queries_have_their_tag(void **state)
{
	static const struct said talk[] = {
		ASK("Q\0\0\0'SELECT a FROM t WHERE b = 'secret'\0"),
		SAY("T\0\0\0\32\0\1a\0\0\0\0\0\0\0\0\0\0\27\0\4\377\377\377\377\0\0"
		    "D\0\0\0\20\0\1\0\0\0\6secret"
		    "C\0\0\0\15SELECT 1\0"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\0\31BEGIN; DELETE FROM t\0"),
		SAY("C\0\0\0\12BEGIN\0"
		    "C\0\0\0\15DELETE 3\0"
		    "Z\0\0\0\5T"),
		ASK("Q\0\0\0\17SELECT 1/0\0"),
		SAY("E\0\0\0\33SERROR\0C22012\0Msecret\0\0"
		    "Z\0\0\0\5E"),
	};

	(void)state;
	EXPECT_OPEN(talk, "postgres|SELECT a FROM t WHERE b = ?|SELECT 1|answered|40|64|1000\n"
			  "postgres|BEGIN; DELETE FROM t|DELETE 3|answered|26|31|1000\n"
			  "postgres|SELECT ?/?|22012|answered|16|34|1000|error\n");
}

static void prepared_statements_have_their_text(void **state)
{
	static const struct said talk[] = {
		ASK("P\0\0\0&s1\0SELECT a FROM t WHERE b = $1\0\0\0"
		    "D\0\0\0\10Ss1\0"
		    "S\0\0\0\4"),
		SAY("1\0\0\0\4"
		    "t\0\0\0\6\0\0"
		    "T\0\0\0\32\0\1a\0\0\0\0\0\0\0\0\0\0\27\0\4\377\377\377\377\0\0"
		    "Z\0\0\0\5I"),
		ASK("B\0\0\0\30\0s1\0\0\0\0\1\0\0\0\6secret\0\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "S\0\0\0\4"),
		SAY("2\0\0\0\4"
		    "D\0\0\0\13\0\1\0\0\0\1x"
		    "C\0\0\0\15SELECT 1\0"
		    "Z\0\0\0\5I"),
		ASK("B\0\0\0\35\0other_2\0\0\0\0\1\0\0\0\6secret\0\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "S\0\0\0\4"),
		SAY("2\0\0\0\4"
		    "C\0\0\0\15SELECT 0\0"
		    "Z\0\0\0\5I"),
		ASK("C\0\0\0\10Ss1\0"
		    "S\0\0\0\4"),
		SAY("3\0\0\0\4"
		    "Z\0\0\0\5I"),
	};

	(void)state;
	EXPECT_OPEN(talk, "postgres|PREPARE SELECT a FROM t WHERE b = ?||answered|53|45|1000\n"
			  "postgres|SELECT a FROM t WHERE b = ?|SELECT 1|answered|40|37|1000\n"
			  "postgres|EXECUTE other_2|SELECT 0|answered|45|25|1000\n"
			  "postgres|CLOSE||answered|14|11|1000\n");
}

static void pipelines_are_matched_in_order(void **state)
{
	static const struct said talk[] = {
		ASK("P\0\0\0!\0INSERT INTO t VALUES ($1)\0\0\0"
		    "B\0\0\0\26\0\0\0\0\0\1\0\0\0\6secret\0\0"
		    "D\0\0\0\6P\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "P\0\0\0\25\0DELETE FROM t\0\0\0"
		    "B\0\0\0\26\0\0\0\0\0\1\0\0\0\6secret\0\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "S\0\0\0\4"
		    "P\0\0\0!\0INSERT INTO t VALUES ($1)\0\0\0"
		    "B\0\0\0\26\0\0\0\0\0\1\0\0\0\6secret\0\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "S\0\0\0\4"),
		SAY("1\0\0\0\4"
		    "2\0\0\0\4"
		    "n\0\0\0\4"
		    "C\0\0\0\17INSERT 0 1\0"
		    "1\0\0\0\4"
		    "2\0\0\0\4"
		    "C\0\0\0\15DELETE 2\0"
		    "Z\0\0\0\5I"),
		SAY("1\0\0\0\4"
		    "2\0\0\0\4"
		    "C\0\0\0\17INSERT 0 1\0"
		    "Z\0\0\0\5I"),
	};

	(void)state;
	EXPECT_OPEN(talk, "postgres|INSERT INTO t VALUES (?)|INSERT 0 1|answered|74|31|1000\n"
			  "postgres|DELETE FROM t|DELETE 2|answered|60|30|1000\n"
			  "postgres|INSERT INTO t VALUES (?)|INSERT 0 1|answered|72|32|2000\n");
}

static void an_error_aborts_the_pipeline(void **state)
{
	static const struct said talk[] = {
		ASK("P\0\0\0!\0INSERT INTO t VALUES ($1)\0\0\0"
		    "B\0\0\0\26\0\0\0\0\0\1\0\0\0\6secret\0\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "P\0\0\0\25\0DELETE FROM t\0\0\0"
		    "B\0\0\0\26\0\0\0\0\0\1\0\0\0\6secret\0\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "P\0\0\0\25\0DELETE FROM t\0\0\0"
		    "B\0\0\0\26\0\0\0\0\0\1\0\0\0\6secret\0\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "S\0\0\0\4"),
		SAY("1\0\0\0\4"
		    "2\0\0\0\4"
		    "E\0\0\0\33SERROR\0C23505\0Msecret\0\0"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\0'SELECT a FROM t WHERE b = 'secret'\0"),
		SAY("C\0\0\0\15SELECT 0\0"
		    "Z\0\0\0\5I"),
	};

	(void)state;
	EXPECT_OPEN(talk, "postgres|INSERT INTO t VALUES (?)|23505|answered|67|38|1000|error\n"
			  "postgres|DELETE FROM t|aborted|answered|55|0|1000|error\n"
			  "postgres|DELETE FROM t|aborted|answered|60|6|1000|error\n"
			  "postgres|SELECT a FROM t WHERE b = ?|SELECT 0|answered|40|20|1000\n");
}

static void a_sync_may_come_later(void **state)
{
	static const struct said talk[] = {
		ASK("P\0\0\0!\0INSERT INTO t VALUES ($1)\0\0\0"
		    "B\0\0\0\26\0\0\0\0\0\1\0\0\0\6secret\0\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "H\0\0\0\4"),
		SAY("1\0\0\0\4"
		    "2\0\0\0\4"
		    "C\0\0\0\17INSERT 0 1\0"),
		ASK("S\0\0\0\4"),
		SAY("Z\0\0\0\5I"),
		ASK("Q\0\0\0'SELECT a FROM t WHERE b = 'secret'\0"),
		SAY("C\0\0\0\15SELECT 0\0"
		    "Z\0\0\0\5I"),
	};

	(void)state;
	EXPECT_OPEN(talk, "postgres|INSERT INTO t VALUES (?)|INSERT 0 1|answered|72|26|1000\n"
			  "postgres|SELECT a FROM t WHERE b = ?|SELECT 0|answered|40|20|1000\n");
}

static void copies_belong_to_their_query(void **state)
{
	static const struct said talk[] = {
		ASK("Q\0\0\0\26COPY t FROM STDIN\0"),
		SAY("G\0\0\0\11\0\0\1\0\0"),
		ASK("d\0\0\0\22secret\11secret\12"
		    "d\0\0\0\22secret\11secret\12"
		    "c\0\0\0\4"),
		SAY("C\0\0\0\13COPY 2\0"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\0\25COPY t TO STDOUT\0"),
		SAY("H\0\0\0\11\0\0\1\0\0"
		    "d\0\0\0\22secret\11secret\12"),
		SAY("c\0\0\0\4"
		    "C\0\0\0\13COPY 1\0"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\0\26COPY t FROM STDIN\0"),
		SAY("G\0\0\0\11\0\0\1\0\0"),
		ASK("f\0\0\0\13secret\0"),
		SAY("E\0\0\0\33SERROR\0C57014\0Msecret\0\0"
		    "Z\0\0\0\5I"),
	};

	(void)state;
	EXPECT_OPEN(talk, "postgres|COPY t FROM STDIN|COPY 2|answered|66|28|3000\n"
			  "postgres|COPY t TO STDOUT|COPY 1|answered|22|52|2000\n"
			  "postgres|COPY t FROM STDIN|57014|answered|35|44|3000|error\n");
}

static void notices_and_notifications_are_no_answers(void **state)
{
	static const struct said talk[] = {
		ASK("Q\0\0\0\16LISTEN ch\0"),
		SAY("N\0\0\0\34SNOTICE\0C00000\0Msecret\0\0"
		    "C\0\0\0\13LISTEN\0"
		    "Z\0\0\0\5I"),
		SAY("A\0\0\0\22\0\0\0\1ch\0secret\0"),
		SAY("N\0\0\0\34SNOTICE\0C00000\0Msecret\0\0"),
		ASK("Q\0\0\0'SELECT a FROM t WHERE b = 'secret'\0"),
		SAY("A\0\0\0\22\0\0\0\1ch\0secret\0"
		    "C\0\0\0\15SELECT 0\0"
		    "A\0\0\0\22\0\0\0\1ch\0secret\0"
		    "Z\0\0\0\5I"),
		SAY("E\0\0\0\33SERROR\0C57P01\0Msecret\0\0"),
	};

	(void)state;
	EXPECT_OPEN(talk, "postgres|LISTEN ch|LISTEN|answered|15|47|1000\n"
			  "postgres|SELECT a FROM t WHERE b = ?|SELECT 0|answered|40|20|1000\n"
			  "postgres||57P01|orphan|0|28|-|error\n");
}

static void encryption_is_refused_or_ends_it(void **state)
{
	static const struct said talk[] = {
		ASK("\0\0\0\10\4\322\26"
		    "0"),
		SAY("N"),
		ASK("\0\0\0\10\4\322\26/"),
		SAY("N"),
		ASK("\0\0\0%\0\3\0\0user\0secret\0database\0secret\0\0"),
		SAY("R\0\0\0\30\0\0\0\12 SCRAM-SHA-256\0\0"),
		ASK("p\0\0\0\30SCRAM-SHA-256\0secret"),
		SAY("R\0\0\0\10\0\0\0\0"
		    "S\0\0\0\32server_version\0secret\0"
		    "K\0\0\0\14\0\0\0\1secr"
		    "Z\0\0\0\5I"),
	};
	static const struct said talk2[] = {
		ASK("\0\0\0\10\4\322\26/"),
		SAY("S"),
		ASK("\26\3\1\0\5secret"),
	};

	(void)state;
	EXPECT(talk, "postgres|GSSENCRequest|N|answered|8|1|1000\n"
		     "postgres|SSLRequest|N|answered|8|1|1000\n"
		     "postgres|login|ok|answered|62|80|3000\n");
	EXPECT(talk2, "postgres|SSLRequest|S|answered|8|1|1000\n");
}

static void a_cancel_is_one_way(void **state)
{
	static const struct said talk[] = {
		ASK("\0\0\0\20\4\322\26.\0\0\0\1secr"),
	};

	(void)state;
	EXPECT(talk, "postgres|CancelRequest||one_way|16|0|-\n");
}

static void a_hole_in_a_row_is_a_part_of_it(void **state)
{
	static const struct said talk[] = {
		ASK("\0\0\0%\0\3\0\0user\0secret\0database\0secret\0\0"),
		SAY("R\0\0\0\30\0\0\0\12 SCRAM-SHA-256\0\0"),
		ASK("p\0\0\0\30SCRAM-SHA-256\0secret"),
		SAY("R\0\0\0\10\0\0\0\0"
		    "S\0\0\0\32server_version\0secret\0"
		    "K\0\0\0\14\0\0\0\1secr"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\0'SELECT a FROM t WHERE b = 'secret'\0"),
		SAY("T\0\0\0\32\0\1a\0\0\0\0\0\0\0\0\0\0\27\0\4\377\377\377\377\0\0"
		    "D\0\0\17\252\0\1\0\0\17\240secret"),
		SAY_LOST(3994),
		SAY("C\0\0\0\15SELECT 1\0"
		    "Z\0\0\0\5I"),
	};

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, true,
		   "postgres|login|ok|answered|62|80|3000\n"
		   "postgres|SELECT a FROM t WHERE b = ?|SELECT 1|answered|40|4058|3000|holes 1\n");
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1, true,
		   "postgres|login|ok|answered|62|80|3000\n"
		   "postgres|SELECT a FROM t WHERE b = ?|SELECT 1|answered|40|4058|3000|holes 1\n");
}

static void a_hole_in_a_query_hides_the_rest(void **state)
{
	static const struct said talk[] = {
		ASK("\0\0\0%\0\3\0\0user\0secret\0database\0secret\0\0"),
		SAY("R\0\0\0\30\0\0\0\12 SCRAM-SHA-256\0\0"),
		ASK("p\0\0\0\30SCRAM-SHA-256\0secret"),
		SAY("R\0\0\0\10\0\0\0\0"
		    "S\0\0\0\32server_version\0secret\0"
		    "K\0\0\0\14\0\0\0\1secr"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\7\324INSERT INTO t VALUES ('secret"),
		ASK_LOST(1968),
		ASK("')\0"),
		SAY("C\0\0\0\17INSERT 0 1\0"
		    "Z\0\0\0\5I"),
	};

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, true,
		   "postgres|login|ok|answered|62|80|3000\n"
		   "postgres|INSERT INTO t VALUES (?|INSERT 0 1|answered|2005|22|3000|holes 1\n");
}

/* Not a byte of it is there. */
static void a_hole_can_be_a_whole_query(void **state)
{
	(void)state;

	static const struct said talk[] = {
		ASK("Q\0\0\0\x0dSELECT 1\0"),
		SAY("C\0\0\0\x0dSELECT 1\0Z\0\0\0\5I"),
		ASK("Q\0\0\0\x0d"),
		ASK_LOST(9),
		SAY("C\0\0\0\x0dSELECT 1\0Z\0\0\0\5I"),
		ASK("P\0\0\0\x10"),
		ASK_LOST(12),
		ASK("S\0\0\0\4"),
		SAY("1\0\0\0\4Z\0\0\0\5I"),
	};

	expect_open(talk, SKW_ARRAY_SIZE(talk),
		    "postgres|SELECT ?|SELECT 1|answered|14|20|1000\n"
		    "postgres|?|SELECT 1|answered|14|20|2000|holes 1\n"
		    "postgres|PREPARE ?||answered|22|11|3000|holes 1\n");
}

static void lost_answers_are_not_those_of_others(void **state)
{
	static const struct said talk[] = {
		ASK("\0\0\0%\0\3\0\0user\0secret\0database\0secret\0\0"),
		SAY("R\0\0\0\30\0\0\0\12 SCRAM-SHA-256\0\0"),
		ASK("p\0\0\0\30SCRAM-SHA-256\0secret"),
		SAY("R\0\0\0\10\0\0\0\0"
		    "S\0\0\0\32server_version\0secret\0"
		    "K\0\0\0\14\0\0\0\1secr"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\0'SELECT a FROM t WHERE b = 'secret'\0"),
		SAY_LOST(500),
		ASK("Q\0\0\0\22DELETE FROM t\0"),
		SAY("C\0\0\0\15DELETE 1\0"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\0\26COPY t FROM STDIN\0"),
		SAY("G\0\0\0\11\0\0\1\0\0"),
		SAY_LOST(100),
		SAY("secretsecret"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\0\22DELETE FROM t\0"),
		SAY("C\0\0\0\15DELETE 2\0"
		    "Z\0\0\0\5I"),
	};

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, true,
		   "postgres|login|ok|answered|62|80|3000\n"
		   "postgres|SELECT a FROM t WHERE b = ?||unanswered|40|0|-|holes 1\n"
		   "postgres|DELETE FROM t|DELETE 1|answered|19|20|1000\n"
		   "postgres|COPY t FROM STDIN||answered|23|128|3000|holes 2\n"
		   "postgres|DELETE FROM t|DELETE 2|answered|19|20|1000\n");
}

static void the_middle_is_recognised_by_the_server_too(void **state)
{
	static const struct said talk[] = {
		SAY("T\0\0\0\32\0\1a\0\0\0\0\0\0\0\0\0\0\27\0\4\377\377\377\377\0\0"
		    "D\0\0\0\20\0\1\0\0\0\6secret"
		    "C\0\0\0\15SELECT 1\0"
		    "Z\0\0\0\5I"),
		ASK("B\0\0\0\30\0s1\0\0\0\0\1\0\0\0\6secret\0\0"
		    "E\0\0\0\11\0\0\0\0\0"
		    "S\0\0\0\4"),
		SAY("2\0\0\0\4"
		    "C\0\0\0\15SELECT 0\0"
		    "Z\0\0\0\5I"),
	};

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, false,
		   "postgres||SELECT 1|orphan|0|64|-\n"
		   "postgres|EXECUTE s1|SELECT 0|answered|40|25|1000\n");
}

static void hostile_lengths_are_wrong(void **state)
{
	static const struct said talk[] = {
		ASK("\0\0\0%\0\3\0\0user\0secret\0database\0secret\0\0"),
		SAY("R\0\0\0\30\0\0\0\12 SCRAM-SHA-256\0\0"),
		ASK("p\0\0\0\30SCRAM-SHA-256\0secret"),
		SAY("R\0\0\0\10\0\0\0\0"
		    "S\0\0\0\32server_version\0secret\0"
		    "K\0\0\0\14\0\0\0\1secr"
		    "Z\0\0\0\5I"),
		ASK("Q\177\377\377\377secret"),
	};
	static const struct said talk2[] = {
		ASK("\0\0\0%\0\3\0\0user\0secret\0database\0secret\0\0"),
		SAY("R\0\0\0\30\0\0\0\12 SCRAM-SHA-256\0\0"),
		ASK("p\0\0\0\30SCRAM-SHA-256\0secret"),
		SAY("R\0\0\0\10\0\0\0\0"
		    "S\0\0\0\32server_version\0secret\0"
		    "K\0\0\0\14\0\0\0\1secr"
		    "Z\0\0\0\5I"),
		ASK("Q\0\0\0'SELECT a FROM t WHERE b = 'secret'\0"),
		SAY("T\0\0\0\0Z\0\0\0\5I"),
	};

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, true,
		   "postgres|login|ok|answered|62|80|3000\n");
	expect_cut(talk2, SKW_ARRAY_SIZE(talk2), 1400, true,
		   "postgres|login|ok|answered|62|80|3000\n"
		   "postgres|SELECT a FROM t WHERE b = ?||unanswered|40|0|-\n");
}

static void content_is_shown_if_asked_for(void **state)
{
	static const struct said talk[] = {
		ASK("Q\0\0\0'SELECT a FROM t WHERE b = 'secret'\0"),
		SAY("C\0\0\0\15SELECT 1\0"
		    "Z\0\0\0\5I"),
	};
	char *text = world_tell(talk, SKW_ARRAY_SIZE(talk), 1400, false, true);

	(void)state;
	assert_string_equal(
		text, "postgres|SELECT a FROM t WHERE b = 'secret'|SELECT 1|answered|40|20|1000\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(login_is_one_message),
		cmocka_unit_test(queries_have_their_tag),
		cmocka_unit_test(prepared_statements_have_their_text),
		cmocka_unit_test(pipelines_are_matched_in_order),
		cmocka_unit_test(an_error_aborts_the_pipeline),
		cmocka_unit_test(a_sync_may_come_later),
		cmocka_unit_test(copies_belong_to_their_query),
		cmocka_unit_test(notices_and_notifications_are_no_answers),
		cmocka_unit_test(encryption_is_refused_or_ends_it),
		cmocka_unit_test(a_cancel_is_one_way),
		cmocka_unit_test(a_hole_in_a_row_is_a_part_of_it),
		cmocka_unit_test(a_hole_in_a_query_hides_the_rest),
		cmocka_unit_test(a_hole_can_be_a_whole_query),
		cmocka_unit_test(lost_answers_are_not_those_of_others),
		cmocka_unit_test(the_middle_is_recognised_by_the_server_too),
		cmocka_unit_test(hostile_lengths_are_wrong),
		cmocka_unit_test(content_is_shown_if_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
