// SPDX-License-Identifier: BSD-2-Clause
/* The lines of a TLS key log: which are secrets, how they are put together, kept and written. */
#include "keylog/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pcap/pcapng.h"
#include "pcap/pcapng_body.h"
#include "pcap/pcapng_write.h"
#include "pcap/tls_keys.h"
#include "sink/record/record_secrets.h"
#include "util/cleanup.h"

/* 32 bytes in hex. */
#define ID     "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"
#define SECRET "CLIENT_RANDOM " ID " " ID

static void a_secret_is_a_label_an_id_and_hex(void **state)
{
	static const struct {
		const char *line;
		enum skw_tls_keys_line kind;
	} lines[] = {
		{ SECRET, SKW_TLS_KEYS_SECRET },
		{ SECRET "\r", SKW_TLS_KEYS_SECRET },
		{ "SERVER_TRAFFIC_SECRET_0 " ID " ab", SKW_TLS_KEYS_SECRET },
		{ "RSA 0011223344556677 abcd", SKW_TLS_KEYS_SECRET },
		{ "", SKW_TLS_KEYS_COMMENT },
		{ "\r", SKW_TLS_KEYS_COMMENT },
		{ "# a comment", SKW_TLS_KEYS_COMMENT },
		{ "CLIENT_RANDOM " ID, SKW_TLS_KEYS_BAD },
		{ "CLIENT_RANDOM " ID " ", SKW_TLS_KEYS_BAD },
		{ "CLIENT_RANDOM " ID " abc", SKW_TLS_KEYS_BAD },
		{ "CLIENT_RANDOM " ID " ag", SKW_TLS_KEYS_BAD },
		{ "CLIENT_RANDOM " ID " ab ", SKW_TLS_KEYS_BAD },
		{ "CLIENT_RANDOM  " ID " ab", SKW_TLS_KEYS_BAD },
		{ "CLIENT_RANDOM 0011 ab", SKW_TLS_KEYS_BAD },
		{ "client_random " ID " ab", SKW_TLS_KEYS_BAD },
		{ "0CLIENT " ID " ab", SKW_TLS_KEYS_BAD },
		{ " " SECRET, SKW_TLS_KEYS_BAD },
		{ "root:x:0:0:root:/root:/bin/bash", SKW_TLS_KEYS_BAD },
	};

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(lines); i++)
		if (skw_tls_keys_line(lines[i].line, strlen(lines[i].line)) != lines[i].kind)
			fail_msg("wrong: \"%s\"", lines[i].line);
}

static void a_nul_and_a_line_that_is_too_long_are_no_secrets(void **state)
{
	static const char nul[] = "CLIENT_RANDOM " ID " ab\0cd";
	char line[SKW_TLS_KEYS_LINE_MAX + 2] = "CLIENT_RANDOM " ID " ";
	size_t at = strlen(line);

	(void)state;
	assert_int_equal(skw_tls_keys_line(nul, sizeof(nul) - 1), SKW_TLS_KEYS_BAD);
	memset(line + at, 'a', sizeof(line) - at);
	assert_int_equal(skw_tls_keys_line(line, SKW_TLS_KEYS_LINE_MAX - 1), SKW_TLS_KEYS_SECRET);
	assert_int_equal(skw_tls_keys_line(line, SKW_TLS_KEYS_LINE_MAX + 1), SKW_TLS_KEYS_BAD);
}

static void lines_come_in_pieces_of_any_size(void **state)
{
	static const char text[] = "# begin\n" SECRET "\nnonsense\n\n" SECRET "\r\n" SECRET;
	static const char expected[] = SECRET "\n" SECRET "\r\n";

	(void)state;
	for (size_t piece = 1; piece < sizeof(text); piece++) {
		struct skw_keylog_lines l = { 0 };
		struct skw_buf out = { 0 };

		for (size_t at = 0; at < sizeof(text) - 1; at += piece) {
			size_t left = sizeof(text) - 1 - at;

			skw_keylog_lines_add(&l, text + at, left < piece ? left : piece, &out);
		}
		assert_int_equal(out.len, sizeof(expected) - 1);
		assert_memory_equal(out.data, expected, out.len);
		assert_int_equal(l.secrets, 2);
		assert_int_equal(l.bad, 1);
		/* The last line has no end, so it may be only a part of a secret. */
		skw_keylog_lines_end(&l);
		assert_int_equal(l.bad, 2);
		skw_keylog_lines_free(&l);
		skw_buf_free(&out);
	}
}

static void a_line_without_an_end_takes_no_memory(void **state)
{
	struct skw_keylog_lines l = { 0 };
	struct skw_buf out = { 0 };
	char much[4096];

	(void)state;
	memset(much, 'A', sizeof(much));
	for (int i = 0; i < 1000; i++) {
		skw_keylog_lines_add(&l, much, sizeof(much), &out);
		assert_true(l.part.len <= SKW_TLS_KEYS_LINE_MAX + 1);
	}
	skw_keylog_lines_add(&l, "\n" SECRET "\n", sizeof(SECRET) + 1, &out);
	assert_int_equal(l.bad, 1);
	assert_int_equal(l.secrets, 1);
	assert_int_equal(out.len, sizeof(SECRET));
	skw_keylog_lines_free(&l);
	skw_buf_free(&out);
}

static void a_comment_may_be_long(void **state)
{
	struct skw_keylog_lines l = { 0 };
	struct skw_buf out = { 0 };
	char much[SKW_TLS_KEYS_LINE_MAX + 10];

	(void)state;
	memset(much, '#', sizeof(much));
	skw_keylog_lines_add(&l, much, sizeof(much), &out);
	skw_keylog_lines_add(&l, "\n", 1, &out);
	assert_int_equal(l.bad, 0);
	assert_int_equal(out.len, 0);
	skw_keylog_lines_free(&l);
	skw_buf_free(&out);
}

static void files_to_come_keep_the_newest_secrets(void **state)
{
	struct skw_record_secrets s = { 0 };
	size_t lines = 0, at = 0, from = 0, len;

	(void)state;
	while (s.dropped == 0) {
		assert_int_equal(skw_record_secrets_keep(&s, (const uint8_t *)SECRET "\n",
							 sizeof(SECRET), true),
				 0);
		lines++;
		assert_true(s.kept.len <= SKW_RECORD_SECRETS_REPEATED);
	}
	assert_int_equal(s.kept.len, (lines - s.dropped) * sizeof(SECRET));
	/* Blocks have whole lines. */
	while ((len = skw_record_secrets_next(&s, &at))) {
		assert_true(len <= SKW_RECORD_SECRETS_BLOCK);
		assert_int_equal(len % sizeof(SECRET), 0);
		assert_memory_equal(s.kept.data + from, SECRET "\n", sizeof(SECRET));
		from = at;
	}
	assert_int_equal(at, s.kept.len);
	skw_record_secrets_free(&s);
}

static void a_block_of_secrets_has_either_byte_order(void **state)
{
	(void)state;
	for (int swapped = 0; swapped < 2; swapped++) {
		struct skw_buf b = { 0 };

		skw_pcapng_secrets(&b, SKW_PCAPNG_SECRETS_TLS, "12345", 5, swapped);
		assert_int_equal(b.len, SKW_PCAPNG_SECRETS_AT + 8 + 4);
		assert_int_equal(skw_pcapng_get32(b.data, swapped), SKW_PCAPNG_SECRETS);
		assert_int_equal(skw_pcapng_get32(b.data + 4, swapped), b.len);
		assert_int_equal(skw_pcapng_get32(b.data + 8, swapped), SKW_PCAPNG_SECRETS_TLS);
		assert_int_equal(skw_pcapng_get32(b.data + 12, swapped), 5);
		assert_memory_equal(b.data + SKW_PCAPNG_SECRETS_AT, "12345\0\0", 8);
		assert_int_equal(skw_pcapng_get32(b.data + b.len - 4, swapped), b.len);
		skw_buf_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_a_label_an_id_and_hex),
		cmocka_unit_test(a_nul_and_a_line_that_is_too_long_are_no_secrets),
		cmocka_unit_test(lines_come_in_pieces_of_any_size),
		cmocka_unit_test(a_line_without_an_end_takes_no_memory),
		cmocka_unit_test(a_comment_may_be_long),
		cmocka_unit_test(files_to_come_keep_the_newest_secrets),
		cmocka_unit_test(a_block_of_secrets_has_either_byte_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
