// SPDX-License-Identifier: BSD-2-Clause
/* HTTP/2 and gRPC: streams by number, header blocks, resets, and what loss makes unknown. */
#include "message_world.h"

/* Lengths are below 256, and so are streams. */
#define FRAME(len, type, flags, stream) "\0\0" len type flags "\0\0\0" stream
#define HEADERS(len, flags, stream)     FRAME(len, "\1", flags, stream)
#define DATA(len, flags, stream)        FRAME(len, "\0", flags, stream)

#define PREFACE                         "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define SETTINGS                        FRAME("\0", "\4", "\0", "\0")
#define ACK                             FRAME("\0", "\4", "\1", "\0")
#define OPEN                            ASK(PREFACE SETTINGS), SAY(SETTINGS ACK), ASK(ACK)

/* GET /a, whose path becomes entry 62 of the dynamic table, and the same by that. */
#define GET_A(stream)     HEADERS("\x0d", "\5", stream) "\x82\x86\x44\x09/a?secret"
#define GET_AGAIN(stream) HEADERS("\3", "\5", stream) "\x82\x86\xbe"
#define OK_ALONE(stream)  HEADERS("\1", "\5", stream) "\x88"

static void streams_have_numbers(void **state)
{
	static const struct said talk[] = {
		OPEN,
		ASK(GET_A("\1") GET_AGAIN("\3")),
		SAY(HEADERS("\1", "\5", "\3") "\x8d" HEADERS("\1", "\4", "\1") "\x88"),
		SAY(DATA("\5", "\1", "\1") "hello"),
	};

	(void)state;
	EXPECT(talk, "http2|GET /a|404|answered|12|10|1000|error\n"
		     "http2|GET /a|200|answered|22|24|2000\n");
}

static void blocks_go_on_and_padding_counts(void **state)
{
	static const struct said talk[] = {
		OPEN,
		ASK(HEADERS("\x0a", "\x28", "\1") "\2\0\0\0\0\1\x83\x86\0\0" FRAME(
			"\4", "\x9", "\4", "\1") "\x44\2/b"),
		ASK(DATA("\x08", "\x08", "\1") "\3body\0\0\0"),
		/* Trailers. */
		ASK(HEADERS("\5", "\5", "\1") "\0\1x\1y"),
		/* An interim answer, which is none. */
		SAY(HEADERS("\5", "\4", "\1") "\x08\3"
					      "103"),
		SAY(HEADERS("\2", "\x0c", "\1") "\0\x89" DATA("\0", "\1", "\1")),
	};

	(void)state;
	EXPECT(talk, "http2|POST /b|204|answered|63|20|4000\n");
}

#define GRPC_ASK                                                                                   \
	HEADERS("\x1e", "\4", "\1")                                                                \
	"\x83\x86\x44\x08/p.S/Get\x5f\x10"                                                         \
	"application/grpc" DATA("\5", "\1", "\1") "\0\0\0\0\0"
#define GRPC_HEAD                                                                                  \
	HEADERS("\x13", "\4", "\1")                                                                \
	"\x88\x5f\x10"                                                                             \
	"application/grpc"

static void grpc_has_its_own_status(void **state)
{
	static const struct said failed[] = {
		OPEN,
		ASK(GRPC_ASK),
		SAY(GRPC_HEAD DATA("\5", "\0", "\1") "\0\0\0\0\0"),
		SAY(HEADERS("\x0f", "\5", "\1") "\x40\x0bgrpc-status\1"
						"5"),
	};
	static const struct said good[] = {
		OPEN,
		ASK(GRPC_ASK),
		SAY(HEADERS("\x22", "\5", "\1") "\x88\x5f\x10"
						"application/grpc"
						"\x40\x0bgrpc-status\1"
						"0"),
	};
	/* There are no trailers. */
	static const struct said cut[] = { OPEN, ASK(GRPC_ASK),
					   SAY(GRPC_HEAD DATA("\0", "\1", "\1")) };

	(void)state;
	EXPECT(failed, "http2|/p.S/Get|NOT_FOUND|answered|53|66|2000|error\n");
	EXPECT(good, "http2|/p.S/Get|OK|answered|53|43|1000\n");
	EXPECT(cut, "http2|/p.S/Get|?|answered|53|37|1000\n");
}

static void resets_and_refusals_are_errors(void **state)
{
	static const struct said talk[] = {
		OPEN,
		ASK(GET_A("\1") GET_AGAIN("\3") GET_AGAIN("\5") GET_AGAIN("\7")),
		SAY(FRAME("\4", "\3", "\0", "\1") "\0\0\0\7"),
		SAY(HEADERS("\1", "\4", "\3") "\x88"),
		ASK(FRAME("\4", "\3", "\0", "\3") "\0\0\0\x08"),
		/* It was on its way. */
		SAY(DATA("\1", "\0", "\3") "x" HEADERS("\1", "\5", "\3") "\x88" FRAME(
			"\x08", "\7", "\0", "\0") "\0\0\0\5\0\0\0\0"),
		SAY(OK_ALONE("\5")),
		/* Of a stream that is complete. */
		SAY(FRAME("\4", "\3", "\0", "\5") "\0\0\0\0"),
	};

	(void)state;
	EXPECT(talk, "http2|GET /a|reset REFUSED_STREAM|answered|22|0|1000|error\n"
		     "http2|GET /a|200 client reset CANCEL|answered|12|10|3000|error\n"
		     "http2|GET /a|GOAWAY|answered|12|0|4000|error\n"
		     "http2|GET /a|200|answered|12|10|5000\n");
}

static void a_promise_is_a_request(void **state)
{
	static const struct said talk[] = {
		OPEN,
		ASK(GET_A("\1")),
		SAY(FRAME("\7", "\5", "\4", "\1") "\0\0\0\2\x82\x86\x84" OK_ALONE("\1")),
		SAY(OK_ALONE("\2")),
	};

	(void)state;
	EXPECT(talk, "http2|GET /a|200|answered|22|10|1000\n"
		     "http2|push GET /|200|answered|16|10|1000\n");
}

/* A connection that was open before: entries of its dynamic table are unknown, and never guessed.
 */
static void in_the_middle_names_are_literal_or_unknown(void **state)
{
	static const struct said talk[] = {
		ASK(GET_A("\x0b")),
		SAY(OK_ALONE("\x0b")),
		ASK(GET_AGAIN("\x0d")),
		SAY(HEADERS("\1", "\5", "\x0d") "\xc0"),
		ASK(HEADERS("\3", "\5", "\x0f") "\xc1\xc2\xc3"),
		SAY(OK_ALONE("\x0f")),
		/* A text in Huffman's code (RFC 7541, C.4.1), without indexing. */
		ASK(HEADERS(
			"\x10", "\5",
			"\x11") "\x82\x86\x04\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"),
		SAY(OK_ALONE("\x11")),
	};

	(void)state;
	expect_cut(talk, SKW_ARRAY_SIZE(talk), 1400, false,
		   "http2|GET /a|200|answered|22|10|1000\n"
		   "http2|GET ?|?|answered|12|10|1000\n"
		   "http2|?|200|answered|12|10|1000\n"
		   "http2|GET www.example.com|200|answered|25|10|1000\n");
}

/* The second call fails, as fields say that refer to the first one. */
static void a_failure_of_grpc_may_be_unknown(void **state)
{
	static const struct said talk[] = {
		ASK(HEADERS("\x0b", "\5", "\x0b") "\x83\x86\x44\x06/p.S/G\xc0"),
		SAY(HEADERS("\2", "\4", "\x0b") "\x88\xbf" DATA("\1", "\0", "\x0b") "x" HEADERS(
			"\1", "\5", "\x0b") "\xbe"),
		ASK(HEADERS("\x0b", "\5", "\x0d") "\x83\x86\x44\x06/p.S/G\xc0"),
		SAY(HEADERS("\2", "\4", "\x0d") "\x88\xbf" DATA("\1", "\1", "\x0d") "x"),
	};

	(void)state;
	/* It was open before. */
	for (size_t most = 1; most < 100; most += 9)
		expect_cut(talk, SKW_ARRAY_SIZE(talk), most, false,
			   "http2|POST /p.S/G|?|answered|20|31|1000\n"
			   "http2|POST /p.S/G|200|answered|20|21|1000\n");
}

static void holes_in_data_are_counted(void **state)
{
	static const struct said talk[] = {
		OPEN,
		ASK(GET_A("\1")),
		SAY(HEADERS("\1", "\4", "\1") "\x88" DATA("\x10", "\1", "\1") "1234"),
		SAY_LOST(8),
		SAY("5678"),
		ASK(GET_AGAIN("\3")),
		SAY(OK_ALONE("\3")),
	};

	(void)state;
	EXPECT(talk, "http2|GET /a|200|answered|22|35|3000|holes 1\n"
		     "http2|GET /a|200|answered|12|10|1000\n");
}

static void behind_a_lost_block_names_are_unknown(void **state)
{
	static const struct said talk[] = {
		OPEN,
		ASK(GET_A("\1")),
		SAY(OK_ALONE("\1")),
		ASK_LOST(12),
		SAY(OK_ALONE("\3")),
		ASK(GET_AGAIN("\5")),
		SAY(OK_ALONE("\5")),
	};

	(void)state;
	EXPECT(talk, "http2|GET /a|200|answered|22|10|1000\n"
		     "http2||200|orphan|0|10|-\n"
		     "http2|GET ?|200|answered|12|10|1000\n");
}

static void http_upgrades(void **state)
{
	static const struct said talk[] = {
		ASK("GET /up HTTP/1.1\r\nUpgrade: h2c\r\n\r\n"),
		SAY("HTTP/1.1 101 S\r\n\r\n" SETTINGS),
		ASK(PREFACE SETTINGS),
		SAY(OK_ALONE("\1") ACK),
		ASK(GET_A("\3")),
		SAY(OK_ALONE("\3")),
	};

	(void)state;
	EXPECT(talk, "http|GET /up|101|answered|34|18|1000\n"
		     "http2||200|orphan|0|10|-\n"
		     "http2|GET /a|200|answered|22|10|1000\n");
}

static void what_is_no_frame_ends_it(void **state)
{
	/* A CONTINUATION without its beginning, a length of RST_STREAM, padding without end. */
	static const struct said lone[] = { OPEN, ASK(FRAME("\1", "\x9", "\4", "\1") "\x82") };
	static const struct said reset[] = { OPEN, ASK(GET_A("\1")),
					     SAY(FRAME("\5", "\3", "\0", "\1") "\0\0\0\0\0") };
	static const struct said padded[] = { OPEN,
					      ASK(HEADERS("\3", "\x0d", "\1") "\x09\x82\x86") };
	/* An entry that does not exist, and a table that is too large. */
	static const struct said entry[] = { OPEN, ASK(HEADERS("\3", "\5", "\1") "\x82\x86\xfe") };
	static const struct said large[] = {
		ASK(PREFACE SETTINGS),
		SAY(FRAME("\6", "\4", "\0", "\0") "\0\1\x7f\xff\xff\xff"),
		ASK(ACK),
		ASK(HEADERS("\x08", "\5", "\1") "\x3f\xe1\xff\xff\x7f\x82\x86\x84"),
		SAY(OK_ALONE("\1")),
	};

	(void)state;
	EXPECT(lone, "");
	EXPECT(reset, "http2|GET /a||unanswered|22|0|-\n");
	EXPECT(padded, "");
	EXPECT(entry, "http2|GET ?||unanswered|12|0|-\n");
	EXPECT(large, "http2|?|200|answered|17|10|1000\n");
}

static void content_shows_queries(void **state)
{
	static const struct said talk[] = { OPEN, ASK(GET_A("\1")), SAY(OK_ALONE("\1")) };
	char *text = world_tell(talk, SKW_ARRAY_SIZE(talk), 1400, true, true);

	(void)state;
	assert_string_equal(text, "http2|GET /a?secret|200|answered|22|10|1000\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_have_numbers),
		cmocka_unit_test(blocks_go_on_and_padding_counts),
		cmocka_unit_test(grpc_has_its_own_status),
		cmocka_unit_test(resets_and_refusals_are_errors),
		cmocka_unit_test(a_promise_is_a_request),
		cmocka_unit_test(in_the_middle_names_are_literal_or_unknown),
		cmocka_unit_test(a_failure_of_grpc_may_be_unknown),
		cmocka_unit_test(holes_in_data_are_counted),
		cmocka_unit_test(behind_a_lost_block_names_are_unknown),
		cmocka_unit_test(http_upgrades),
		cmocka_unit_test(what_is_no_frame_ends_it),
		cmocka_unit_test(content_shows_queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
