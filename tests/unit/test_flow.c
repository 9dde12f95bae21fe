// SPDX-License-Identifier: BSD-2-Clause
/* Link layers, IPv4, TCP and UDP. All samples are compared with the printer's lines elsewhere. */
#include "flow/flow.h"

#include "flow_frames.h"

static void the_header_of_tcp_is_told(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	PUT(&f, ETHER "\x08\0");
	put_ipv4(&f, IPPROTO_TCP, TCP_BYTES + 3, 0x4000);
	PUT(&f, TCP "abc");
	assert_int_equal(flow_of(DLT_EN10MB, &f, &flow), 0);
	assert_tuple(&flow, AF_INET, IPPROTO_TCP, 40000, 443);
	assert_int_equal(flow.known, SKW_FLOW_PORTS | SKW_FLOW_TCP | SKW_FLOW_PAYLOAD);
	assert_int_equal(flow.ip_at, 14);
	assert_int_equal(flow.ip_len, 20 + TCP_BYTES + 3);
	assert_int_equal(flow.transport_at, 34);
	assert_int_equal(flow.payload_at, 34 + TCP_BYTES);
	assert_int_equal(flow.payload_len, 3);
	assert_int_equal(flow.payload_caplen, 3);
	assert_int_equal(flow.tcp.seq, 0x01020304);
	assert_int_equal(flow.tcp.ack, 0x05060708);
	assert_int_equal(flow.tcp.window, 502);
	assert_int_equal(flow.tcp.flags, 0x18);
	assert_int_equal(flow.tcp.header_len, TCP_BYTES);
	assert_int_equal(flow.fragment, SKW_FLOW_WHOLE);
	assert_int_equal(flow.fragment_id, 0x1234);
	assert_int_equal(flow.vlans, 0);
}

/* Link-layer headers that lead to IPv4 and to IPv6. */
static const struct {
	int dlt;
	const char *v4, *v6;
	uint32_t n;
} links[] = {
	{ DLT_EN10MB, ETHER "\x08\0", ETHER "\x86\xdd", 14 },
	{ DLT_RAW, "", "", 0 },
	{ 14, "", "", 0 },
	{ 101, "", "", 0 },
	{ DLT_IPV4, "", "", 0 },
	{ DLT_IPV6, "", "", 0 },
	{ DLT_NULL, "\2\0\0\0", "\x1e\0\0\0", 4 },
	{ DLT_NULL, "\0\0\0\2", "\0\0\0\x1c", 4 },
	{ DLT_LOOP, "\0\0\0\2", "\0\0\0\x18", 4 },
	{ DLT_LINUX_SLL, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x08\0",
	  "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x86\xdd", 16 },
	{ DLT_LINUX_SLL2, "\x08\0\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0",
	  "\x86\xdd\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0", 20 },
};

static void each_link_type_leads_to_the_same_tuple(void **state)
{
	struct skw_flow flow;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(links); i++) {
		struct frame v4 = { .n = 0 }, v6 = { .n = 0 };

		put(&v4, links[i].v4, links[i].n);
		put_ipv4(&v4, IPPROTO_UDP, 13, 0);
		PUT(&v4, UDP);
		assert_int_equal(flow_of(links[i].dlt, &v4, &flow), 0);
		assert_tuple(&flow, AF_INET, IPPROTO_UDP, 40000, 53);
		assert_int_equal(flow.ip_at, links[i].n);
		assert_int_equal(flow.payload_at, links[i].n + 28);
		assert_int_equal(flow.payload_len, 5);
		put(&v6, links[i].v6, links[i].n);
		put_ipv6(&v6, IPPROTO_UDP, 13);
		PUT(&v6, UDP);
		assert_int_equal(flow_of(links[i].dlt, &v6, &flow), 0);
		assert_tuple(&flow, AF_INET6, IPPROTO_UDP, 40000, 53);
		assert_int_equal(flow.ip_at, links[i].n);
	}
}

/* A UDP packet behind a link-layer header. */
static int flow_behind(int dlt, const char *header, size_t n, struct skw_flow *flow)
{
	struct frame f = { .n = 0 };

	put(&f, header, n);
	put_ipv4(&f, IPPROTO_UDP, 13, 0);
	PUT(&f, UDP);
	return flow_of(dlt, &f, flow);
}

#define BEHIND(dlt, header, flow) flow_behind(dlt, header, sizeof(header) - 1, flow)

static void tags_are_stepped_over_and_told(void **state)
{
	struct skw_flow flow;

	(void)state;
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\x81\0\xe0\5\x08\0", &flow), 0);
	assert_tuple(&flow, AF_INET, IPPROTO_UDP, 40000, 53);
	assert_int_equal(flow.vlans, 1);
	assert_int_equal(flow.vlan[0], 5);
	assert_int_equal(flow.vlan[1], 0);
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\x88\xa8\0\x64\x81\0\1\x2c\x08\0", &flow), 0);
	assert_int_equal(flow.vlans, 2);
	assert_int_equal(flow.vlan[0], 100);
	assert_int_equal(flow.vlan[1], 300);
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\x91\0\0\1\x92\0\0\2\x81\0\0\3\x08\0", &flow),
			 0);
	assert_int_equal(flow.vlans, 3);
	assert_int_equal(flow.vlan[0], 1);
	assert_int_equal(flow.vlan[1], 2);
	assert_int_equal(flow.ip_at, 26);
	assert_int_equal(
		BEHIND(DLT_LINUX_SLL, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x81\0\0\7\x08\0", &flow), 0);
	assert_int_equal(flow.vlan[0], 7);
}

static void no_more_than_255_tags_are_followed(void **state)
{
	struct skw_flow flow;

	(void)state;
	for (unsigned tags = 255; tags <= 256; tags++) {
		struct frame f = { .n = 0 };

		PUT(&f, ETHER);
		for (unsigned i = 0; i < tags; i++)
			PUT(&f, "\x81\0\0\1");
		PUT(&f, "\x08\0");
		put_ipv4(&f, IPPROTO_UDP, 13, 0);
		PUT(&f, UDP);
		assert_int_equal(flow_of(DLT_EN10MB, &f, &flow), tags == 255 ? 0 : -EBADMSG);
	}
}

static void llc_leads_to_ip_by_snap_or_by_its_own_service(void **state)
{
	struct skw_flow flow;

	(void)state;
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\0\x31\xaa\xaa\3\0\0\0\x08\0", &flow), 0);
	assert_tuple(&flow, AF_INET, IPPROTO_UDP, 40000, 53);
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\0\x2c\6\6\3", &flow), 0);
	assert_int_equal(flow.ip_at, 17);
	assert_int_equal(BEHIND(DLT_LINUX_SLL,
				"\0\0\0\1\0\6\2\0\0\0\0\1\0\0\0\4\xaa\xaa\3\0\0\0\x08\0", &flow),
			 0);
	assert_int_equal(
		BEHIND(DLT_LINUX_SLL, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x81\0\0\7\0\x2c\6\6\3", &flow),
		0);
	/* Another organization's protocol, another service, IPX without a header of LLC. */
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\0\x31\xaa\xaa\3\0\0\x0c\x08\0", &flow),
			 -ENOENT);
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\0\x2c\x42\x42\3", &flow), -ENOENT);
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\0\x2c\xff\xff\0", &flow), -ENOENT);
	/* The frame says that it ends before the ports. */
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\0\2\6\6\3", &flow), -EBADMSG);
}

static void what_is_no_ip_is_told_as_such(void **state)
{
	struct skw_flow flow;

	(void)state;
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\x08\6", &flow), -ENOENT);
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\x88\xcc", &flow), -ENOENT);
	assert_int_equal(BEHIND(DLT_NULL, "\7\0\0\0", &flow), -ENOENT);
	assert_int_equal(BEHIND(DLT_LINUX_SLL, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\0\1", &flow), -ENOENT);
	assert_int_equal(BEHIND(DLT_USB_LINUX, "", &flow), -ENOENT);
}

static void headers_that_contradict_themselves_are_refused(void **state)
{
	static const struct {
		uint32_t at;
		uint8_t value;
	} wrong[] = {
		{ 14, 0x65 }, /* version 6 behind IPv4's ethertype */
		{ 14, 0x44 }, /* a header of 16 bytes */
		{ 17, 19 },   /* a packet of 19 */
		{ 17, 22 },   /* no room for the ports */
	};
	struct skw_flow flow;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(wrong); i++) {
		struct frame f = { .n = 0 };

		PUT(&f, ETHER "\x08\0");
		put_ipv4(&f, IPPROTO_UDP, 13, 0);
		PUT(&f, UDP);
		f.bytes[wrong[i].at] = wrong[i].value;
		assert_int_equal(flow_of(DLT_EN10MB, &f, &flow), -EBADMSG);
	}
	assert_int_equal(BEHIND(DLT_RAW, "\x50", &flow), -EBADMSG);
	/* More was captured than there was. */
	struct frame f = { .n = 0 };

	put_ipv4(&f, IPPROTO_UDP, 13, 0);
	PUT(&f, UDP);
	assert_int_equal(flow_of_cut(DLT_RAW, &f, f.n, f.n - 1, &flow), -EBADMSG);
}

static void padding_is_no_payload(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	PUT(&f, ETHER "\x08\0");
	put_ipv4(&f, IPPROTO_TCP, 20, 0x4000);
	PUT(&f, "\x9c\x40\1\xbb\1\2\3\4\5\6\7\x08\x50\x10\1\xf6\0\0\0\0"
		"\0\0\0\0\0\0");
	assert_int_equal(flow_of(DLT_EN10MB, &f, &flow), 0);
	assert_int_equal(flow.known, SKW_FLOW_PORTS | SKW_FLOW_TCP | SKW_FLOW_PAYLOAD);
	assert_int_equal(flow.payload_len, 0);
	assert_int_equal(flow.payload_caplen, 0);
	assert_int_equal(flow.payload_at, f.n - 6);
	assert_int_equal(flow.ip_len, 40);
}

static void options_of_ipv4_are_stepped_over(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	put_ipv4(&f, IPPROTO_UDP, 4 + 13, 0);
	f.bytes[0] = 0x46;
	PUT(&f, "\x94\4\0\0" UDP);
	assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
	assert_tuple(&flow, AF_INET, IPPROTO_UDP, 40000, 53);
	assert_int_equal(flow.transport_at, 24);
}

static void fragments_of_ipv4_are_told(void **state)
{
	struct frame first = { .n = 0 }, later = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	put_ipv4(&first, IPPROTO_UDP, 13, 0x2000);
	PUT(&first, UDP);
	assert_int_equal(flow_of(DLT_RAW, &first, &flow), 0);
	assert_tuple(&flow, AF_INET, IPPROTO_UDP, 40000, 53);
	assert_int_equal(flow.fragment, SKW_FLOW_FIRST);
	assert_int_equal(flow.fragment_id, 0x1234);
	put_ipv4(&later, IPPROTO_UDP, 13, 0x2000 | 185);
	PUT(&later, UDP);
	assert_int_equal(flow_of(DLT_RAW, &later, &flow), 0);
	assert_tuple(&flow, AF_INET, IPPROTO_UDP, 0, 0);
	assert_int_equal(flow.fragment, SKW_FLOW_LATER);
	assert_int_equal(flow.fragment_id, 0x1234);
	assert_int_equal(flow.fragment_offset, 1480);
	assert_int_equal(flow.known, SKW_FLOW_PAYLOAD);
	assert_int_equal(flow.payload_at, 20);
	assert_int_equal(flow.payload_len, 13);
}

static void a_segment_not_cut_yet_is_as_long_as_its_frame(void **state)
{
	struct frame f = { .n = 0 };
	struct skw_flow flow;

	(void)state;
	PUT(&f, ETHER "\x08\0");
	put_ipv4(&f, IPPROTO_TCP, 0, 0x4000);
	PUT(&f, TCP);
	f.bytes[16] = f.bytes[17] = 0;
	assert_int_equal(flow_of_cut(DLT_EN10MB, &f, f.n, 14 + 20 + TCP_BYTES + 70000, &flow), 0);
	assert_int_equal(flow.payload_len, 70000);
	assert_int_equal(flow.payload_caplen, 0);
	assert_int_equal(flow_of(DLT_EN10MB, &f, &flow), -EBADMSG);
}

static void lengths_of_udp_count_as_far_as_the_packet_goes(void **state)
{
	static const struct {
		uint8_t len;
		uint8_t known;
		uint32_t payload;
	} cases[] = {
		{ 13, SKW_FLOW_PORTS | SKW_FLOW_PAYLOAD, 5 },
		{ 10, SKW_FLOW_PORTS | SKW_FLOW_PAYLOAD, 2 },
		{ 8, SKW_FLOW_PORTS | SKW_FLOW_PAYLOAD, 0 },
		{ 99, SKW_FLOW_PORTS | SKW_FLOW_PAYLOAD, 5 },
		{ 7, SKW_FLOW_PORTS, 0 },
		{ 0, SKW_FLOW_PORTS, 0 },
	};
	struct skw_flow flow;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(cases); i++) {
		struct frame f = { .n = 0 };

		put_ipv4(&f, IPPROTO_UDP, 13, 0);
		PUT(&f, UDP);
		f.bytes[25] = cases[i].len;
		assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
		assert_int_equal(flow.known, cases[i].known);
		assert_int_equal(flow.payload_len, cases[i].payload);
	}
}

static void a_wrong_header_of_tcp_leaves_the_ports(void **state)
{
	static const uint8_t offsets[] = { 0x00, 0x40, 0xf0 };
	struct skw_flow flow;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(offsets); i++) {
		struct frame f = { .n = 0 };

		put_ipv4(&f, IPPROTO_TCP, TCP_BYTES, 0);
		PUT(&f, TCP);
		f.bytes[20 + 12] = offsets[i];
		assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
		assert_tuple(&flow, AF_INET, IPPROTO_TCP, 40000, 443);
		assert_int_equal(flow.known, SKW_FLOW_PORTS);
	}
}

static void protocols_without_ports_and_tunnels_are_told_by_number(void **state)
{
	static const uint8_t protos[] = { IPPROTO_ICMP, IPPROTO_IPIP, IPPROTO_GRE, IPPROTO_ESP,
					  253 };
	struct skw_flow flow;

	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(protos); i++) {
		struct frame f = { .n = 0 };

		put_ipv4(&f, protos[i], 13, 0);
		PUT(&f, UDP);
		assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
		assert_tuple(&flow, AF_INET, protos[i], 0, 0);
		assert_int_equal(flow.known, SKW_FLOW_PAYLOAD);
		assert_int_equal(flow.payload_at, flow.transport_at);
		assert_int_equal(flow.payload_len, 13);
	}

	struct frame f = { .n = 0 };

	put_ipv4(&f, IPPROTO_SCTP, 13, 0);
	PUT(&f, UDP);
	assert_int_equal(flow_of(DLT_RAW, &f, &flow), 0);
	assert_tuple(&flow, AF_INET, IPPROTO_SCTP, 40000, 53);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_of_tcp_is_told),
		cmocka_unit_test(each_link_type_leads_to_the_same_tuple),
		cmocka_unit_test(tags_are_stepped_over_and_told),
		cmocka_unit_test(no_more_than_255_tags_are_followed),
		cmocka_unit_test(llc_leads_to_ip_by_snap_or_by_its_own_service),
		cmocka_unit_test(what_is_no_ip_is_told_as_such),
		cmocka_unit_test(headers_that_contradict_themselves_are_refused),
		cmocka_unit_test(padding_is_no_payload),
		cmocka_unit_test(options_of_ipv4_are_stepped_over),
		cmocka_unit_test(fragments_of_ipv4_are_told),
		cmocka_unit_test(a_segment_not_cut_yet_is_as_long_as_its_frame),
		cmocka_unit_test(lengths_of_udp_count_as_far_as_the_packet_goes),
		cmocka_unit_test(a_wrong_header_of_tcp_leaves_the_ports),
		cmocka_unit_test(protocols_without_ports_and_tunnels_are_told_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
