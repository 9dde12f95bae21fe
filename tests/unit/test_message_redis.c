// SPDX-License-Identifier: BSD-2-Clause
/* Redis: which answer is whose, with pushes between them, and what is shown of it. */
#include "message_world.h"

#define GET_K "*2\r\n$3\r\nGET\r\n$6\r\nsecret\r\n"

static char *tell_on_port(const struct said *talk, size_t n, size_t most, bool from_start)
{
	struct world w;
	char *text;

	world_begin(&w, false);
	w.port = 6379;
	if (from_start)
		world_open(&w);
	for (size_t i = 0; i < n; i++)
		world_say(&w, &talk[i], most);
	assert_int_equal(skw_messages_stop(w.m), 0);
	skw_buf_add_char(&w.text, '\0');
	text = strdup((const char *)w.text.data);
	assert_non_null(text);
	world_free(&w);
	return text;
}

/* On the port of Redis, which is some proof where bytes alone are not. */
static void expect_on_port(const struct said *talk, size_t n, bool from_start, const char *lines)
{
	for (size_t most = 1; most < 1400; most += 1399 / 2) {
		char *text = tell_on_port(talk, n, most, from_start);

		assert_string_equal(text, lines);
		free(text);
	}
}

static void pipelined_answers_come_in_order(void **state)
{
	static const struct said talk[] = {
		ASK(GET_K "*3\r\n$3\r\nset\r\n$1\r\nk\r\n$6\r\n*1\r\n$4\r\n"),
		ASK("*2\r\n$4\r\nINCR\r\n$1\r\nk\r\n"),
		SAY("$-1\r\n+OK\r\n"),
		SAY("-WRONGTYPE Operation against secret\r\n"),
	};

	(void)state;
	EXPECT(talk, "redis|GET|nil|answered|25|5|2000\n"
		     "redis|SET|OK|answered|32|5|2000\n"
		     "redis|INCR|WRONGTYPE|answered|21|37|2000|error\n");
}

static void values_have_types(void **state)
{
	static const struct said talk[] = {
		ASK("*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"),
		SAY("%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n"),
		ASK("*4\r\n$6\r\nCONFIG\r\n$3\r\nget\r\n$6\r\nsecret\r\n$1\r\nx\r\n"),
		SAY("|1\r\n+ttl\r\n*1\r\n:5\r\n*2\r\n*2\r\n$1\r\na\r\n_\r\n*0\r\n"),
		ASK("*2\r\n$6\r\nCLIENT\r\n$6\r\nsecret\r\n"),
		SAY("!10\r\nERR secret\r\n"),
		ASK("*1\r\n$6\r\nSEC\ret\r\n"),
		SAY("-secret\r\n"),
		ASK("*2\r\n$4\r\nTYPE\r\n$1\r\nk\r\n"),
		SAY("+secret\r\n"),
	};

	(void)state;
	EXPECT(talk, "redis|HELLO|map|answered|22|42|1000\n"
		     "redis|CONFIG GET|array|answered|44|40|1000\n"
		     "redis|CLIENT|ERR|answered|28|17|1000|error\n"
		     "redis|?|error|answered|16|9|1000|error\n"
		     "redis|TYPE|simple|answered|21|9|1000\n");
}

static void transactions_are_queued(void **state)
{
	static const struct said talk[] = {
		ASK("*1\r\n$5\r\nMULTI\r\n" GET_K "*1\r\n$4\r\nEXEC\r\n"),
		SAY("+OK\r\n+QUEUED\r\n*1\r\n$3\r\nabc\r\n"),
	};

	(void)state;
	EXPECT(talk, "redis|MULTI|OK|answered|15|5|1000\n"
		     "redis|GET|QUEUED|answered|25|9|1000\n"
		     "redis|EXEC|array|answered|14|13|1000\n");
}

static void pushes_are_no_answers(void **state)
{
	static const struct said resp2[] = {
		ASK("*3\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n$1\r\nb\r\n"),
		SAY("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"),
		SAY("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$6\r\nsecret\r\n"),
		SAY("*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"),
		ASK("*1\r\n$4\r\nPING\r\n"),
		SAY("*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\na\r\n$6\r\nsecret\r\n"),
		SAY("*2\r\n$4\r\npong\r\n$0\r\n\r\n"),
	};
	static const struct said resp3[] = {
		ASK(GET_K),
		SAY(">2\r\n$10\r\ninvalidate\r\n*1\r\n$6\r\nsecret\r\n"),
		SAY("$1\r\nx\r\n>1\r\n$6\r\nsecret\r\n"),
	};

	(void)state;
	EXPECT(resp2, "redis|push message||one_way|36|0|-\n"
		      "redis|SUBSCRIBE|OK|answered|33|60|3000\n"
		      "redis|push pmessage||one_way|44|0|-\n"
		      "redis|PING|array|answered|14|20|2000\n");
	EXPECT(resp3, "redis|push invalidate||one_way|37|0|-\n"
		      "redis|GET|string|answered|25|7|2000\n"
		      "redis|push||one_way|16|0|-\n");
}

static void commands_of_others_are_pushes(void **state)
{
	static const struct said talk[] = {
		ASK("*1\r\n$7\r\nMONITOR\r\n"),
		SAY("+OK\r\n+1339518083.107412 [0 127.0.0.1:60866] \"get\" \"secret\"\r\n"),
		ASK("*1\r\n$4\r\nPING\r\n"),
		SAY("+1339518083.107412 [0 127.0.0.1:60866] \"ping\"\r\n+PONG\r\n"),
	};

	(void)state;
	EXPECT(talk, "redis|MONITOR|OK|answered|17|5|1000\n"
		     "redis|push monitor||one_way|55|0|-\n"
		     "redis|push monitor||one_way|47|0|-\n"
		     "redis|PING|PONG|answered|14|7|1000\n");
}

static void silence_is_no_lack_of_answers(void **state)
{
	static const struct said talk[] = {
		ASK("*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$4\r\nSKIP\r\n" GET_K GET_K),
		SAY("$1\r\nx\r\n"),
		ASK("*3\r\n$6\r\nclient\r\n$5\r\nreply\r\n$3\r\noff\r\n" GET_K),
		ASK("*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$2\r\nON\r\n"),
		SAY("+OK\r\n"),
	};

	(void)state;
	EXPECT(talk, "redis|CLIENT REPLY||one_way|37|0|-\n"
		     "redis|GET||one_way|25|0|-\n"
		     "redis|GET|string|answered|25|7|1000\n"
		     "redis|CLIENT REPLY||one_way|36|0|-\n"
		     "redis|GET||one_way|25|0|-\n"
		     "redis|CLIENT REPLY|OK|answered|35|5|1000\n");
}

static void replication_is_left(void **state)
{
	static const struct said talk[] = {
		ASK("*3\r\n$5\r\nPSYNC\r\n$1\r\n?\r\n$2\r\n-1\r\n"),
		SAY("+FULLRESYNC 8de1787 0\r\n"),
		SAY("$3\r\nRDB*1\r\n$4\r\nPING\r\n"),
	};

	(void)state;
	EXPECT(talk, "redis|PSYNC|simple|answered|30|23|1000\n");
}

static void inline_commands_are_text(void **state)
{
	static const struct said talk[] = {
		ASK("\r\nping\r\nauth secret\r\n"),
		SAY("+PONG\r\n-WRONGPASS secret\r\n"),
		ASK("config  get x\r\n"),
		SAY("*0\r\n"),
	};

	(void)state;
	expect_on_port(talk + 2, 2, true, "redis|CONFIG GET|array|answered|15|4|1000\n");
	static const struct said more[] = {
		ASK("ping\r\n\r\nauth secret\r\n"),
		SAY("+PONG\r\n-WRONGPASS secret\r\n"),
	};

	expect_on_port(more, SKW_ARRAY_SIZE(more), true,
		       "redis|PING|PONG|answered|6|7|1000\n"
		       "redis|AUTH|WRONGPASS|answered|13|19|1000|error\n");
}

static void an_answer_alone_is_an_orphan(void **state)
{
	static const struct said talk[] = {
		SAY("$6\r\nsecret\r\n"),
		ASK("*2\r\n$8\r\nJSON.GET\r\n$1\r\nk\r\n"),
		SAY("*-1\r\n"),
	};

	(void)state;
	expect_on_port(talk, SKW_ARRAY_SIZE(talk), false,
		       "redis||string|orphan|0|12|-\n"
		       "redis|JSON.GET|nil|answered|25|5|1000\n");
}

static void a_hole_in_a_string_is_a_part_of_it(void **state)
{
	static const struct said talk[] = {
		ASK("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000\r\nbegin"),
		ASK_LOST(990),
		ASK("final\r\n" GET_K),
		SAY("+OK\r\n$1000\r\nbegin"),
		SAY_LOST(997),
		ASK("*1\r\n$4\r\nPING\r\n"),
		SAY("+PONG\r\n"),
	};

	(void)state;
	EXPECT(talk, "redis|SET|OK|answered|1029|5|3000|holes 1\n"
		     "redis|GET|string|answered|25|1009|2000|holes 1\n"
		     "redis|PING|PONG|answered|14|7|1000\n");
}

static void behind_a_hole_it_goes_on(void **state)
{
	static const struct said talk[] = {
		ASK(GET_K),
		SAY_LOST(100),
		SAY("tail\r\n"),
		ASK("*1\r\n$4\r\nPING\r\n"),
		SAY("+PONG\r\n"),
		ASK_LOST(10),
		ASK("x\r\n"),
		SAY("+OK\r\n"),
		ASK("*1\r\n$4\r\nPING\r\n"),
		SAY("+PONG\r\n"),
	};

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, true,
		   "redis|GET||unanswered|25|0|-|holes 1\n"
		   "redis|PING|PONG|answered|14|7|1000\n"
		   "redis||OK|orphan|0|5|-\n"
		   "redis|PING|PONG|answered|14|7|1000\n");
}

/* Which of them was lost, nothing tells, until all are answered. */
static void in_a_pipeline_no_answer_is_that_of_another(void **state)
{
	static const struct said answer_lost[] = {
		ASK(GET_K GET_K GET_K),      SAY("$1\r\na\r\n"), SAY_LOST(7),
		ASK("*1\r\n$4\r\nPING\r\n"), SAY("+PONG\r\n"),
	};
	static const struct said request_lost[] = {
		ASK(GET_K),
		SAY("$1\r\na\r\n"),
		ASK_LOST(25),
		ASK(GET_K),
		SAY("$1\r\nb\r\n$1\r\nc\r\n"),
		ASK("*1\r\n$4\r\nPING\r\n"),
		SAY("+PONG\r\n"),
	};

	(void)state;
	expect_cut(answer_lost, SKW_ARRAY_SIZE(answer_lost), 1400, true,
		   "redis|GET|string|answered|25|7|1000\n"
		   "redis|GET||unanswered|25|0|-|holes 1\n"
		   "redis|GET||unanswered|25|0|-|holes 1\n"
		   "redis|PING|PONG|answered|14|7|1000\n");
	expect_cut(request_lost, SKW_ARRAY_SIZE(request_lost), 1400, true,
		   "redis|GET|string|answered|25|7|1000\n"
		   "redis||string|orphan|0|7|-\n"
		   "redis||string|orphan|0|7|-\n"
		   "redis|GET||unanswered|25|0|-\n"
		   "redis|PING|PONG|answered|14|7|1000\n");
}

/* Arrays in arrays, and as many values as a number can tell. */
static void hostile_lengths_are_only_numbers(void **state)
{
	static const struct said wide[] = {
		ASK(GET_K),
		SAY("*999999999999\r\n%999999999999\r\n*999999999999\r\n$999999999999\r\nx"),
	};
	static const struct said wrong[] = {
		ASK(GET_K),
		SAY("$9999999999999999999\r\n"),
		ASK(GET_K),
		SAY("$-2\r\n"),
	};
	struct world w;

	(void)state;
	EXPECT(wide, "redis|GET|array|answered|25|61|1000|holes 1\n");
	expect_cut(wrong, SKW_ARRAY_SIZE(wrong), 1400, true,
		   "redis|GET||unanswered|25|0|-\nredis|GET||unanswered|25|0|-\n");
	world_begin(&w, false);
	world_open(&w);
	world_say(&w, &wide[0], 1400);
	for (unsigned i = 0; i < 20000; i++)
		world_packet(&w, false, TH_ACK, "*1\r\n", 4);
	assert_true(skw_messages_memory(w.m) < 1 << 14);
	world_packet(&w, false, TH_ACK, "$-1\r\n", 5);
	skw_buf_add_char(&w.text, '\0');
	assert_string_equal((const char *)w.text.data, "redis|GET|array|answered|25|80005|0\n");
	world_free(&w);
}

static void other_protocols_are_none(void **state)
{
	static const struct said memcached[] = { ASK("get secret\r\n"), SAY("END\r\n") };
	static const struct said pop3[] = { SAY("+OK ready\r\n"), ASK("QUIT\r\n"), SAY("+OK\r\n") };
	static const struct said text[] = { ASK("*** secret ***\r\n") };
	char *lines = tell_on_port(pop3, SKW_ARRAY_SIZE(pop3), 1400, true);

	(void)state;
	assert_null(strstr(lines, "+OK"));
	free(lines);
	lines = world_tell(memcached, SKW_ARRAY_SIZE(memcached), 1400, true, false);
	assert_null(strstr(lines, "redis"));
	free(lines);
	EXPECT(text, "");
}

static void content_is_shown_if_asked_for(void **state)
{
	static const struct said talk[] = {
		ASK(GET_K "*2\r\n$4\r\nAUTH\r\n$6\r\nhidden\r\n"),
		SAY("-MOVED 12 10.0.0.1:1\r\n"),
		SAY("+OK\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$6\r\nsec\1et\r\n"),
	};
	static const size_t cuts[] = { 1, 3, 1400 };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cuts); i++) {
		char *text = world_tell(talk, SKW_ARRAY_SIZE(talk), cuts[i], true, true);

		assert_string_equal(text, "redis|GET secret|MOVED 12 10.0.0.1:1|answered|25|22|1000"
					  "|error\n"
					  "redis|AUTH|OK|answered|26|5|2000\n"
					  "redis|push message c sec?et||one_way|36|0|-\n");
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pipelined_answers_come_in_order),
		cmocka_unit_test(values_have_types),
		cmocka_unit_test(transactions_are_queued),
		cmocka_unit_test(pushes_are_no_answers),
		cmocka_unit_test(commands_of_others_are_pushes),
		cmocka_unit_test(silence_is_no_lack_of_answers),
		cmocka_unit_test(replication_is_left),
		cmocka_unit_test(inline_commands_are_text),
		cmocka_unit_test(an_answer_alone_is_an_orphan),
		cmocka_unit_test(a_hole_in_a_string_is_a_part_of_it),
		cmocka_unit_test(behind_a_hole_it_goes_on),
		cmocka_unit_test(in_a_pipeline_no_answer_is_that_of_another),
		cmocka_unit_test(hostile_lengths_are_only_numbers),
		cmocka_unit_test(other_protocols_are_none),
		cmocka_unit_test(content_is_shown_if_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
