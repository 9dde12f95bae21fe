// SPDX-License-Identifier: BSD-2-Clause
/* The parts of lines: numbers and addresses, time stamps, bytes, relative sequence numbers. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <setjmp.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <string.h>
#include <time.h>

#include "dissect/dissect.h"
#include "dissect/link/ethertype.h"
#include "dissect/hexdump.h"
#include "dissect/ip/cksum.h"
#include "dissect/ip/ip_proto.h"
#include "dissect/ip/tcp_seqs.h"
#include "dissect/text.h"
#include "dissect/timestamp.h"

static struct skw_buf out;

/* The text that was printed since the last call. It is valid until the next call. */
static const char *taken(void)
{
	static char text[4096];

	assert_false(out.failed);
	assert_true(out.len < sizeof(text));
	if (out.len)
		memcpy(text, out.data, out.len);
	text[out.len] = '\0';
	skw_buf_reset(&out);
	return text;
}

static int clear(void **state)
{
	(void)state;
	skw_buf_reset(&out);
	return 0;
}

static int free_out(void **state)
{
	(void)state;
	skw_buf_free(&out);
	return 0;
}

static void numbers_have_the_digits_asked_for(void **state)
{
	(void)state;
	skw_text_hex(&out, 0, 1);
	assert_string_equal(taken(), "0");
	skw_text_hex(&out, 0xbeef, 2);
	assert_string_equal(taken(), "beef");
	skw_text_hex(&out, 0xf, 8);
	assert_string_equal(taken(), "0000000f");
	skw_text_hex(&out, UINT32_MAX, 20);
	assert_string_equal(taken(), "ffffffff");
	skw_text_uint0(&out, 7, 6);
	assert_string_equal(taken(), "000007");
	skw_text_uint0(&out, UINT64_MAX, 9);
	assert_string_equal(taken(), "18446744073709551615");
	skw_text_field(&out, ", ttl ", 64);
	assert_string_equal(taken(), ", ttl 64");
}

static void bytes_are_joined_by_colons(void **state)
{
	static const uint8_t mac[] = { 0x00, 0x1b, 0xff, 0x00, 0x0a, 0x9c };

	(void)state;
	skw_text_mac(&out, mac);
	assert_string_equal(taken(), "00:1b:ff:00:0a:9c");
	skw_text_hex_colons(&out, mac, 1);
	assert_string_equal(taken(), "00");
	skw_text_hex_colons(&out, mac, 0);
	assert_string_equal(taken(), "");
}

static void ipv6_addresses_are_those_of_inet_ntop(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		uint8_t addr[16];
		char want[INET6_ADDRSTRLEN];

		for (unsigned j = 0; j < 16; j++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			/*
			 * Many bytes are zero, and some addresses have the prefix of mapped
			 * addresses.
			 */
			addr[j] = seed >> 62 ? 0 : (uint8_t)(seed >> 40);
			if (i % 7 == 0 && j < 12)
				addr[j] = 0;
			if (i % 14 == 0 && (j == 10 || j == 11))
				addr[j] = 0xff;
		}
		skw_text_ipv6(&out, addr);
		assert_string_equal(taken(), inet_ntop(AF_INET6, addr, want, sizeof(want)));
		skw_text_ipv4(&out, addr);
		assert_string_equal(taken(), inet_ntop(AF_INET, addr, want, sizeof(want)));
	}
}

static void untrusted_text_is_escaped(void **state)
{
	static const struct skw_print_options opt;
	struct skw_dissect d = { .opt = &opt, .out = &out };

	(void)state;
	skw_dissect_text(&d, (const uint8_t *)"a~ \x1b[31m\n\x7f\xff\x80\0z", 14);
	assert_string_equal(taken(), "a~ ^[[31m^J^?M-^?M-^@^@z");
}

static void every_named_ethertype_has_a_name(void **state)
{
	unsigned names = 0;

	(void)state;
	for (unsigned type = 0; type <= UINT16_MAX; type++) {
		const char *name = skw_ethertype_name((uint16_t)type);

		names += name != NULL;
		if (skw_ethertype_named((uint16_t)type) || skw_ethertype_is_vlan((uint16_t)type))
			assert_non_null(name);
	}
	assert_int_equal(names, 49);
	assert_string_equal(skw_ethertype_name(0x0800), "IPv4");
	assert_string_equal(skw_ethertype_name(0x88a8), "802.1Q-QinQ");
	assert_null(skw_ethertype_name(0x1234));
	for (unsigned proto = 0; proto < 256; proto++)
		assert_non_null(skw_ip_proto_name((uint8_t)proto));
	assert_string_equal(skw_ip_proto_name(6), "TCP");
	assert_string_equal(skw_ip_proto_name(200), "unknown");
}

/* RFC 1071, section 3, gives this sum. */
static void checksums_are_those_of_the_rfc(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
	uint8_t field[10];

	(void)state;
	assert_int_equal(skw_cksum_sum(bytes, sizeof(bytes), 0), (uint16_t)~0xddf2);
	assert_int_equal(skw_cksum_sum(bytes, 7, 0), (uint16_t) ~(0xddf2 - 0xf7));
	memcpy(field, bytes, sizeof(bytes));
	field[8] = 0x12;
	field[9] = 0x34;

	uint16_t sum = skw_cksum_sum(field, sizeof(field), 0);

	assert_int_not_equal(sum, 0);

	uint16_t should = skw_cksum_shouldbe(0x1234, sum);

	field[8] = (uint8_t)(should >> 8);
	field[9] = (uint8_t)should;
	assert_int_equal(skw_cksum_sum(field, sizeof(field), 0), 0);
}

static const char *stamp(struct skw_print_clock *clock, enum skw_print_time form, bool nano,
			 uint64_t ts_ns)
{
	skw_timestamp_print(clock, form, nano, ts_ns, &out);
	return taken();
}

#define T0 UINT64_C(1700000000123456789) /* 2023-11-14 22:13:20 UTC */

static void time_stamps_have_six_forms(void **state)
{
	static const struct {
		enum skw_print_time form;
		const char *micro, *nano;
	} want[] = {
		{ SKW_TIME_DEFAULT, "22:13:20.123456 ", "22:13:20.123456789 " },
		{ SKW_TIME_NONE, "", "" },
		{ SKW_TIME_EPOCH, "1700000000.123456 ", "1700000000.123456789 " },
		{ SKW_TIME_DELTA, " 00:00:00.000000 ", " 00:00:00.000000000 " },
		{ SKW_TIME_DATE, "2023-11-14 22:13:20.123456 ", "2023-11-14 22:13:20.123456789 " },
		{ SKW_TIME_SINCE_FIRST, " 00:00:00.000000 ", " 00:00:00.000000000 " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct skw_print_clock micro = { 0 }, nano = { 0 };

		assert_string_equal(stamp(&micro, want[i].form, false, T0), want[i].micro);
		assert_string_equal(stamp(&nano, want[i].form, true, T0), want[i].nano);
	}
}

/* And it is no time from which, or up to which, a difference is counted. */
static void an_unknown_time_is_told_as_in_tcpdump(void **state)
{
	(void)state;
	for (int form = SKW_TIME_DEFAULT; form <= SKW_TIME_SINCE_FIRST; form++) {
		struct skw_print_clock clock = { 0 };

		if (form == SKW_TIME_NONE)
			continue;
		assert_string_equal(stamp(&clock, form, false, SKW_PACKET_TIME_UNKNOWN),
				    "[Error converting time] ");
	}

	struct skw_print_clock clock = { 0 };

	stamp(&clock, SKW_TIME_DELTA, true, SKW_PACKET_TIME_UNKNOWN);
	stamp(&clock, SKW_TIME_DELTA, true, T0);
	stamp(&clock, SKW_TIME_DELTA, true, SKW_PACKET_TIME_UNKNOWN);
	assert_string_equal(stamp(&clock, SKW_TIME_DELTA, true, T0 + 5), " 00:00:00.000000005 ");
	assert_string_equal(stamp(&clock, SKW_TIME_NONE, true, SKW_PACKET_TIME_UNKNOWN), "");
}

static void local_time_follows_the_zone(void **state)
{
	struct skw_print_clock clock = { 0 };

	(void)state;
	setenv("TZ", "IST-5:30", 1);
	tzset();
	assert_string_equal(stamp(&clock, SKW_TIME_DATE, false, T0), "2023-11-15 03:43:20.123456 ");
	/* The clock remembers the second, but not the fraction. */
	assert_string_equal(stamp(&clock, SKW_TIME_DATE, false, T0 + 1000000),
			    "2023-11-15 03:43:20.124456 ");
	assert_string_equal(stamp(&clock, SKW_TIME_DEFAULT, false, T0 + 1000000000),
			    "03:43:21.123456 ");
	assert_string_equal(stamp(&clock, SKW_TIME_DEFAULT, false, T0), "03:43:20.123456 ");
	setenv("TZ", "UTC", 1);
	tzset();
}

static void differences_are_of_what_is_shown(void **state)
{
	struct skw_print_clock micro = { 0 }, nano = { 0 }, first = { 0 };

	(void)state;
	stamp(&micro, SKW_TIME_DELTA, false, T0);
	stamp(&nano, SKW_TIME_DELTA, true, T0);
	stamp(&first, SKW_TIME_SINCE_FIRST, true, T0);
	/*
	 * 789 ns + 311 ns end in the next microsecond, although less than a microsecond has passed.
	 */
	assert_string_equal(stamp(&micro, SKW_TIME_DELTA, false, T0 + 311), " 00:00:00.000001 ");
	assert_string_equal(stamp(&nano, SKW_TIME_DELTA, true, T0 + 311), " 00:00:00.000000311 ");
	assert_string_equal(stamp(&nano, SKW_TIME_DELTA, true, T0), "-00:00:00.000000311 ");
	assert_string_equal(stamp(&nano, SKW_TIME_DELTA, true, T0 + 90061 * UINT64_C(1000000000)),
			    " 25:01:01.000000000 ");
	assert_string_equal(stamp(&first, SKW_TIME_SINCE_FIRST, true, T0 + 1000000000),
			    " 00:00:01.000000000 ");
	assert_string_equal(stamp(&first, SKW_TIME_SINCE_FIRST, true, T0 - 1000000000),
			    "-00:00:01.000000000 ");
}

static void bytes_are_shown_in_columns(void **state)
{
	const uint8_t *p = (const uint8_t *)"GET / HTTP/1.1\r\n\r\n\t\x1b\xff";

	(void)state;
	skw_hexdump_hex(&out, p, 0);
	assert_string_equal(taken(), "");
	skw_hexdump_hex(&out, p, 3);
	assert_string_equal(taken(), "\n\t0x0000:  4745 54");
	skw_hexdump_hex(&out, p, 17);
	assert_string_equal(taken(), "\n\t0x0000:  4745 5420 2f20 4854 5450 2f31 2e31 0d0a"
				     "\n\t0x0010:  0d");
	skw_hexdump_hex_ascii(&out, p, 17);
	assert_string_equal(taken(),
			    "\n\t0x0000:  4745 5420 2f20 4854 5450 2f31 2e31 0d0a  GET./.HTTP/1.1.."
			    "\n\t0x0010:  0d                                       .");
	skw_hexdump_ascii(&out, p, 21);
	assert_string_equal(taken(), "\nGET / HTTP/1.1\n\n\t..");
	skw_hexdump_ascii(&out, (const uint8_t *)"a\rb\r", 4);
	assert_string_equal(taken(), "\na.b");
}

static const uint8_t low_host[16] = { 10, 0, 0, 1 }, high_host[16] = { 10, 0, 0, 2 };
static const struct skw_ip up = { .version = 4, .proto = 6, .src = low_host, .dst = high_host };
static const struct skw_ip down = { .version = 4, .proto = 6, .src = high_host, .dst = low_host };

static void assert_base(struct skw_tcp_base have, uint32_t seq, uint32_t ack, uint32_t sack)
{
	assert_int_equal(have.seq, seq);
	assert_int_equal(have.ack, ack);
	assert_int_equal(have.sack, sack);
}

static void the_packet_that_enters_a_connection_is_absolute(void **state)
{
	struct skw_tcp_seqs *seqs = skw_tcp_seqs_new();

	(void)state;
	assert_non_null(seqs);
	/* SYN ACK from the server. Its numbers are the base of the later ones. */
	assert_base(skw_tcp_seqs_base(seqs, &down, 80, 4000, true, 9000, 1001), 0, 0, 1000);
	assert_base(skw_tcp_seqs_base(seqs, &up, 4000, 80, false, 1001, 9001), 1000, 9000, 9000);
	assert_base(skw_tcp_seqs_base(seqs, &down, 80, 4000, false, 9001, 1001), 9000, 1000, 1000);
	/* Other ports are another connection, which was not seen from its start. */
	assert_base(skw_tcp_seqs_base(seqs, &up, 4001, 80, false, 50, 60), 0, 0, 59);
	assert_base(skw_tcp_seqs_base(seqs, &up, 4001, 80, false, 55, 60), 50, 59, 59);
	/* The same ports, opened again. */
	assert_base(skw_tcp_seqs_base(seqs, &down, 80, 4000, true, 70000, 501), 0, 0, 500);
	assert_base(skw_tcp_seqs_base(seqs, &up, 4000, 80, false, 501, 70001), 500, 70000, 70000);
	skw_tcp_seqs_free(seqs);
}

static void equal_ports_are_told_apart_by_address(void **state)
{
	struct skw_tcp_seqs *seqs = skw_tcp_seqs_new();
	struct skw_ip up6 = up, down6 = down;

	(void)state;
	assert_non_null(seqs);
	assert_base(skw_tcp_seqs_base(seqs, &down, 179, 179, true, 9000, 1001), 0, 0, 1000);
	assert_base(skw_tcp_seqs_base(seqs, &up, 179, 179, false, 1001, 9001), 1000, 9000, 9000);
	/* The same bytes as IPv6 addresses belong to other hosts. */
	up6.version = down6.version = 6;
	assert_base(skw_tcp_seqs_base(seqs, &up6, 179, 179, false, 5, 7), 0, 0, 6);
	assert_base(skw_tcp_seqs_base(seqs, &down6, 179, 179, false, 7, 6), 6, 5, 5);
	skw_tcp_seqs_free(seqs);
}

static void old_connections_make_room_for_new_ones(void **state)
{
	struct skw_tcp_seqs *seqs = skw_tcp_seqs_new();
	uint8_t src[16] = { 0 };
	struct skw_ip ip = { .version = 4, .proto = 6, .src = src, .dst = high_host };

	(void)state;
	assert_non_null(seqs);
	skw_tcp_seqs_base(seqs, &up, 4000, 80, false, 1000, 2000);
	for (uint32_t i = 0; i < 1000000; i++) {
		memcpy(src, &i, sizeof(i));
		skw_tcp_seqs_base(seqs, &ip, 5000, 80, false, i, i);
		/* The newest connection is always in the table. */
		assert_int_equal(skw_tcp_seqs_base(seqs, &ip, 5000, 80, false, i, i).seq, i);
	}
	assert_base(skw_tcp_seqs_base(seqs, &up, 4000, 80, false, 1500, 2500), 0, 0, 2499);
	skw_tcp_seqs_free(seqs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(numbers_have_the_digits_asked_for, clear),
		cmocka_unit_test_setup(bytes_are_joined_by_colons, clear),
		cmocka_unit_test_setup(ipv6_addresses_are_those_of_inet_ntop, clear),
		cmocka_unit_test_setup(untrusted_text_is_escaped, clear),
		cmocka_unit_test_setup(every_named_ethertype_has_a_name, clear),
		cmocka_unit_test_setup(checksums_are_those_of_the_rfc, clear),
		cmocka_unit_test_setup(time_stamps_have_six_forms, clear),
		cmocka_unit_test_setup(an_unknown_time_is_told_as_in_tcpdump, clear),
		cmocka_unit_test_setup(local_time_follows_the_zone, clear),
		cmocka_unit_test_setup(differences_are_of_what_is_shown, clear),
		cmocka_unit_test_setup(bytes_are_shown_in_columns, clear),
		cmocka_unit_test_setup(the_packet_that_enters_a_connection_is_absolute, clear),
		cmocka_unit_test_setup(equal_ports_are_told_apart_by_address, clear),
		cmocka_unit_test_setup(old_connections_make_room_for_new_ones, clear),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, free_out);
}
