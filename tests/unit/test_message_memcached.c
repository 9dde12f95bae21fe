// SPDX-License-Identifier: BSD-2-Clause
/* memcached: whose answer is whose, what has data behind it, and what has no answer. */
#include "message_world.h"

static void values_end_with_end(void **state)
{
	static const struct said talk[] = {
		ASK("get secret\r\ngets secret b c\r\n"),
		SAY("END\r\nVALUE secret 0 5 7\r\nEND\r\n\r\nVALUE c 0 0 8\r\n\r\nEND\r\n"),
		ASK("stats\r\n"),
		SAY("STAT pid 1\r\nSTAT uptime 2\r\nEND\r\n"),
	};

	(void)state;
	EXPECT(talk, "memcached|get|END|answered|12|5|1000\n"
		     "memcached|gets|VALUE|answered|17|49|1000\n"
		     "memcached|stats|STAT|answered|7|32|1000\n");
}

static void data_is_counted(void **state)
{
	static const struct said talk[] = {
		ASK("set secret 0 0 8\r\nget a\r\n\n\r\ncas secret 0 0 2 7\r\n\r\n\r\n"),
		SAY("STORED\r\nEXISTS\r\n"),
		ASK("add x 0 0 9999999\r\n"),
		SAY("SERVER_ERROR object too large for cache\r\n"),
	};

	(void)state;
	EXPECT(talk, "memcached|set|STORED|answered|28|8|1000\n"
		     "memcached|cas|EXISTS|answered|24|8|1000\n"
		     "memcached|add|SERVER_ERROR|answered|19|41|1000|error\n");
}

static void noreply_has_no_answer(void **state)
{
	static const struct said talk[] = {
		ASK("set noreply 0 0 1 noreply\r\nx\r\ndelete k noreply\r\nincr n 5\r\n"),
		SAY("12 \r\n"),
		ASK("delete noreply\r\nquit\r\n"),
		SAY("NOT_FOUND\r\n"),
	};

	(void)state;
	EXPECT(talk, "memcached|set||one_way|30|0|-\n"
		     "memcached|delete||one_way|18|0|-\n"
		     "memcached|incr|number|answered|10|5|1000\n"
		     "memcached|quit||one_way|6|0|-\n"
		     "memcached|delete|NOT_FOUND|answered|16|11|1000\n");
}

static void meta_commands_have_data(void **state)
{
	static const struct said talk[] = {
		ASK("mg secret t v\r\nms secret 2 T0\r\nab\r\nmd q\r\nma q\r\n"),
		SAY("VA 4 t-1\r\n\r\n\r\n\r\nHD\r\nNF\r\nCLIENT_ERROR secret\r\n"),
		ASK("me k\r\nlru_crawler metadump all\r\n"),
		SAY("EN\r\nkey=secret exp=-1\r\nEND\r\n"),
	};

	(void)state;
	EXPECT(talk, "memcached|mg|VA|answered|15|16|1000\n"
		     "memcached|ms|HD|answered|20|4|1000\n"
		     "memcached|md|NF|answered|6|4|1000\n"
		     "memcached|ma|CLIENT_ERROR|answered|6|21|1000|error\n"
		     "memcached|me|EN|answered|6|4|1000\n"
		     "memcached|lru_crawler metadump|END|answered|26|24|1000\n");
}

static void quiet_requests_may_have_answers(void **state)
{
	static const struct said talk[] = {
		ASK("mg a v q\r\nms b 1 q\r\nx\r\nmg c v q\r\nmd d q\r\nmn\r\n"),
		SAY("VA 1\r\nx\r\nNS\r\nMN\r\n"),
		ASK("md e q\r\n"),
	};

	(void)state;
	EXPECT(talk, "memcached|mg|VA|answered|10|9|1000\n"
		     "memcached|ms|NS|answered|13|4|1000\n"
		     "memcached|mg||one_way|10|0|-\n"
		     "memcached|md||one_way|8|0|-\n"
		     "memcached|mn|MN|answered|4|4|1000\n"
		     "memcached|md||one_way|8|0|-\n");
}

static void wrong_commands_are_errors(void **state)
{
	static const struct said talk[] = {
		ASK("version\r\n"), SAY("VERSION 1.6.18\r\n"), ASK("secret\r\n"),
		SAY("ERROR\r\n"),   ASK("watch\r\n"),          SAY("OK\r\nts=1 secret\r\n"),
	};

	(void)state;
	EXPECT(talk, "memcached|version|VERSION|answered|9|16|1000\n"
		     "memcached|?|ERROR|answered|8|7|1000|error\n"
		     "memcached|watch|OK|answered|7|4|1000\n");
}

static void an_answer_alone_is_an_orphan(void **state)
{
	static const struct said talk[] = {
		SAY("VALUE secret 0 1\r\nx\r\nEND\r\n"),
		ASK("touch k 0\r\n"),
		SAY("TOUCHED\r\n"),
	};

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, false,
		   "memcached||VALUE|orphan|0|26|-\n"
		   "memcached|touch|TOUCHED|answered|11|9|1000\n");
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1, false,
		   "memcached||VALUE|orphan|0|26|-\n"
		   "memcached|touch|TOUCHED|answered|11|9|1000\n");
}

static void a_hole_in_data_is_a_part_of_it(void **state)
{
	static const struct said talk[] = {
		ASK("set k 0 0 1000 noreply\r\nbegin"), ASK_LOST(990), ASK("final\r\nget k\r\n"),
		SAY("VALUE k 0 1000\r\nbegin"),         SAY_LOST(997), SAY("END\r\n"),
	};

	(void)state;
	EXPECT(talk, "memcached|set||one_way|1026|0|-|holes 1\n"
		     "memcached|get|VALUE|answered|7|1023|3000|holes 1\n");
}

static void behind_a_hole_it_goes_on(void **state)
{
	static const struct said talk[] = {
		ASK("get k\r\n"),   SAY_LOST(100),  SAY("END\r\n"), ASK("delete k\r\n"),
		SAY("DELETED\r\n"), ASK_LOST(10),   ASK("x\r\n"),   SAY("STORED\r\n"),
		ASK("get k\r\n"),   SAY("END\r\n"),
	};

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, true,
		   "memcached|get||unanswered|7|0|-|holes 1\n"
		   "memcached|delete|DELETED|answered|10|9|1000\n"
		   "memcached||STORED|orphan|0|8|-\n"
		   "memcached|get|END|answered|7|5|1000\n");
}

static void hostile_lengths_are_only_numbers(void **state)
{
	static const struct said talk[] = {
		ASK("get k\r\n"),
		SAY("VALUE k 0 999999999999999999\r\nx"),
		ASK("get k\r\n"),
	};
	static const struct said wrong[] = {
		ASK("get k\r\nset k 0 0 -1\r\nset k 0 0 99999999999999999999\r\n"),
		SAY("END\r\nCLIENT_ERROR bad data chunk\r\nCLIENT_ERROR bad data chunk\r\n"),
	};

	(void)state;
	EXPECT(talk, "memcached|get|VALUE|answered|7|31|1000|holes 1\n"
		     "memcached|get||unanswered|7|0|-\n");
	EXPECT(wrong, "memcached|get|END|answered|7|5|1000\n"
		      "memcached|set|CLIENT_ERROR|answered|14|29|1000|error\n"
		      "memcached|set|CLIENT_ERROR|answered|32|29|1000|error\n");
}

static void other_protocols_are_none(void **state)
{
	static const struct said binary[] = {
		ASK("\x80\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0k"),
		SAY("\x81\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	};
	static const struct said smtp[] = { ASK("quit\r\n"), SAY("221 bye\r\n") };
	static const struct said short_set[] = { ASK("set x\r\n"), SAY("STORED?\r\n") };

	(void)state;
	EXPECT(binary, "");
	EXPECT(smtp, "");
	EXPECT(short_set, "");
}

static void content_is_shown_if_asked_for(void **state)
{
	static const struct said talk[] = { ASK("get secret\r\n"), SAY("END\r\n") };
	char *text = world_tell(talk, SKW_ARRAY_SIZE(talk), 1400, true, true);

	(void)state;
	assert_string_equal(text, "memcached|get secret|END|answered|12|5|1000\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_end_with_end),
		cmocka_unit_test(data_is_counted),
		cmocka_unit_test(noreply_has_no_answer),
		cmocka_unit_test(meta_commands_have_data),
		cmocka_unit_test(quiet_requests_may_have_answers),
		cmocka_unit_test(wrong_commands_are_errors),
		cmocka_unit_test(an_answer_alone_is_an_orphan),
		cmocka_unit_test(a_hole_in_data_is_a_part_of_it),
		cmocka_unit_test(behind_a_hole_it_goes_on),
		cmocka_unit_test(hostile_lengths_are_only_numbers),
		cmocka_unit_test(other_protocols_are_none),
		cmocka_unit_test(content_is_shown_if_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
