// SPDX-License-Identifier: BSD-2-Clause
/* Answers of HTTP servers, whole, byte by byte, and wrong. */
#include "post/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/cleanup.h"

/* Gives the text in pieces of `piece` bytes, until it is over for the parser. */
static enum skw_post_verdict take(struct skw_post_answer *a, const char *text, size_t piece)
{
	enum skw_post_verdict verdict = SKW_POST_MORE;
	size_t len = strlen(text);

	skw_post_answer_begin(a);
	for (size_t at = 0; at < len && verdict == SKW_POST_MORE; at += piece)
		verdict = skw_post_answer_take(a, (const uint8_t *)text + at,
					       len - at < piece ? len - at : piece);
	return verdict;
}

struct expected {
	const char *text;
	enum skw_post_verdict verdict;
	unsigned status;
	bool closes;
	const char *said;
};

static void check(const struct expected *e)
{
	struct skw_post_answer a;
	size_t len = strlen(e->text);

	for (size_t piece = 1; piece <= len; piece++) {
		enum skw_post_verdict verdict = take(&a, e->text, piece);

		if (verdict != e->verdict)
			fail_msg("%s in pieces of %zu: %d", e->text, piece, verdict);
		if (verdict == SKW_POST_BROKEN)
			continue;
		assert_int_equal(a.status, e->status);
		assert_string_equal(a.said, e->said);
		if (verdict == SKW_POST_DONE && a.closes != e->closes)
			fail_msg("%s: closes", e->text);
	}
}

#define OK "HTTP/1.1 200 OK\r\n"

static void answers_end_where_they_end(void **state)
{
	static const struct expected cases[] = {
		{ OK "Content-Length: 0\r\n\r\n", SKW_POST_DONE, 200, false, "" },
		{ OK "Content-Length: 3\r\n\r\nabc", SKW_POST_DONE, 200, false, "abc" },
		{ OK "Content-Length: 4\r\n\r\nabc", SKW_POST_MORE, 200, false, "abc" },
		{ OK "content-length:3 \r\nX:\r\n\r\n\nab", SKW_POST_DONE, 200, false, "ab" },
		{ OK "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", SKW_POST_DONE, 200, false,
		  "abc" },
		{ OK "Content-Length: 0\r\nConnection: foo, Close\r\n\r\n", SKW_POST_DONE, 200,
		  true, "" },
		{ "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", SKW_POST_DONE, 200, true, "" },
		{ "HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
		  SKW_POST_DONE, 200, false, "" },
		{ "HTTP/1.1 204\nX: y\n\n", SKW_POST_DONE, 204, false, "" },
		{ "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", SKW_POST_DONE, 304,
		  false, "" },
		{ "\r\nHTTP/1.1 500  \r\nContent-Length: 6\r\n\r\na\r\nb\r\n", SKW_POST_DONE, 500,
		  false, "a" },
		/* Until the server closes. */
		{ OK "\r\nabc", SKW_POST_MORE, 200, true, "abc" },
		{ OK "Transfer-Encoding: gzip\r\n\r\nabc", SKW_POST_MORE, 200, true, "abc" },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++)
		check(&cases[i]);
}

static void chunks_are_put_together(void **state)
{
	static const struct expected cases[] = {
		{ OK "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", SKW_POST_DONE, 200, false, "" },
		{ OK "Transfer-Encoding: gzip, chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: "
		     "1\r\n\r\n",
		  SKW_POST_DONE, 200, false, "abc" },
		{ OK "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n00\r\n\r\n",
		  SKW_POST_DONE, 200, false, "" },
		{ OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", SKW_POST_MORE, 200,
		  false, "abc" },
		{ OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", SKW_POST_BROKEN, 0, false,
		  NULL },
		{ OK "Transfer-Encoding: chunked\r\n\r\nx\r\n", SKW_POST_BROKEN, 0, false, NULL },
		{ OK "Transfer-Encoding: chunked\r\n\r\n1x\r\n", SKW_POST_BROKEN, 0, false, NULL },
		{ OK "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n", SKW_POST_BROKEN, 0,
		  false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++)
		check(&cases[i]);
}

static void interim_answers_are_left_out(void **state)
{
	static const struct expected cases[] = {
		{ "HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\nHTTP/1.1 103 Hints\r\n\r\n" OK
		  "Content-Length: 0\r\n\r\n",
		  SKW_POST_DONE, 200, false, "" },
		{ "HTTP/1.1 101 Switching\r\n\r\n", SKW_POST_BROKEN, 0, false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++)
		check(&cases[i]);
}

static void what_is_no_http_is_broken(void **state)
{
	static const char *const cases[] = {
		"SSH-2.0-OpenSSH\r\n",
		"HTTP/2 200\r\n",
		"HTTP/1.1 099 x\r\n",
		"HTTP/1.1 20 x\r\n",
		"HTTP/1.1 2000 x\r\n",
		"HTTP/1.1200 x\r\n",
		OK "no colon\r\n",
		OK ": empty\r\n",
		OK "Content-Length: -1\r\n",
		OK "Content-Length: 1x\r\n",
		OK "Content-Length: \r\n",
		OK "Content-Length: 99999999999999999999\r\n",
		OK "Content-Length: 3\r\nContent-Length: 4\r\n",
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++)
		check(&(struct expected){ cases[i], SKW_POST_BROKEN, 0, false, NULL });

	struct skw_post_answer a;
	const uint8_t zero[] = OK "A: b\0c\r\n";

	skw_post_answer_begin(&a);
	assert_int_equal(skw_post_answer_take(&a, zero, sizeof(zero) - 1), SKW_POST_BROKEN);
}

static void seconds_to_wait_are_read(void **state)
{
	static const struct {
		const char *value;
		bool has;
		uint32_t seconds;
	} cases[] = { { "0", true, 0 },
		      { "17", true, 17 },
		      { "99999", true, 3600 },
		      { "99999999999999999999999", false, 0 },
		      { "Fri, 31 Dec 1999 23:59:59 GMT", false, 0 },
		      { "-1", false, 0 } };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct skw_post_answer a;
		char text[256];

		snprintf(text, sizeof(text),
			 "HTTP/1.1 429 X\r\nretry-after:  %s\r\nContent-Length: 0\r\n\r\n",
			 cases[i].value);
		assert_int_equal(take(&a, text, 7), SKW_POST_DONE);
		assert_int_equal(a.has_retry, cases[i].has);
		assert_int_equal(a.retry_after_s, cases[i].seconds);
	}
}

/* A server that never ends its head can't make this process read for ever. */
static void a_head_has_a_limit(void **state)
{
	static const char line[] =
		"X-Y: zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz\r\n";
	struct skw_post_answer a;
	enum skw_post_verdict verdict = take(&a, OK, 5);
	size_t bytes = 0;

	(void)state;
	while (verdict == SKW_POST_MORE && bytes < 10 * SKW_POST_HEAD_MAX) {
		verdict = skw_post_answer_take(&a, (const uint8_t *)line, sizeof(line) - 1);
		bytes += sizeof(line) - 1;
	}
	assert_int_equal(verdict, SKW_POST_BROKEN);
	assert_in_range(bytes, SKW_POST_HEAD_MAX / 2, SKW_POST_HEAD_MAX + 100);

	/* One line without an end. */
	verdict = take(&a, OK "A: ", 5);
	for (bytes = 0; verdict == SKW_POST_MORE && bytes < 10 * SKW_POST_HEAD_MAX; bytes++)
		verdict = skw_post_answer_take(&a, (const uint8_t *)"a", 1);
	assert_int_equal(verdict, SKW_POST_BROKEN);

	/* A long line is no fault by itself, and neither is a long body. */
	char text[4000] = OK "A: ";
	memset(text + strlen(text), 'a', 3000);
	strcat(text, "\r\nContent-Length: 500\r\n\r\n");
	assert_int_equal(take(&a, text, sizeof(text)), SKW_POST_MORE);
	memset(text, 'b', 500);
	assert_int_equal(skw_post_answer_take(&a, (const uint8_t *)text, 501), SKW_POST_DONE);
	assert_int_equal(strlen(a.said), SKW_POST_SAID_MAX);
	assert_true(a.closes);
}

static void the_end_of_the_connection_ends_some_answers(void **state)
{
	struct skw_post_answer a;

	(void)state;
	assert_int_equal(take(&a, OK "\r\nabc", 4), SKW_POST_MORE);
	assert_int_equal(skw_post_answer_end(&a), SKW_POST_DONE);
	assert_int_equal(take(&a, OK "Content-Length: 4\r\n\r\nabc", 4), SKW_POST_MORE);
	assert_int_equal(skw_post_answer_end(&a), SKW_POST_BROKEN);
	skw_post_answer_begin(&a);
	assert_false(a.begun);
	assert_int_equal(skw_post_answer_end(&a), SKW_POST_BROKEN);
	assert_int_equal(take(&a, "HTTP/1.1 100 Continue\r\n\r\n", 4), SKW_POST_MORE);
	assert_true(a.begun);
	assert_int_equal(skw_post_answer_end(&a), SKW_POST_BROKEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_end_where_they_end),
		cmocka_unit_test(chunks_are_put_together),
		cmocka_unit_test(interim_answers_are_left_out),
		cmocka_unit_test(what_is_no_http_is_broken),
		cmocka_unit_test(seconds_to_wait_are_read),
		cmocka_unit_test(a_head_has_a_limit),
		cmocka_unit_test(the_end_of_the_connection_ends_some_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
