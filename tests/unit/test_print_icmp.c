// SPDX-License-Identifier: BSD-2-Clause
/* ICMP and ICMPv6 messages. Other tests compare whole lines with those of tcpdump. */
#include "dissect/dissect.h"

#include "dissect_harness.h"

static const uint8_t v4_src[] = { 10, 0, 0, 1 }, v4_dst[] = { 10, 0, 0, 2 };
static const uint8_t v6_src[16] = { 0xfe, 0x80, [15] = 1 }, v6_dst[16] = { 0xfe, 0x80, [15] = 2 };
static bool fragment;

static bool icmp(struct skw_dissect *d, struct skw_bytes b)
{
	const struct skw_ip ip = {
		.version = 4, .proto = 1, .fragment = fragment, .src = v4_src, .dst = v4_dst
	};

	skw_dissect_icmp(d, &ip, b);
	return true;
}

static bool icmp6(struct skw_dissect *d, struct skw_bytes b)
{
	const struct skw_ip ip = {
		.version = 6, .proto = 58, .fragment = fragment, .src = v6_src, .dst = v6_dst
	};

	skw_dissect_icmp6(d, &ip, b);
	return true;
}

/* 10.0.0.1.40000 > 10.0.0.2.53, after the eight bytes of an ICMP header. */
#define QUOTE "\x45\0\0\x30\0\1\x40\0\x40\x11\x26\xba\x0a\0\0\1\x0a\0\0\2\x9c\x40\0\x35\0\x1c\0\0"

/* fe80::1.40000 > fe80::2.53 */
#define QUOTE6                                                                                     \
	"\x60\0\0\0\0\x08\x11\x40\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1"                             \
	"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\2\x9c\x40\0\x35\0\x08\0\0"

static void echo_shows_id_and_sequence(void **state)
{
	(void)state;
	assert_string_equal(dissect(icmp, 0, BYTES("\x08\0\0\0\x12\x34\0\7data")),
			    "ICMP echo request, id 4660, seq 7, length 12");
	assert_string_equal(dissect(icmp6, 0, BYTES("\x81\0\0\0\x12\x34\0\7data")),
			    "ICMP6, echo reply, id 4660, seq 7, length 12");
}

static void unreachable_names_what_was_quoted(void **state)
{
	(void)state;
	assert_string_equal(dissect(icmp, 0, BYTES("\3\3\0\0\0\0\0\0" QUOTE)),
			    "ICMP 10.0.0.2 udp port 53 unreachable, length 36");
	assert_string_equal(dissect(icmp, 0, BYTES("\3\4\0\0\0\0\5\x78" QUOTE)),
			    "ICMP 10.0.0.2 unreachable - need to frag (mtu 1400), length 36");
	assert_string_equal(dissect(icmp6, 0, BYTES("\1\4\0\0\0\0\0\0" QUOTE6)),
			    "ICMP6, destination unreachable, unreachable port, fe80::2 udp port 53"
			    ", length 56");
	assert_string_equal(dissect(icmp6, 0, BYTES("\2\0\0\0\0\0\5\0" QUOTE6)),
			    "ICMP6, packet too big, mtu 1280, length 56");
}

static void a_message_that_is_cut_has_no_text_in_ipv4_and_some_in_ipv6(void **state)
{
	const char quoted[] = "\3\3\0\0\0\0\0\0" QUOTE, quoted6[] = "\1\4\0\0\0\0\0\0" QUOTE6;

	(void)state;
	assert_string_equal(dissect_cut(icmp, 0, quoted, 36, 31), " [|icmp]");
	assert_string_equal(dissect_cut(icmp6, 0, quoted6, 56, 51),
			    "ICMP6, destination unreachable, unreachable port [|icmp6]");
}

static void a_wrong_checksum_is_told_with_the_right_one(void **state)
{
	(void)state;
	fragment = false;
	assert_string_equal(dissect(icmp, 1, BYTES("\x08\0\x12\x34\0\1\0\1")),
			    "ICMP echo request, id 1, seq 1, length 8"
			    " (wrong icmp cksum 1234 (->f7fd)!)");
	assert_string_equal(dissect(icmp, 1, BYTES("\x08\0\xf7\xfd\0\1\0\1")),
			    "ICMP echo request, id 1, seq 1, length 8");
	assert_string_equal(dissect(icmp6, 1, BYTES("\x80\0\x12\x34\0\1\0\1")),
			    "[bad icmp6 cksum 0x1234 -> 0x82b6!] ICMP6, echo request, id 1, seq 1");
	/* The checksum of a fragment covers other fragments too. */
	fragment = true;
	assert_string_equal(dissect(icmp, 1, BYTES("\x08\0\x12\x34\0\1\0\1")),
			    "ICMP echo request, id 1, seq 1, length 8");
	fragment = false;
}

static void options_of_neighbour_discovery_are_listed_with_v(void **state)
{
	const char solicitation[] = "\x87\0\0\0\0\0\0\0\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\2"
				    "\1\1\2\0\0\0\0\1";

	(void)state;
	assert_string_equal(dissect(icmp6, 0, BYTES(solicitation)),
			    "ICMP6, neighbor solicitation, who has fe80::2, length 32");
	assert_non_null(strstr(dissect(icmp6, 1, BYTES(solicitation)),
			       "\n\t  source link-address option (1), length 8 (1): "
			       "02:00:00:00:00:01"));
}

static void an_option_of_no_length_ends_the_line(void **state)
{
	(void)state;
	assert_non_null(strstr(dissect(icmp6, 1,
				       BYTES("\x85\0\0\0\0\0\0\0"
					     "\1\0\2\0\0\0\0\1")),
			       "router solicitation, length 16 [|icmp6]"));
}

static void an_option_that_was_not_captured_whole_is_not_begun(void **state)
{
	static const char solicitation[] = "\x85\0\0\0\0\0\0\0\1\1\2\0\0\0\0\1";

	(void)state;
	assert_string_equal(dissect_cut(icmp6, 1, solicitation, 16, 15),
			    "ICMP6, router solicitation, length 16 [|icmp6]");
}

static void a_port_is_found_behind_extension_headers(void **state)
{
	/* Hop-by-hop options, then a first fragment, then UDP. */
	static const char quoted[] =
		"\1\4\0\0\0\0\0\0\x60\0\0\0\0\x18\0\x40"
		"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\2"
		"\x2c\0\1\4\0\0\0\0\x11\0\0\1\0\0\0\7\x9c\x40\0\x35";

	(void)state;
	assert_string_equal(dissect(icmp6, 0, BYTES(quoted)),
			    "ICMP6, destination unreachable, unreachable port, fe80::2 udp port 53"
			    ", length 68");
	dissect_every_prefix(icmp6, BYTES(quoted));
}

static void errors_about_errors_are_followed_a_few_times_only(void **state)
{
	/* An ICMP header and an IP header, 28 bytes, repeated. */
	uint8_t nested[28 * 40];

	(void)state;
	for (size_t i = 0; i < sizeof(nested); i += 28) {
		memcpy(nested + i, "\3\1\0\0\0\0\0\0" QUOTE, 28);
		nested[i + 8 + 9] = 1;
		nested[i + 8 + 2] = (uint8_t)((sizeof(nested) - i - 8) >> 8);
		nested[i + 8 + 3] = (uint8_t)(sizeof(nested) - i - 8);
	}

	const char *text = dissect(icmp, 1, nested, sizeof(nested));
	unsigned times = 0;

	while ((text = strstr(text, "ICMP host")))
		times++, text++;
	assert_in_range(times, 2, SKW_DISSECT_DEPTH + 1);
}

static void every_type_survives_every_length(void **state)
{
	uint8_t message[200];

	(void)state;
	for (unsigned type = 0; type < 256; type++) {
		for (unsigned code = 0; code < 6; code += type < 20 ? 1 : 5) {
			memset(message, 0, sizeof(message));
			memcpy(message + 8, BYTES(type < 128 ? QUOTE : QUOTE6));
			message[0] = (uint8_t)type;
			message[1] = (uint8_t)code;
			message[136] = 0x20; /* RFC 4884 */
			message[141] = 16;
			message[142] = 1;
			message[143] = 1;
			for (size_t n = 0; n <= sizeof(message); n += n < 64 ? 1 : 5) {
				dissect_cut(icmp, 3, message, sizeof(message), n);
				dissect_cut(icmp6, 3, message, sizeof(message), n);
			}
		}
	}
}

static void every_prefix_is_safe(void **state)
{
	static const char quoted[] = "\3\3\0\0\0\0\0\0" QUOTE,
			  quoted6[] = "\1\4\0\0\0\0\0\0" QUOTE6;
	static const char advert[] =
		"\x86\0\0\0\x40\xc0\7\x08\0\0\0\0\0\0\0\0"
		"\5\1\0\0\0\0\5\xd4"
		"\3\4\x40\xc0\0\0\1\0\0\0\1\0\0\0\0\0\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0"
		"\x18\2\x30\x08\0\0\7\x08\x20\1\x0d\xb8\0\2\0\0"
		"\x19\3\0\0\0\0\1\0\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
		"\x1f\3\0\0\0\0\1\0\7example\3com\0\0\0\0";
	static const char report[] =
		"\x8f\0\0\0\0\0\0\2\4\0\0\0\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\xfb"
		"\1\1\0\1\xff\5\0\0\0\0\0\0\0\0\0\0\0\1\0\3"
		"\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\0";
	static const char query[] = "\x82\0\0\0\x8f\1\0\0\xff\5\0\0\0\0\0\0\0\0\0\0\0\1\0\3"
				    "\x0a\x9a\0\1\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1";

	(void)state;
	dissect_every_prefix(icmp, BYTES(quoted));
	dissect_every_prefix(icmp6, BYTES(quoted6));
	dissect_every_prefix(icmp6, BYTES(advert));
	dissect_every_prefix(icmp6, BYTES(report));
	dissect_every_prefix(icmp6, BYTES(query));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echo_shows_id_and_sequence),
		cmocka_unit_test(unreachable_names_what_was_quoted),
		cmocka_unit_test(a_message_that_is_cut_has_no_text_in_ipv4_and_some_in_ipv6),
		cmocka_unit_test(a_wrong_checksum_is_told_with_the_right_one),
		cmocka_unit_test(options_of_neighbour_discovery_are_listed_with_v),
		cmocka_unit_test(an_option_of_no_length_ends_the_line),
		cmocka_unit_test(an_option_that_was_not_captured_whole_is_not_begun),
		cmocka_unit_test(a_port_is_found_behind_extension_headers),
		cmocka_unit_test(errors_about_errors_are_followed_a_few_times_only),
		cmocka_unit_test(every_type_survives_every_length),
		cmocka_unit_test(every_prefix_is_safe),
	};

	return cmocka_run_group_tests_name("print_icmp", tests, NULL, NULL);
}
