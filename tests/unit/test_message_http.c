// SPDX-License-Identifier: BSD-2-Clause
/* HTTP/1.x: where messages begin and end, and whose answer is whose. */
#include "message_world.h"

static void requests_follow_each_other(void **state)
{
	static const struct said talk[] = {
		ASK("GET /a?token=secret HTTP/1.1\r\nHost: x\r\n\r\n"),
		SAY("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
		ASK("POST /b HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"),
		SAY("HTTP/1.1 404 Not Found\r\ncontent-length:  0\r\n\r\n"),
	};

	(void)state;
	EXPECT(talk, "http|GET /a|200|answered|41|43|1000\n"
		     "http|POST /b|404|answered|43|46|1000|error\n");
}

static void pipelined_answers_come_in_order(void **state)
{
	static const struct said talk[] = {
		ASK("GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n"),
		SAY("HTTP/1.1 304 N\r\nContent-Length: 9\r\n\r\n"
		    "HTTP/1.1 200 O\r\nContent-Length: 9\r\n\r\nHTTP/1.1 204 O\r\n\r\n"),
	};

	(void)state;
	EXPECT(talk, "http|GET /1|304|answered|19|37|1000\n"
		     "http|HEAD /2|200|answered|20|37|1000\n"
		     "http|GET /3|204|answered|19|18|1000\n");
}

static void chunks_and_trailers_end(void **state)
{
	static const struct said talk[] = {
		ASK("PUT /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nGET "
		    "\r\n0\r\n\r\n"),
		SAY("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
		SAY("A\r\n0123456789\r\n"),
		SAY("0\r\nX: y\r\n\r\n"),
		ASK("GET /d HTTP/1.1\r\n\r\n"),
		SAY("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
	};

	(void)state;
	EXPECT(talk, "http|PUT /c|200|answered|65|79|3000\n"
		     "http|GET /d|200|answered|19|38|1000\n");
}

static void interim_answers_are_none(void **state)
{
	static const struct said talk[] = {
		ASK("POST /u HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"),
		SAY("HTTP/1.1 100 Continue\r\n\r\n"),
		ASK("abc"),
		SAY("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
	};

	(void)state;
	EXPECT(talk, "http|POST /u|201|answered|64|43|3000\n");
}

static void an_answer_may_come_before_the_body(void **state)
{
	static const struct said talk[] = {
		ASK("POST /u HTTP/1.1\r\nContent-Length: 30\r\n\r\n0123456789"),
		SAY("HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n"),
		ASK("0123456789"),
		ASK("0123456789GET /v HTTP/1.1\r\n\r\n"),
		SAY("HTTP/1.1 204 O\r\n\r\n"),
	};

	(void)state;
	EXPECT(talk, "http|POST /u|413|answered|50|41|1000|error\n"
		     "http|GET /v|204|answered|19|18|1000\n");
}

static void a_body_without_length_ends_with_the_connection(void **state)
{
	static const struct said talk[] = {
		ASK("GET http://user:password@host/p?q HTTP/1.0\r\n\r\n"),
		SAY("HTTP/1.0 200 OK\r\n\r\nsome "),
		SAY("text"),
	};

	(void)state;
	EXPECT(talk, "http|GET /p|200|answered|46|28|2000\n");
}

static void behind_an_upgrade_is_another_protocol(void **state)
{
	static const struct said talk[] = {
		ASK("GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
		SAY("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x05hello"),
		ASK("\x81\x85\1\2\3\4iikmn"),
	};
	static const struct said tunnel[] = {
		ASK("CONNECT example.com:80 HTTP/1.1\r\n\r\n"),
		SAY("HTTP/1.1 200 OK\r\n\r\n"),
		ASK("GET /in HTTP/1.1\r\n\r\n"),
		SAY("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
	};

	(void)state;
	EXPECT(talk, "http|GET /chat|101|answered|42|46|1000\n");
	EXPECT(tunnel, "http|CONNECT example.com:80|200|answered|35|19|1000\n"
		       "http|GET /in|200|answered|20|39|1000\n");
}

static void a_hole_in_a_body_is_a_part_of_it(void **state)
{
	static const struct said talk[] = {
		ASK("GET /a HTTP/1.1\r\n\r\n"),
		SAY("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegin"),
		SAY_LOST(990),
		SAY("final"),
		ASK("GET /b HTTP/1.1\r\n\r\n"),
		SAY("HTTP/1.1 204 O\r\n\r\n"),
	};

	(void)state;
	EXPECT(talk, "http|GET /a|200|answered|19|1041|3000|holes 1\n"
		     "http|GET /b|204|answered|19|18|1000\n");
}

static void lost_answers_are_not_those_of_others(void **state)
{
	static const struct said talk[] = {
		ASK("GET /a HTTP/1.1\r\n\r\n"),
		SAY_LOST(500),
		ASK("GET /b HTTP/1.1\r\n\r\n"),
		SAY("HTTP/1.1 204 O\r\n\r\n"),
		ASK_LOST(100),
		SAY("HTTP/1.1 200 O\r\nContent-Length: 0\r\n\r\n"),
	};

	(void)state;
	for (size_t cut = 1; cut < 40; cut++)
		expect_cut(talk, SKW_ARRAY_SIZE(talk), cut, true,
			   "http|GET /a||unanswered|19|0|-|holes 1\n"
			   "http|GET /b|204|answered|19|18|1000\n"
			   "http||200|orphan|0|37|-\n");
}

static void requests_without_answer_are_told(void **state)
{
	static const struct said talk[] = { ASK("GET /a HTTP/1.1\r\n\r\n") };

	(void)state;
	EXPECT(talk, "http|GET /a||unanswered|19|0|-\n");
}

static void nonsense_is_nothing(void **state)
{
	static const struct said talk[] = { ASK("SSH-2.0-x\r\n"), SAY("SSH-2.0-y\r\n") };
	static const struct said late[] = {
		ASK("GET /a HTTP/1.1\r\n\r\n"), SAY("HTTP/1.1 204 O\r\n\r\n"), ASK("bad line\r\n"),
		ASK("GET /b HTTP/1.1\r\n\r\n"), SAY("HTTP/1.1 204 O\r\n\r\n"),
	};

	(void)state;
	EXPECT(talk, "");
	expect_cut(late, SKW_ARRAY_SIZE(late), 1400, true,
		   "http|GET /a|204|answered|19|18|1000\n"
		   "http|GET /b|204|answered|19|18|1000\n");
}

static void content_is_shown_if_asked_for(void **state)
{
	static const struct said talk[] = { ASK("GET /a?q=\x1b[1m HTTP/1.1\r\n\r\n") };
	char *text = world_tell(talk, 1, 1400, true, true);

	(void)state;
	assert_string_equal(text, "http|GET /a?q=?[1m||unanswered|26|0|-\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_follow_each_other),
		cmocka_unit_test(pipelined_answers_come_in_order),
		cmocka_unit_test(chunks_and_trailers_end),
		cmocka_unit_test(interim_answers_are_none),
		cmocka_unit_test(an_answer_may_come_before_the_body),
		cmocka_unit_test(a_body_without_length_ends_with_the_connection),
		cmocka_unit_test(behind_an_upgrade_is_another_protocol),
		cmocka_unit_test(a_hole_in_a_body_is_a_part_of_it),
		cmocka_unit_test(lost_answers_are_not_those_of_others),
		cmocka_unit_test(requests_without_answer_are_told),
		cmocka_unit_test(nonsense_is_nothing),
		cmocka_unit_test(content_is_shown_if_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
