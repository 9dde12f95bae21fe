// SPDX-License-Identifier: BSD-2-Clause
/* Targets of --to, and the heads of requests. */
#include "post/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "post/base64.h"
#include "util/cleanup.h"

static void refuses(const char *text, const char *why)
{
	struct skw_post_target t;
	struct skw_error err = { 0 };

	assert_true(skw_post_target_parse(text, &t, &err) < 0);
	assert_true(err.usage);
	if (!strstr(err.text, why))
		fail_msg("%s: %s", text, err.text);
	skw_post_target_free(&t);
}

static void parse(const char *text, struct skw_post_target *t)
{
	struct skw_error err = { 0 };

	if (skw_post_target_parse(text, t, &err))
		fail_msg("%s: %s", text, err.text);
}

/* The head of a request with a body of 7 bytes. */
static void has_head(const char *url, const char *field, const char *expected)
{
	struct skw_buf out = SKW_BUF_INIT;
	struct skw_post_target t;
	struct skw_error err = { 0 };

	parse(url, &t);
	if (field)
		assert_int_equal(skw_post_target_field(&t, field, strlen(field), &err), 0);
	assert_int_equal(skw_post_target_finish(&t, "skwatch/1"), 0);
	skw_post_target_request(&t, 7, &out);
	skw_buf_add_char(&out, '\0');
	assert_string_equal((const char *)out.data, expected);
	skw_buf_free(&out);
	skw_post_target_free(&t);
}

static void a_target_has_its_parts(void **state)
{
	static const struct {
		const char *text;
		enum skw_post_kind kind;
		const char *host, *port, *name;
	} cases[] = {
		{ "unix:/run/a b", SKW_POST_UNIX, "/run/a b", "", "unix:/run/a b" },
		{ "unix:rel", SKW_POST_UNIX, "rel", "", "unix:rel" },
		{ "tcp:h.example:514", SKW_POST_TCP, "h.example", "514", "tcp:h.example:514" },
		{ "tcp:[fe80::1%eth0]:1", SKW_POST_TCP, "fe80::1%eth0", "1",
		  "tcp:[fe80::1%eth0]:1" },
		{ "http://h", SKW_POST_HTTP, "h", "80", "http://h:80" },
		{ "HTTP://h?q=1", SKW_POST_HTTP, "h", "80", "http://h:80" },
		{ "http://u:p:w@h@[::1]:8123/", SKW_POST_HTTP, "::1", "8123", "http://[::1]:8123" },
		{ "http://h:0080/", SKW_POST_HTTP, "h", "80", "http://h:80" },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct skw_post_target t;

		parse(cases[i].text, &t);
		assert_int_equal(t.kind, cases[i].kind);
		assert_string_equal(t.host, cases[i].host);
		assert_string_equal(t.port, cases[i].port);
		assert_string_equal(t.name, cases[i].name);
		skw_post_target_free(&t);
	}
}

static void what_is_no_target_is_refused(void **state)
{
	char path[SKW_POST_PATH_MAX + 10] = "unix:/", host[400] = "tcp:";

	(void)state;
	refuses("", "write unix:PATH");
	refuses("/run/socket", "write unix:PATH");
	refuses("https://h/", "does not speak TLS");
	refuses("unix:", "1 to 107 bytes");
	memset(path + 6, 'x', sizeof(path) - 7);
	refuses(path, "1 to 107 bytes");
	refuses("tcp:", "port is missing");
	refuses("tcp:h", "port is missing");
	refuses("tcp:h:", "no port");
	refuses("tcp::1", "host is missing");
	refuses("tcp:h:0", "no port");
	refuses("tcp:h:65536", "no port");
	refuses("tcp:h:12x", "no port");
	refuses("tcp:h:123456789", "no port");
	refuses("tcp:::1:80", "in brackets");
	refuses("tcp:[::1:80", "']' is missing");
	refuses("tcp:[::1]80", "']' is missing");
	refuses("tcp:a b:80", "no character ' '");
	refuses("tcp:a\nb:80", "no character '?'");
	refuses("http://", "host is missing");
	refuses("http://@/", "host is missing");
	refuses("http://h/#x", "has no #");
	memset(host + 4, 'h', sizeof(host) - 5);
	refuses(host, "port is missing");
	memcpy(host + sizeof(host) - 4, ":80", 4);
	refuses(host, "too long");
}

static void a_request_has_its_head(void **state)
{
	(void)state;
	has_head("http://h", NULL,
		 "POST / HTTP/1.1\r\nHost: h\r\nUser-Agent: skwatch/1\r\n"
		 "Content-Type: application/x-ndjson\r\nContent-Length: 7\r\n\r\n");
	has_head("http://[::1]:8123/a b?query=INSERT INTO \"t\"\n\xc3\xa4", NULL,
		 "POST /a%20b?query=INSERT%20INTO%20%22t%22%0A%C3%A4 HTTP/1.1\r\n"
		 "Host: [::1]:8123\r\nUser-Agent: skwatch/1\r\n"
		 "Content-Type: application/x-ndjson\r\nContent-Length: 7\r\n\r\n");
	has_head("http://h?q=%20", "user-agent: me",
		 "POST /?q=%20 HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-ndjson\r\n"
		 "user-agent: me\r\nContent-Length: 7\r\n\r\n");
	has_head("http://us%65r:p%3aw%@h/", "Content-type: text/plain",
		 "POST / HTTP/1.1\r\nHost: h\r\nUser-Agent: skwatch/1\r\n"
		 "Authorization: Basic dXNlcjpwOncl\r\nContent-type: text/plain\r\n"
		 "Content-Length: 7\r\n\r\n");
	has_head("http://user@h/", "Host: other",
		 "POST / HTTP/1.1\r\nUser-Agent: skwatch/1\r\n"
		 "Content-Type: application/x-ndjson\r\nAuthorization: Basic dXNlcjo=\r\n"
		 "Host: other\r\nContent-Length: 7\r\n\r\n");
}

static void refuses_field(const char *url, const char *field, size_t len, const char *why)
{
	struct skw_post_target t;
	struct skw_error err = { 0 };

	parse(url, &t);
	assert_true(skw_post_target_field(&t, field, len, &err) < 0);
	assert_true(err.usage);
	if (!strstr(err.text, why))
		fail_msg("%s: %s", field, err.text);
	/* It may be a secret. */
	assert_null(strstr(err.text, "secret"));
	skw_post_target_free(&t);
}

static void a_wrong_header_is_refused(void **state)
{
	static const char *const wrong[] = { "secret",          ": secret",
					     "A B: secret",     "A: secret\r\nX: y",
					     "A: secret\nX: y", "\xc3: secret" };
	static const char *const ours[] = { "Content-Length: 3", "transfer-encoding: chunked",
					    "Connection: close", "Expect: 100-continue" };

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(wrong); i++)
		refuses_field("http://h", wrong[i], strlen(wrong[i]), "write 'NAME: VALUE'");
	refuses_field("http://h", "A: b\0c", 6, "write 'NAME: VALUE'");
	refuses_field("http://h", "A\0: b", 5, "write 'NAME: VALUE'");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(ours); i++)
		refuses_field("http://h", ours[i], strlen(ours[i]), "is set by skwatch");
	refuses_field("tcp:h:1", "A: secret", 9, "only http:// has headers");
	refuses_field("http://u:secret@h", "Authorization: secret", 21, "is there already");
}

static void base_64_has_padding(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },        { "f", "Zg==" },        { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "\xff\xfe\xfd", "//79" }
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct skw_buf out = SKW_BUF_INIT;

		skw_post_base64(&out, (const uint8_t *)cases[i][0], strlen(cases[i][0]));
		skw_buf_add_char(&out, '\0');
		assert_string_equal((const char *)out.data, cases[i][1]);
		skw_buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_target_has_its_parts),
		cmocka_unit_test(what_is_no_target_is_refused),
		cmocka_unit_test(a_request_has_its_head),
		cmocka_unit_test(a_wrong_header_is_refused),
		cmocka_unit_test(base_64_has_padding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
