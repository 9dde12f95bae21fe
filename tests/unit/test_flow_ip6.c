// SPDX-License-Identifier: BSD-2-Clause
/* IPv6 with its extension headers, quoted packets, and packets cut at every length. */
#include "flow/flow.h"

#include "flow_frames.h"

/* Extension headers, all but the first byte, which is that of the next one. */
#define OPTIONS  "\0\1\4\0\0\0\0"
#define FRAGMENT "\0\0\0\0\0\0\7"
#define AH                                                                                         \
	"\4\0\0\0\0\1\0\0\0\0\1"                                                                   \
	"0123456789ab"

static void put_header(struct frame *f, uint8_t next, const char *rest, size_t n)
{
	put(f, &next, 1);
	put(f, rest, n);
}

#define HEADER(f, next, rest) put_header(f, next, rest, sizeof(rest) - 1)

static void extension_headers_are_stepped_over(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	put_ipv6(&f, IPPROTO_HOPOPTS, 8 + 8 + 24 + 8 + 24 + 8 + 13);
	HEADER(&f, IPPROTO_DSTOPTS, OPTIONS);
	HEADER(&f, IPPROTO_ROUTING, OPTIONS);
	HEADER(&f, IPPROTO_FRAGMENT, "\2\0\1\0\0\0\0" DST6);
	HEADER(&f, IPPROTO_AH, FRAGMENT);
	HEADER(&f, IPPROTO_DSTOPTS, AH);
	HEADER(&f, IPPROTO_UDP, OPTIONS);
	PUT(&f, UDP);
	assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
	/* The tuple has the header's own destination, as the last hop has put it there. */
	assert_tuple(&flow, AF_INET6, IPPROTO_UDP, 40000, 53);
	assert_int_equal(flow.transport_at, f.n - 13);
	assert_int_equal(flow.payload_len, 5);
	assert_int_equal(flow.fragment, SKW_FLOW_WHOLE);
	assert_int_equal(flow.fragment_id, 7);
}

static void the_authentication_header_is_stepped_over_in_ipv4_too(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	put_ipv4(&f, IPPROTO_AH, 24 + 13, 0);
	HEADER(&f, IPPROTO_UDP, AH);
	PUT(&f, UDP);
	assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
	assert_tuple(&flow, AF_INET, IPPROTO_UDP, 40000, 53);
	/* The numbers of IPv6's headers mean nothing in IPv4. */
	f.bytes[9] = IPPROTO_DSTOPTS;
	assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
	assert_tuple(&flow, AF_INET, IPPROTO_DSTOPTS, 0, 0);
	assert_int_equal(flow.transport_at, 20);
}

static void fragments_of_ipv6_are_told(void **state)
{
	static const struct {
		const char *field; /* offset and the flag that more follow */
		uint16_t offset;
		enum skw_flow_fragment fragment;
	} cases[] = {
		{ "\0\0\1", 0, SKW_FLOW_FIRST },
		{ "\0\0\0", 0, SKW_FLOW_WHOLE },
		{ "\0\5\xa9", 1448, SKW_FLOW_LATER },
		{ "\0\0\x08", 8, SKW_FLOW_LATER },
	};
	struct skw_flow flow;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct frame f = { .n = 0 };
		bool later = cases[i].fragment == SKW_FLOW_LATER;

		put_ipv6(&f, IPPROTO_FRAGMENT, 8 + 13);
		put_header(&f, IPPROTO_UDP, cases[i].field, 3);
		PUT(&f, "\xde\xad\xbe\xef" UDP);
		assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
		assert_tuple(&flow, AF_INET6, IPPROTO_UDP, later ? 0 : 40000, later ? 0 : 53);
		assert_int_equal(flow.fragment, cases[i].fragment);
		assert_int_equal(flow.fragment_id, 0xdeadbeef);
		assert_int_equal(flow.fragment_offset, cases[i].offset);
		assert_int_equal(flow.payload_len, later ? 13 : 5);
	}
}

static void what_a_later_fragment_holds_is_no_header(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	put_ipv6(&f, IPPROTO_FRAGMENT, 8 + 8);
	HEADER(&f, IPPROTO_DSTOPTS, "\0\0\x08\0\0\0\1");
	HEADER(&f, IPPROTO_UDP, OPTIONS);
	assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
	assert_tuple(&flow, AF_INET6, IPPROTO_DSTOPTS, 0, 0);
	assert_int_equal(flow.transport_at, 48);
}

static void the_walk_ends_at_headers_that_no_payload_follows(void **state)
{
	static const uint8_t ends[] = { IPPROTO_NONE, IPPROTO_ESP, IPPROTO_MH, IPPROTO_ICMPV6 };
	struct skw_flow flow;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(ends); i++) {
		struct frame f = { .n = 0 };

		put_ipv6(&f, IPPROTO_DSTOPTS, 16);
		HEADER(&f, ends[i], OPTIONS);
		HEADER(&f, IPPROTO_UDP, OPTIONS);
		assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
		assert_tuple(&flow, AF_INET6, ends[i], 0, 0);
		assert_int_equal(flow.transport_at, 48);
		assert_int_equal(flow.payload_len, 8);
	}
}

static void extension_headers_are_bounded(void **state)
{
	struct skw_flow flow;

	(void)state;
	for (unsigned headers = 255; headers <= 256; headers++) {
		struct frame f = { .n = 0 };

		put_ipv6(&f, IPPROTO_DSTOPTS, headers * 8 + 13);
		for (unsigned i = 1; i < headers; i++)
			HEADER(&f, IPPROTO_DSTOPTS, OPTIONS);
		HEADER(&f, IPPROTO_UDP, OPTIONS);
		PUT(&f, UDP);
		assert_int_equal(flow_of(DLT_RAW, &f, &flow), headers == 255 ? 0 : -EBADMSG);
	}
}

static void an_extension_header_longer_than_the_packet_is_refused(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	put_ipv6(&f, IPPROTO_DSTOPTS, 8 + 13);
	HEADER(&f, IPPROTO_UDP, "\2\1\4\0\0\0\0");
	PUT(&f, UDP);
	assert_int_equal(flow_of(DLT_RAW, &f, &flow), -EBADMSG);
	/* Where the packet has room for it, only its end was not captured. */
	f.bytes[5] = 200;
	assert_int_equal(flow_of_cut(DLT_RAW, &f, f.n, 240, &flow), -ENODATA);
}

static void a_jumbogram_has_its_length_in_an_option(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	put_ipv6(&f, IPPROTO_HOPOPTS, 0);
	HEADER(&f, IPPROTO_UDP, "\0\xc2\4\0\1\x11\x80"); /* 70,016 */
	PUT(&f, "\x9c\x40\0\x35\0\0\0\0hello");
	/* The frame may be longer. */
	assert_int_equal(flow_of_cut(DLT_RAW, &f, f.n, 40 + 70020, &flow), 0);
	assert_tuple(&flow, AF_INET6, IPPROTO_UDP, 40000, 53);
	assert_int_equal(flow.ip_len, 40 + 70016);
	assert_int_equal(flow.payload_len, 70000);
	assert_int_equal(flow.payload_caplen, 5);
	assert_int_equal(flow_of_cut(DLT_RAW, &f, 47, 40 + 70016, &flow), -ENODATA);
	/* Without the option there is nothing behind the header. */
	f.bytes[42] = 1;
	assert_int_equal(flow_of(DLT_RAW, &f, &flow), -EBADMSG);
}

static void a_segment_not_cut_yet_is_as_long_as_its_frame(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	put_ipv6(&f, IPPROTO_TCP, 0);
	PUT(&f, TCP);
	assert_int_equal(flow_of_cut(DLT_RAW, &f, f.n, 40 + TCP_BYTES + 70000, &flow), 0);
	assert_tuple(&flow, AF_INET6, IPPROTO_TCP, 40000, 443);
	assert_int_equal(flow.payload_len, 70000);
	assert_int_equal(flow_of(DLT_RAW, &f, &flow), -EBADMSG);
}

/* The result of flow for the packet that an ICMP error quotes. */
static int quote_of(int dlt, const struct frame *f, struct skw_flow *out)
{
	struct skw_packet pkt = { .data = f->bytes, .caplen = f->n, .len = f->n, .dlt = dlt };
	int ret = skw_flow_of(&pkt, out);

	assert_int_equal(ret, 0);
	return skw_flow_of_quote(&pkt, out, out);
}

/* An ICMP error over IPv4 that quotes the first bytes of a packet. */
static void put_error4(struct frame *f, uint8_t type, unsigned quote)
{
	const uint8_t header[8] = { type, 3 };

	put_ipv4(f, IPPROTO_ICMP, 8 + quote, 0);
	put(f, header, 8);
}

static void the_packet_that_an_icmp_error_quotes_is_told(void **state)
{
	static const uint8_t errors[] = { 3, 4, 5, 11, 12 };
	struct skw_flow flow;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(errors); i++) {
		struct frame f = { .n = 0 };

		put_error4(&f, errors[i], 28);
		put_ipv4(&f, IPPROTO_TCP, 1000, 0);
		PUT(&f, "\x9c\x40\1\xbb\1\2\3\4");
		assert_int_equal(quote_of(DLT_RAW, &f, &flow), 0);
		assert_tuple(&flow, AF_INET, IPPROTO_TCP, 40000, 443);
		assert_int_equal(flow.known, SKW_FLOW_PORTS);
		assert_int_equal(flow.ip_at, 28);
		assert_int_equal(flow.ip_len, 1020);
		assert_int_equal(flow.transport_at, 48);
	}
}

static void the_packet_that_an_icmpv6_error_quotes_is_told(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	PUT(&f, ETHER "\x81\0\0\5\x86\xdd");
	put_ipv6(&f, IPPROTO_ICMPV6, 8 + 40 + 8 + 13);
	PUT(&f, "\1\4\0\0\0\0\0\0");
	put_ipv6(&f, IPPROTO_DSTOPTS, 8 + 13);
	HEADER(&f, IPPROTO_UDP, OPTIONS);
	PUT(&f, UDP);
	assert_int_equal(quote_of(DLT_EN10MB, &f, &flow), 0);
	assert_tuple(&flow, AF_INET6, IPPROTO_UDP, 40000, 53);
	assert_int_equal(flow.payload_caplen, 5);
	assert_int_equal(flow.vlans, 1);
	assert_int_equal(flow.vlan[0], 5);
}

static void only_errors_quote_and_only_what_they_hold(void **state)
{
	struct frame echo = { .n = 0 }, udp = { .n = 0 }, later = { .n = 0 }, cut = { .n = 0 },
		     none = { .n = 0 }, other = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	put_error4(&echo, 8, 28);
	put_ipv4(&echo, IPPROTO_UDP, 13, 0);
	PUT(&echo, "\x9c\x40\0\x35\0\x0d\0\0");
	assert_int_equal(quote_of(DLT_RAW, &echo, &flow), -ENOENT);
	put_ipv4(&udp, IPPROTO_UDP, 13, 0);
	PUT(&udp, UDP);
	assert_int_equal(quote_of(DLT_RAW, &udp, &flow), -ENOENT);
	put_error4(&later, 3, 28);
	later.bytes[7] = 1;
	put_ipv4(&later, IPPROTO_UDP, 13, 0);
	PUT(&later, "\x9c\x40\0\x35\0\x0d\0\0");
	assert_int_equal(quote_of(DLT_RAW, &later, &flow), -ENOENT);
	/* The message ends inside the quoted ports. */
	put_error4(&cut, 3, 22);
	put_ipv4(&cut, IPPROTO_UDP, 13, 0);
	PUT(&cut, "\x9c\x40");
	assert_int_equal(quote_of(DLT_RAW, &cut, &flow), -ENODATA);
	put_error4(&none, 3, 0);
	assert_int_equal(quote_of(DLT_RAW, &none, &flow), -EBADMSG);
	put_error4(&other, 3, 53);
	put_ipv6(&other, IPPROTO_UDP, 13);
	PUT(&other, UDP);
	assert_int_equal(quote_of(DLT_RAW, &other, &flow), -EBADMSG);
}

/* If bytes are missing at the end, the rest is told as before or not at all. */
static void check_each_length(int dlt, const struct frame *f, uint32_t ports_end, bool tcp)
{
	struct skw_flow whole, flow;

	assert_int_equal(flow_of(dlt, f, &whole), 0);
	for (uint32_t n = 0; n <= f->n; n++) {
		int ret = flow_of_cut(dlt, f, n, f->n, &flow);

		assert_int_equal(ret, n < ports_end ? -ENODATA : 0);
		if (ret)
			continue;
		assert_memory_equal(&flow.tuple, &whole.tuple, sizeof(whole.tuple));
		assert_int_equal(flow.transport_at, whole.transport_at);
		assert_int_equal(flow.known & SKW_FLOW_TCP,
				 tcp && n >= whole.transport_at + 20 ? SKW_FLOW_TCP : 0);
		if (!(flow.known & SKW_FLOW_PAYLOAD))
			continue;
		assert_int_equal(flow.payload_len, whole.payload_len);
		assert_int_equal(flow.payload_at, n < whole.payload_at ? n : whole.payload_at);
		assert_int_equal(flow.payload_caplen, n - flow.payload_at);
	}
}

static void packets_cut_at_every_length_say_the_same_or_nothing(void **state)
{
	struct frame v4 = { .n = 0 }, v6 = { .n = 0 }, snap = { .n = 0 }, icmp = { .n = 0 };

	(void)state;
	PUT(&v4, ETHER "\x88\xa8\0\1\x81\0\0\2\x08\0");
	put_ipv4(&v4, IPPROTO_TCP, TCP_BYTES + 5, 0);
	PUT(&v4, TCP "hello");
	check_each_length(DLT_EN10MB, &v4, 22 + 20 + 4, true);
	put_ipv6(&v6, IPPROTO_HOPOPTS, 8 + 8 + 24 + 13);
	HEADER(&v6, IPPROTO_FRAGMENT, OPTIONS);
	HEADER(&v6, IPPROTO_AH, FRAGMENT);
	HEADER(&v6, IPPROTO_UDP, AH);
	PUT(&v6, UDP);
	check_each_length(DLT_RAW, &v6, 40 + 8 + 8 + 24 + 4, false);
	PUT(&snap, "\0\4\0\1\0\6\2\0\0\0\0\1\0\0\0\4\xaa\xaa\3\0\0\0\x08\0");
	put_ipv4(&snap, IPPROTO_UDP, 13, 0);
	PUT(&snap, UDP);
	check_each_length(DLT_LINUX_SLL, &snap, 24 + 20 + 4, false);
	put_error4(&icmp, 8, 13);
	PUT(&icmp, UDP);
	check_each_length(DLT_RAW, &icmp, 20, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extension_headers_are_stepped_over),
		cmocka_unit_test(the_authentication_header_is_stepped_over_in_ipv4_too),
		cmocka_unit_test(fragments_of_ipv6_are_told),
		cmocka_unit_test(what_a_later_fragment_holds_is_no_header),
		cmocka_unit_test(the_walk_ends_at_headers_that_no_payload_follows),
		cmocka_unit_test(extension_headers_are_bounded),
		cmocka_unit_test(an_extension_header_longer_than_the_packet_is_refused),
		cmocka_unit_test(a_jumbogram_has_its_length_in_an_option),
		cmocka_unit_test(a_segment_not_cut_yet_is_as_long_as_its_frame),
		cmocka_unit_test(the_packet_that_an_icmp_error_quotes_is_told),
		cmocka_unit_test(the_packet_that_an_icmpv6_error_quotes_is_told),
		cmocka_unit_test(only_errors_quote_and_only_what_they_hold),
		cmocka_unit_test(packets_cut_at_every_length_say_the_same_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
