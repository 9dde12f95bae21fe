// SPDX-License-Identifier: BSD-2-Clause
/* MySQL and MariaDB: where answers end. "secret" stands for the data of users. */
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
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
	};
	static const struct said talk2[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\17\0\0\2\377\25\4#28000secret"),
	};

	(void)state;
	EXPECT(talk, "mysql|login|OK|answered|58|35|3000\n");
	EXPECT(talk2, "mysql|login|1045 28000|answered|48|19|1000|error\n");
}

static void results_end_with_or_without_eof(void **state)
{
	static const struct said talk[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\1\0\0\1\1"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\5\0\0\3\376\0\0\2\0"
		    "\7\0\0\4\6secret"
		    "\5\0\0\5\376\0\0\2\0"),
		ASK("\16\0\0\0\3DELETE FROM t"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		ASK("\11\0\0\0\3SELECT 1"),
		SAY("\17\0\0\1\377z\4#42S02secret"),
	};
	static const struct said talk2[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\1\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\1\0\0\1\1"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\7\0\0\3\6secret"
		    "\7\0\0\4\6secret"
		    "\7\0\0\5\376\0\0\2\0\0\0"),
		ASK("\16\0\0\0\3DELETE FROM t"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		ASK("\11\0\0\0\3SELECT 1"),
		SAY("\17\0\0\1\377z\4#42S02secret"),
	};

	(void)state;
	EXPECT(talk, "mysql|login|OK|answered|58|35|3000\n"
		     "mysql|SELECT a FROM t WHERE b = ?|OK|answered|39|65|1000\n"
		     "mysql|DELETE FROM t|OK|answered|18|11|1000\n"
		     "mysql|SELECT ?|1146 42S02|answered|13|19|1000|error\n");
	EXPECT(talk2, "mysql|login|OK|answered|58|35|3000\n"
		      "mysql|SELECT a FROM t WHERE b = ?|OK|answered|39|69|1000\n"
		      "mysql|DELETE FROM t|OK|answered|18|11|1000\n"
		      "mysql|SELECT ?|1146 42S02|answered|13|19|1000|error\n");
}

static void the_middle_is_read(void **state)
{
	static const struct said talk[] = {
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\1\0\0\1\1"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\5\0\0\3\376\0\0\2\0"
		    "\7\0\0\4\6secret"
		    "\5\0\0\5\376\0\0\2\0"),
		ASK("\16\0\0\0\3DELETE FROM t"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		ASK("\11\0\0\0\3SELECT 1"),
		SAY("\17\0\0\1\377z\4#42S02secret"),
	};
	static const struct said talk2[] = {
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\1\0\0\1\1"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\7\0\0\3\6secret"
		    "\7\0\0\4\6secret"
		    "\7\0\0\5\376\0\0\2\0\0\0"),
		ASK("\16\0\0\0\3DELETE FROM t"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		ASK("\11\0\0\0\3SELECT 1"),
		SAY("\17\0\0\1\377z\4#42S02secret"),
	};

	(void)state;
	EXPECT_OPEN(talk, "mysql|SELECT a FROM t WHERE b = ?|OK|answered|39|65|1000\n"
			  "mysql|DELETE FROM t|OK|answered|18|11|1000\n"
			  "mysql|SELECT ?|1146 42S02|answered|13|19|1000|error\n");
	EXPECT_OPEN(talk2, "mysql|SELECT a FROM t WHERE b = ?|OK|answered|39|69|1000\n"
			   "mysql|DELETE FROM t|OK|answered|18|11|1000\n"
			   "mysql|SELECT ?|1146 42S02|answered|13|19|1000|error\n");
}

static void all_results_are_one_answer(void **state)
{
	static const struct said talk[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("\21\0\0\0\3CALL p('secret')"),
		SAY("\1\0\0\1\1"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\5\0\0\3\376\0\0\12\0"
		    "\7\0\0\4\6secret"
		    "\5\0\0\5\376\0\0\12\0"
		    "\1\0\0\6\1"
		    "\33\0\0\7\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\5\0\0\10\376\0\0\12\0"
		    "\5\0\0\11\376\0\0\12\0"
		    "\7\0\0\12\0\0\0\2\0\0\0"),
	};

	(void)state;
	EXPECT(talk, "mysql|login|OK|answered|58|35|3000\n"
		     "mysql|CALL p(?)|OK|answered|21|130|1000\n");
}

static void prepared_statements_have_their_text(void **state)
{
	static const struct said talk[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("-\0\0\0\26SELECT a FROM t WHERE b = ? AND c = 'secret'"),
		SAY("\14\0\0\1\0\7\0\0\0\1\0\1\0\0\0\0"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\5\0\0\3\376\0\0\2\0"
		    "\33\0\0\4\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\5\0\0\5\376\0\0\2\0"),
		ASK("\25\0\0\0\27\7\0\0\0\0\1\0\0\0\0\1\17\0\6secret"),
		SAY("\1\0\0\1\1"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\5\0\0\3\376\0\0\2\0"
		    "\11\0\0\4\0\0\6secret"
		    "\5\0\0\5\376\0\0\2\0"),
		ASK("\12\0\0\0\27\11\0\0\0\0\1\0\0\0"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		ASK("\5\0\0\0\31\7\0\0\0"),
		ASK("\25\0\0\0\27\7\0\0\0\0\1\0\0\0\0\1\17\0\6secret"),
		SAY("\17\0\0\1\377z\4#42S02secret"),
	};
	static const struct said talk2[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\1\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("-\0\0\0\26SELECT a FROM t WHERE b = ? AND c = 'secret'"),
		SAY("\14\0\0\1\0\7\0\0\0\1\0\1\0\0\0\0"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\33\0\0\3\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"),
		ASK("\25\0\0\0\27\7\0\0\0\0\1\0\0\0\0\1\17\0\6secret"),
		SAY("\1\0\0\1\1"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\11\0\0\3\0\0\6secret"
		    "\7\0\0\4\376\0\0\2\0\0\0"),
		ASK("\12\0\0\0\27\11\0\0\0\0\1\0\0\0"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		ASK("\5\0\0\0\31\7\0\0\0"),
		ASK("\25\0\0\0\27\7\0\0\0\0\1\0\0\0\0\1\17\0\6secret"),
		SAY("\17\0\0\1\377z\4#42S02secret"),
	};

	(void)state;
	EXPECT(talk, "mysql|login|OK|answered|58|35|3000\n"
		     "mysql|PREPARE SELECT a FROM t WHERE b = ? AND c = ?|OK|answered|49|96|1000\n"
		     "mysql|SELECT a FROM t WHERE b = ? AND c = ?|OK|answered|25|67|1000\n"
		     "mysql|EXECUTE|OK|answered|14|11|1000\n"
		     "mysql|CLOSE||one_way|9|0|-\n"
		     "mysql|EXECUTE|1146 42S02|answered|25|19|1000|error\n");
	EXPECT(talk2, "mysql|login|OK|answered|58|35|3000\n"
		      "mysql|PREPARE SELECT a FROM t WHERE b = ? AND c = ?|OK|answered|49|78|1000\n"
		      "mysql|SELECT a FROM t WHERE b = ? AND c = ?|OK|answered|25|60|1000\n"
		      "mysql|EXECUTE|OK|answered|14|11|1000\n"
		      "mysql|CLOSE||one_way|9|0|-\n"
		      "mysql|EXECUTE|1146 42S02|answered|25|19|1000|error\n");
}

static void a_file_belongs_to_its_query(void **state)
{
	static const struct said talk[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("-\0\0\0\3LOAD DATA LOCAL INFILE 'secret' INTO TABLE t"),
		SAY("\7\0\0\1\373secret"),
		ASK("\6\0\0\2secret"
		    "\7\0\0\0\3secret"
		    "\0\0\0\4"),
		SAY("\7\0\0\5\0\0\0\2\0\0\0"),
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
	};

	(void)state;
	EXPECT(talk, "mysql|login|OK|answered|58|35|3000\n"
		     "mysql|LOAD DATA LOCAL INFILE ? INTO TABLE t|OK|answered|74|22|3000\n"
		     "mysql|SELECT a FROM t WHERE b = ?|OK|answered|39|11|1000\n");
}

static void encryption_and_compression_end_it(void **state)
{
	static const struct said talk[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(" \0\0\1\205\252\0\0\0\0\0\1!\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
		ASK("\26\3\1\0secret"),
	};
	static const struct said talk2[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\245\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\7\0\0\2\0\0\0\2\0\0\0"),
		ASK("\20\0\0\0\0\0\0#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
	};

	(void)state;
	EXPECT(talk, "mysql|SSLRequest||one_way|36|0|-\n");
	EXPECT(talk2, "mysql|login|OK|answered|48|11|1000\n");
}

static void attributes_and_commands_without_text(void **state)
{
	static const struct said talk[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\1\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("\13\0\0\0\3\0\1SELECT 1"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		ASK("\1\0\0\0\16"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		ASK("\1\0\0\0\11"),
		SAY("\16\0\0\1Uptime: secret"),
		ASK("\7\0\0\0\2secret"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		SAY("\17\0\0\0\377\207\7#70100secret"),
		ASK("\1\0\0\0\1"),
	};

	(void)state;
	EXPECT(talk, "mysql|login|OK|answered|58|35|3000\n"
		     "mysql|SELECT ?|OK|answered|15|11|1000\n"
		     "mysql|PING|OK|answered|5|11|1000\n"
		     "mysql|STATISTICS|OK|answered|5|18|1000\n"
		     "mysql|INIT_DB|OK|answered|11|11|1000\n"
		     "mysql||1927 70100|orphan|0|19|-|error\n");
}

static void packets_of_16_mb_go_on(void **state)
{
	static const struct said talk[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("\377\377\377\0\3INSERT INTO t VALUES ('secret"),
		ASK_LOST(16777185),
		ASK("\10\0\0\1secret')"),
		SAY("\1\0\0\1\1"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\5\0\0\3\376\0\0\2\0"
		    "\377\377\377\4\376secret"),
		SAY_LOST(16777208),
		SAY("\7\0\0\5\376secret"
		    "\5\0\0\6\376\0\0\2\0"),
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
	};
	char *text = world_tell(talk, SKW_ARRAY_SIZE(talk), 1400, true, false);

	(void)state;
	assert_string_equal(
		text, "mysql|login|OK|answered|58|35|3000\n"
		      "mysql|INSERT INTO t VALUES (?|OK|answered|16777231|16777284|5000|holes 2\n"
		      "mysql|SELECT a FROM t WHERE b = ?|OK|answered|39|11|1000\n");
	free(text);
}

static void lost_answers_are_not_those_of_others(void **state)
{
	static const struct said talk[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY_LOST(300),
		ASK("\16\0\0\0\3DELETE FROM t"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\1\0\0\1\1"),
		SAY_LOST(100),
		SAY("\7\0\0\11\6secret"
		    "\5\0\0\12\376\0\0\2\0"),
		ASK("\11\0\0\0\3SELECT 1"),
		SAY("\17\0\0\1\377z\4#42S02secret"),
	};
	char *text = world_tell(talk, SKW_ARRAY_SIZE(talk), 1400, true, false);

	(void)state;
	assert_string_equal(text,
			    "mysql|login|OK|answered|58|35|3000\n"
			    "mysql|SELECT a FROM t WHERE b = ?||unanswered|39|0|-|holes 1\n"
			    "mysql|DELETE FROM t|OK|answered|18|11|1000\n"
			    "mysql|SELECT a FROM t WHERE b = ?|OK|answered|39|125|3000|holes 2\n"
			    "mysql|SELECT ?|1146 42S02|answered|13|19|1000|error\n");
	free(text);
}

static void the_middle_is_recognised_by_the_server_too(void **state)
{
	static const struct said talk[] = {
		SAY("\1\0\0\1\1"
		    "\33\0\0\2\3def\1d\1t\1t\1a\1a\14!\0\0\0\0\0\375\0\0\0\0\0"
		    "\5\0\0\3\376\0\0\2\0"
		    "\7\0\0\4\6secret"
		    "\5\0\0\5\376\0\0\2\0"),
		ASK("\11\0\0\0\3SELECT 1"),
		SAY("\17\0\0\1\377z\4#42S02secret"),
	};
	char *text = world_tell(talk, SKW_ARRAY_SIZE(talk), 1400, false, false);

	(void)state;
	assert_string_equal(text, "mysql||OK|orphan|0|65|-\n"
				  "mysql|SELECT ?|1146 42S02|answered|13|19|1000|error\n");
	free(text);
}

static void nonsense_is_given_up(void **state)
{
	static const struct said talk[] = {
		SAY("@\0\0\0\12"
		    "8.0.1\0\0\0\0\1abcdefgh\0\377\367!"
		    "\2\0\377\201\25\0\0\0\0\0\0\0\0\0\0abcdefghijkl\0mysql_native\0"),
		ASK(",\0\0\1\205\242\0\0\0\0\0\1!"
		    "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0secret\0\4hash"),
		SAY("\24\0\0\2\376caching_sha2\0secret"),
		ASK("\6\0\0\3secret"),
		SAY("\7\0\0\4\0\0\0\2\0\0\0"),
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\16\0\0\1\3secret secret"),
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
	};
	char *text = world_tell(talk, SKW_ARRAY_SIZE(talk), 1400, true, false);

	(void)state;
	assert_string_equal(text, "mysql|login|OK|answered|58|35|3000\n"
				  "mysql|SELECT a FROM t WHERE b = ?||unanswered|39|0|-\n"
				  "mysql|SELECT a FROM t WHERE b = ?|OK|answered|39|11|1000\n");
	free(text);
}

static void content_is_shown_if_asked_for(void **state)
{
	static const struct said talk[] = {
		ASK("#\0\0\0\3SELECT a FROM t WHERE b = 'secret'"),
		SAY("\7\0\0\1\0\0\0\2\0\0\0"),
	};
	char *text = world_tell(talk, SKW_ARRAY_SIZE(talk), 1400, false, true);

	(void)state;
	assert_string_equal(text,
			    "mysql|SELECT a FROM t WHERE b = 'secret'|OK|answered|39|11|1000\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(login_is_one_message),
		cmocka_unit_test(results_end_with_or_without_eof),
		cmocka_unit_test(the_middle_is_read),
		cmocka_unit_test(all_results_are_one_answer),
		cmocka_unit_test(prepared_statements_have_their_text),
		cmocka_unit_test(a_file_belongs_to_its_query),
		cmocka_unit_test(encryption_and_compression_end_it),
		cmocka_unit_test(attributes_and_commands_without_text),
		cmocka_unit_test(packets_of_16_mb_go_on),
		cmocka_unit_test(lost_answers_are_not_those_of_others),
		cmocka_unit_test(the_middle_is_recognised_by_the_server_too),
		cmocka_unit_test(nonsense_is_given_up),
		cmocka_unit_test(content_is_shown_if_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
