// SPDX-License-Identifier: BSD-2-Clause
/* TLS records and the first lines of HTTP messages. */
#include "dissect/dissect.h"

#include "dissect_harness.h"

static bool http_port(struct skw_dissect *d, struct skw_bytes b)
{
	return skw_dissect_http(d, b, true);
}

static bool other_port(struct skw_dissect *d, struct skw_bytes b)
{
	return skw_dissect_http(d, b, false);
}

#define RANDOM "0123456789abcdef0123456789abcdef"

/* A record with a ClientHello of 64 bytes, which has an extension that names a.example. */
static const char hello[] = "\x16\3\1\0\x44\1\0\0\x40\3\3" RANDOM "\0\0\2\x13\1\1\0"
			    "\0\x15\0\x2b\0\3\2\3\4"
			    "\0\0\0\x0a\0\x08\0\0\5a.exa";

static void a_client_hello_shows_the_server_name(void **state)
{
	(void)state;
	assert_string_equal(dissect(skw_dissect_tls, 0, BYTES(hello)),
			    ": TLS ClientHello SNI a.exa");
}

static void a_server_name_that_is_not_all_there_is_left_out(void **state)
{
	(void)state;
	for (size_t n = 9; n < sizeof(hello) - 1; n++)
		assert_string_equal(dissect_cut(skw_dissect_tls, 0, hello, sizeof(hello) - 1, n),
				    ": TLS ClientHello");
}

static void a_server_name_longer_than_its_extension_is_none(void **state)
{
	char lying[sizeof(hello)];

	(void)state;
	memcpy(lying, hello, sizeof(hello));
	lying[sizeof(hello) - 7] = 6;
	assert_string_equal(dissect(skw_dissect_tls, 0, lying, sizeof(hello) - 1),
			    ": TLS ClientHello");
}

static void a_server_name_is_escaped(void **state)
{
	char hostile[sizeof(hello)];

	(void)state;
	memcpy(hostile, hello, sizeof(hello));
	memcpy(hostile + sizeof(hello) - 6, "\x1b\n\xff%s", 5);
	assert_string_equal(dissect(skw_dissect_tls, 0, BYTES(hostile)),
			    ": TLS ClientHello SNI ^[^JM-^?%s");
}

static void each_kind_of_record_is_said_once_in_a_row(void **state)
{
	(void)state;
	assert_string_equal(dissect(skw_dissect_tls, 0,
				    BYTES("\x16\3\3\0\5\2\0\0\1x\x14\3\3\0\1\1"
					  "\x17\3\3\0\1x\x17\3\3\0\1x\x15\3\3\0\2\2\x28")),
			    ": TLS ServerHello, ChangeCipherSpec, ApplicationData, "
			    "Alert fatal handshake_failure");
}

static void an_encrypted_handshake_has_no_type(void **state)
{
	(void)state;
	/* After the change of keys, and with a length that is too great. */
	assert_string_equal(
		dissect(skw_dissect_tls, 0, BYTES("\x14\3\3\0\1\1\x16\3\3\0\5\2\0\0\1x")),
		": TLS ChangeCipherSpec, Handshake");
	assert_string_equal(dissect(skw_dissect_tls, 0, BYTES("\x16\3\3\0\5\2\xff\0\1x")),
			    ": TLS Handshake");
}

static void other_bytes_are_not_tls(void **state)
{
	static const char *const others[] = { "\x17\3\5\0\1x", "\x17\2\3\0\1x", "\x18\3\3\0\1x",
					      "\x13\3\3\0\1x", "\x17\3\3\x48\1x" };

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_string_equal(dissect(skw_dissect_tls, 0, others[i], 6), "");
	assert_string_equal(dissect(skw_dissect_tls, 0, BYTES("\x17\3\3\0\0x")), "");
	assert_string_equal(dissect(skw_dissect_tls, 0, BYTES("\x17\3\3\0")), "");
}

static void on_its_ports_http_shows_its_first_line(void **state)
{
	(void)state;
	assert_string_equal(dissect(http_port, 0, BYTES("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
			    ": HTTP: GET / HTTP/1.1");
	assert_string_equal(dissect(http_port, 0, BYTES("HTTP/1.1 404 Not Found\r\n")),
			    ": HTTP: HTTP/1.1 404 Not Found");
	assert_string_equal(dissect(http_port, 0, BYTES("the rest of a page")), ": HTTP");
	assert_string_equal(dissect(http_port, 1, BYTES("GET / HTTP/1.1\r\nHost: a\r\n\r\n")),
			    ": HTTP, length: 27\n\tGET / HTTP/1.1\n\tHost: a\n\t");
}

static void a_first_line_that_goes_on_is_shown_unless_it_was_not_captured(void **state)
{
	static const char get[] = "GET /long HTTP/1.1\r\n";

	(void)state;
	assert_string_equal(dissect(http_port, 0, get, 13), ": HTTP: GET /long HTT [|http]");
	assert_string_equal(dissect_cut(http_port, 0, get, sizeof(get) - 1, 13), ": HTTP [|http]");
}

static void elsewhere_only_what_names_its_version_is_http(void **state)
{
	(void)state;
	assert_string_equal(dissect(other_port, 0, BYTES("GET / HTTP/1.1\r\n")),
			    ": HTTP: GET / HTTP/1.1");
	assert_string_equal(dissect(other_port, 0, BYTES("HTTP/1.0 200 OK\r\n")),
			    ": HTTP: HTTP/1.0 200 OK");
	assert_string_equal(dissect(other_port, 0, BYTES("GET on with it\r\nHTTP/1.1")), "");
	assert_string_equal(dissect(other_port, 0, BYTES("INSERT 200 xHTTP/1.1\r\n")), "");
}

static void a_line_with_control_characters_is_not_shown(void **state)
{
	(void)state;
	assert_string_equal(dissect(http_port, 0, BYTES("GET /\x1b[2J HTTP/1.1\r\n")), ": HTTP");
	assert_string_equal(dissect(http_port, 1, BYTES("GET / HTTP/1.1\r\nA: \x07\r\n")),
			    ": HTTP, length: 22\n\tGET / HTTP/1.1");
}

static void every_prefix_is_safe(void **state)
{
	static const char get[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody";
	static const char flight[] = "\x16\3\3\0\x0e\2\0\0\1x\x0b\0\0\1x\x0e\0\0\0\x14\3\3\0\1\1"
				     "\x15\3\3\0\2\2\x28";

	(void)state;
	dissect_every_prefix(http_port, BYTES(get));
	dissect_every_prefix(other_port, BYTES(get));
	dissect_every_prefix(skw_dissect_tls, BYTES(hello));
	dissect_every_prefix(skw_dissect_tls, BYTES(flight));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_hello_shows_the_server_name),
		cmocka_unit_test(a_server_name_that_is_not_all_there_is_left_out),
		cmocka_unit_test(a_server_name_longer_than_its_extension_is_none),
		cmocka_unit_test(a_server_name_is_escaped),
		cmocka_unit_test(each_kind_of_record_is_said_once_in_a_row),
		cmocka_unit_test(an_encrypted_handshake_has_no_type),
		cmocka_unit_test(other_bytes_are_not_tls),
		cmocka_unit_test(on_its_ports_http_shows_its_first_line),
		cmocka_unit_test(a_first_line_that_goes_on_is_shown_unless_it_was_not_captured),
		cmocka_unit_test(elsewhere_only_what_names_its_version_is_http),
		cmocka_unit_test(a_line_with_control_characters_is_not_shown),
		cmocka_unit_test(every_prefix_is_safe),
	};

	return cmocka_run_group_tests_name("print_payload", tests, NULL, NULL);
}
