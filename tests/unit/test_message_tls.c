// SPDX-License-Identifier: BSD-2-Clause
/* The handshake of TLS: where it ends, and what it tells. */
#include "message_world.h"

#define RANDOM "abcdefghijklmnopabcdefghijklmnop"
#define SNI                                                                                        \
	"\0\0\0\x10\0\x0e\0\0\x0b"                                                                 \
	"example.org"
#define CHELLO   "\x16\3\1\0\x43\1\0\0\x3f\3\3" RANDOM "\0\0\2\x13\1\1\0\0\x14" SNI
#define NO_SNI   "\x16\3\1\0\x2d\1\0\0\x29\3\3" RANDOM "\0\0\2\x13\1\1\0"
#define HELLO_12 "\x16\3\3\0\x35\2\0\0\x31\3\3" RANDOM "\0\xc0\x2f\0\0\x09\0\x10\0\5\0\3\2h2"
#define HELLO_13 "\x16\3\3\0\x32\2\0\0\x2e\3\3" RANDOM "\0\x13\1\0\0\6\0\x2b\0\2\3\4"
#define RETRY                                                                                      \
	"\x16\3\3\0\x32\2\0\0\x2e\3\3"                                                             \
	"\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"                         \
	"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"                         \
	"\0\x13\1\0\0\6\0\x2b\0\2\3\4"
#define CERT                                                                                       \
	"\x16\3\3\0\x0c\x0b\0\0\x08"                                                               \
	"planted!"
#define CHANGE "\x14\3\3\0\1\1"
#define FINISHED                                                                                   \
	"\x16\3\3\0\x10"                                                                           \
	"0123456789abcdef"
#define SEALED                                                                                     \
	"\x17\3\3\0\x05"                                                                           \
	"crypt"
#define HIDDEN_ALERT                                                                               \
	"\x17\3\3\0\x13"                                                                           \
	"0123456789abcdefghi"

static void up_to_1_2_it_ends_with_finished(void **state)
{
	static const struct said whole[] = {
		ASK(CHELLO),          SAY(HELLO_12 CERT), ASK(FINISHED CHANGE FINISHED),
		SAY(CHANGE FINISHED), ASK(SEALED),        SAY(SEALED),
	};
	static const struct said resumed[] = {
		ASK(NO_SNI),
		SAY(HELLO_12 CHANGE FINISHED),
		ASK(CHANGE FINISHED SEALED),
	};

	(void)state;
	EXPECT(whole, "tls|SNI example.org|TLSv1.2 h2|answered|72|102|3000\n");
	EXPECT(resumed, "tls|handshake|TLSv1.2 h2|answered|50|85|1000\n");
}

static void in_1_3_it_ends_before_the_clients_finished(void **state)
{
	static const struct said talk[] = {
		ASK(CHELLO), SAY(HELLO_13 CHANGE), SAY(SEALED SEALED), ASK(CHANGE SEALED SEALED),
		SAY(SEALED),
	};
	static const struct said early[] = {
		ASK(NO_SNI CHANGE SEALED),
		SAY(HELLO_13 CHANGE SEALED),
		ASK(SEALED),
	};

	(void)state;
	EXPECT(talk, "tls|SNI example.org|TLSv1.3|answered|72|81|2000\n");
	EXPECT(early, "tls|handshake|TLSv1.3|answered|50|71|1000\n");
}

static void a_retry_is_a_part_of_it(void **state)
{
	static const struct said talk[] = {
		ASK(CHELLO),          SAY(RETRY CHANGE), ASK(CHANGE CHELLO),
		SAY(HELLO_13 SEALED), ASK(SEALED),
	};

	(void)state;
	EXPECT(talk, "tls|SNI example.org|TLSv1.3 retry|answered|72|126|3000\n");
}

static void alerts_are_errors(void **state)
{
	static const struct said server[] = { ASK(CHELLO), SAY("\x15\3\3\0\2\2\x28") };
	static const struct said client[] = {
		ASK(CHELLO),
		SAY("\x15\3\3\0\2\1\x70" HELLO_12 CERT),
		ASK("\x15\3\3\0\2\2\x30"),
	};
	static const struct said unknown[] = { ASK(CHELLO), SAY("\x15\3\3\0\2\2\xfe") };
	static const struct said hidden[] = {
		ASK(CHELLO),
		SAY(HELLO_13 SEALED),
		ASK(CHANGE HIDDEN_ALERT),
	};

	(void)state;
	EXPECT(server, "tls|SNI example.org|handshake_failure|answered|72|7|1000|error\n");
	EXPECT(client, "tls|SNI example.org|client unknown_ca|answered|72|82|2000|error\n");
	EXPECT(unknown, "tls|SNI example.org|254|answered|72|7|1000|error\n");
	EXPECT(hidden, "tls|SNI example.org|client alert|answered|72|65|2000|error\n");
}

static void a_hello_can_have_several_records(void **state)
{
	static const struct said talk[] = {
		ASK("\x16\3\1\0\6\1\0\0\x29\3\3\x16\3\1\0\x27" RANDOM "\0\0\2\x13\1\1\0"),
		SAY(HELLO_13 SEALED),
		ASK(SEALED),
	};

	(void)state;
	EXPECT(talk, "tls|handshake|TLSv1.3|answered|55|65|1000\n");
}

static void an_end_before_the_end_is_no_answer(void **state)
{
	static const struct said talk[] = { ASK(CHELLO), SAY(HELLO_13) };
	static const struct said server[] = { SAY(HELLO_12 CERT CHANGE FINISHED), ASK(SEALED) };

	(void)state;
	EXPECT(talk, "tls|SNI example.org||unanswered|72|0|-\n");
	EXPECT(server, "tls||TLSv1.2 h2|orphan|0|102|-\n");
}

static void holes_hide_only_their_part(void **state)
{
	static const struct said certificate[] = {
		ASK(CHELLO),
		SAY(HELLO_12 "\x16\3\3\x03\xe8"),
		SAY_LOST(1000),
		SAY(CHANGE FINISHED),
	};
	static const struct said hello[] = {
		ASK("\x16\3\1\0\x43\1\0\0\x3f\3\3"),
		ASK_LOST(61),
		SAY(HELLO_13 SEALED),
		ASK(CHANGE SEALED),
	};
	static const struct said records[] = {
		ASK(CHELLO), SAY(HELLO_13), SAY_LOST(2000), SAY("rest"), ASK(CHANGE), ASK(SEALED),
	};

	(void)state;
	EXPECT(certificate, "tls|SNI example.org|TLSv1.2 h2|answered|72|1090|3000|holes 1\n");
	EXPECT(hello, "tls|handshake|TLSv1.3|answered|72|65|2000|holes 1\n");
	expect_cut(records, SKW_ARRAY_SIZE(records), 1400, true,
		   "tls|SNI example.org|TLSv1.3|answered|72|2059|3000|holes 1\n");
}

static void hostile_lengths_are_only_numbers(void **state)
{
	static const struct said longest[] = {
		ASK("\x16\3\1\x40\0\1\1\xff\xff\3\3" RANDOM),
		ASK_LOST(16000),
		SAY(HELLO_13),
	};
	static const struct said short_hello[] = { ASK("\x16\3\1\0\6\1\0\0\2\3\3"), SAY(HELLO_13) };
	static const struct said wrong[] = { ASK(CHELLO), SAY(HELLO_13 "\x16\3\3\xff\xff") };
	static const struct said extensions[] = {
		ASK("\x16\3\1\0\x33\1\0\0\x2f\3\3" RANDOM "\0\0\2\x13\1\1\0\xff\xff\0\0\xff\xff"),
	};

	(void)state;
	expect_cut(longest, SKW_ARRAY_SIZE(longest), 1400, true,
		   "tls|handshake||unanswered|16043|0|-|holes 1\n");
	EXPECT(short_hello, "");
	expect_cut(wrong, SKW_ARRAY_SIZE(wrong), 1400, true,
		   "tls|SNI example.org||unanswered|72|0|-\n");
	EXPECT(extensions, "tls|handshake||unanswered|56|0|-\n");
}

static void it_follows_another_protocol(void **state)
{
	static const struct said talk[] = {
		ASK("CONNECT example.org:443 HTTP/1.1\r\n\r\n"),
		SAY("HTTP/1.1 200 OK\r\n\r\n"),
		ASK(CHELLO),
		SAY(HELLO_13 SEALED),
		ASK(SEALED),
	};

	(void)state;
	EXPECT(talk, "http|CONNECT example.org:443|200|answered|36|19|1000\n"
		     "tls|SNI example.org|TLSv1.3|answered|72|65|1000\n");
}

static void the_middle_of_a_connection_is_nothing(void **state)
{
	static const struct said talk[] = { ASK(SEALED SEALED), SAY(SEALED) };
	static const struct said ssh[] = { ASK("SSH-2.0-x\r\n"), SAY("SSH-2.0-y\r\n") };

	(void)state;
	EXPECT(talk, "");
	EXPECT(ssh, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_to_1_2_it_ends_with_finished),
		cmocka_unit_test(in_1_3_it_ends_before_the_clients_finished),
		cmocka_unit_test(a_retry_is_a_part_of_it),
		cmocka_unit_test(alerts_are_errors),
		cmocka_unit_test(a_hello_can_have_several_records),
		cmocka_unit_test(an_end_before_the_end_is_no_answer),
		cmocka_unit_test(holes_hide_only_their_part),
		cmocka_unit_test(hostile_lengths_are_only_numbers),
		cmocka_unit_test(it_follows_another_protocol),
		cmocka_unit_test(the_middle_of_a_connection_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
