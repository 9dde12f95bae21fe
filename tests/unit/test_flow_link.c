// SPDX-License-Identifier: BSD-2-Clause
/* Tuples behind the headers of link types that are not Ethernet or Linux's own. */
#include "flow/link.h"

#include "flow_frames.h"

#define MACS          "\2\0\0\0\0\2\2\0\0\0\0\1"
#define SNAP          "\xaa\xaa\3\0\0\0"
#define WIFI_DATA     "\x08\1\0\0\2\0\0\0\0\1\2\0\0\0\0\2\2\0\0\0\0\3\0\0"
#define PKTAP_16      "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define PKTAP_96      PKTAP_16 PKTAP_16 PKTAP_16 PKTAP_16 PKTAP_16 PKTAP_16
#define TEN           "\0\0\0\0\0\0\0\0\0\0"
#define FORTY         TEN TEN TEN TEN
#define LITERAL(text) (text), sizeof(text) - 1

static const struct {
	int dlt;
	const char *v4;
	size_t v4_len;
	const char *v6; /* NULL if there is nothing to say of it */
	size_t v6_len;
} links[] = {
	{ DLT_PPP, LITERAL("\xff\3\0\x21"), LITERAL("\xff\3\0\x57") },
	{ DLT_PPP, LITERAL("\x21"), LITERAL("\0\x57") },
	{ DLT_PPP, LITERAL("\xff\3\2\x81\0\0\x11\xff"), LITERAL("\xff\3\2\x83\0\0\x11\xff") },
	{ DLT_PPP_PPPD, LITERAL("\0\3\0\x21"), LITERAL("\1\3\x57") },
	{ DLT_PPP_SERIAL, LITERAL("\xff\3\0\x21"), LITERAL("\xff\3\0\x57") },
	{ DLT_PPP_SERIAL, LITERAL("\x0f\0\x08\0"), LITERAL("\x8f\0\x86\xdd") },
	{ DLT_PPP_ETHER, LITERAL("\x11\0\0\1\x10\0\0\x21"), LITERAL("\x11\0\0\1\x10\0\0\x57") },
	{ DLT_C_HDLC, LITERAL("\x0f\0\x08\0"), LITERAL("\x0f\0\x86\xdd") },
	{ DLT_C_HDLC, LITERAL("\x0f\0\x88\x47\0\0\1\xff"), LITERAL("\x0f\0\x88\x48\0\0\x21\xff") },
	{ DLT_ENC, LITERAL("\2\0\0\0\0\0\0\1\0\0\0\0"), LITERAL("\0\0\0\x18\0\0\0\1\0\0\0\0") },
	{ DLT_IPNET, LITERAL("\1\2" TEN TEN "\0\0"), LITERAL("\1\x1a" TEN TEN "\0\0") },
	{ DLT_IPOIB, LITERAL(FORTY "\x08\0\0\0"), LITERAL(FORTY "\x86\xdd\0\0") },
	{ DLT_DSA_TAG_DSA, LITERAL(MACS "\0\x08\0\0\x08\0"), LITERAL(MACS "\0\x08\0\0\x86\xdd") },
	{ DLT_DSA_TAG_EDSA, LITERAL(MACS "\xda\xda\0\0\0\x08\0\0\x08\0"),
	  LITERAL(MACS "\xda\xda\0\0\0\x08\0\0\x86\xdd") },
	{ DLT_DSA_TAG_BRCM, LITERAL(MACS "\x20\0\0\1\x08\0"), LITERAL(MACS "\x20\0\0\1\x86\xdd") },
	{ DLT_DSA_TAG_BRCM_PREPEND, LITERAL("\x20\0\0\1" MACS "\x08\0"),
	  LITERAL("\x20\0\0\1" MACS "\x86\xdd") },
	{ DLT_IEEE802_11, LITERAL(WIFI_DATA SNAP "\x08\0"), LITERAL(WIFI_DATA SNAP "\x86\xdd") },
	/* Four addresses and the field for quality of service. */
	{ DLT_IEEE802_11, LITERAL("\x88\3" TEN TEN TEN SNAP "\x08\0"), NULL, 0 },
	{ DLT_IEEE802_11_RADIO, LITERAL("\0\0\x08\0\0\0\0\0" WIFI_DATA SNAP "\x08\0"),
	  LITERAL("\0\0\x0c\0\2\0\0\x80\0\0\0\0"
		  "" WIFI_DATA SNAP "\x86\xdd") },
	/* Padded to four bytes behind the field for quality of service. */
	{ DLT_IEEE802_11_RADIO,
	  LITERAL("\0\0\x09\0\2\0\0\0\x20\x88\1" TEN TEN "\0\0\0\0\0\0" SNAP "\x08\0"), NULL, 0 },
	{ DLT_IEEE802_11_RADIO_AVS, LITERAL("\x80\x21\x10\1\0\0\0\x08" WIFI_DATA SNAP "\x08\0"),
	  LITERAL("\x80\x21\x10\1\0\0\0\x09x" WIFI_DATA SNAP "\x86\xdd") },
	{ DLT_PRISM_HEADER, LITERAL("\x80\x21\x10\2\0\0\0\x08" WIFI_DATA SNAP "\x08\0"),
	  LITERAL("\x44\0\0\0" FORTY FORTY FORTY TEN TEN WIFI_DATA SNAP "\x86\xdd") },
	{ DLT_PPI, LITERAL("\0\0\x08\0\x0c\0\0\0"),
	  LITERAL("\0\0\x0a\0\1\0\0\0xy" ETHER "\x86\xdd") },
	{ 258 /* PKTAP */, LITERAL("\x6c\0\0\0\1\0\0\0\x0c\0\0\0" PKTAP_96),
	  LITERAL("\x70\0\0\0\1\0\0\0\1\0\0\0" PKTAP_96 "more" ETHER "\x86\xdd") },
	{ DLT_EN10MB, LITERAL(ETHER "\x88\x47\0\0\x10\xff\0\0\x11\xff"),
	  LITERAL(ETHER "\x88\x47\0\0\x21\xff") },
	{ DLT_EN10MB, LITERAL(ETHER "\x88\x64\x11\0\0\1\x10\0\0\x21"),
	  LITERAL(ETHER "\x88\x64\x11\0\0\1\x10\0\xff\3\0\x57") },
};

static void add_udp(struct frame *f, bool v6)
{
	if (v6)
		put_ipv6(f, IPPROTO_UDP, 13);
	else
		put_ipv4(f, IPPROTO_UDP, 13, 0);
	PUT(f, UDP);
}

/* The tuple is found, and with fewer bytes captured the result is that bytes are missing. */
static void expect_tuple(int dlt, const char *header, size_t n, bool v6)
{
	struct skw_flow flow;
	struct frame f = { .n = 0 };
	uint32_t ports = (uint32_t)n + (v6 ? 40 : 20) + 4;

	put(&f, header, n);
	add_udp(&f, v6);
	assert_int_equal(flow_of(dlt, &f, &flow), 0);
	assert_tuple(&flow, v6 ? AF_INET6 : AF_INET, IPPROTO_UDP, 40000, 53);
	assert_int_equal(flow.ip_at, n);
	assert_int_equal(flow.payload_len, 5);
	for (uint32_t caplen = 0; caplen < f.n; caplen++)
		assert_int_equal(flow_of_cut(dlt, &f, caplen, f.n, &flow),
				 caplen < ports ? -ENODATA : 0);
}

static void each_header_leads_to_the_tuple(void **state)
{
	(void)state;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(links); i++) {
		expect_tuple(links[i].dlt, links[i].v4, links[i].v4_len, false);
		if (links[i].v6)
			expect_tuple(links[i].dlt, links[i].v6, links[i].v6_len, true);
	}
}

static int behind(int dlt, const char *header, size_t n)
{
	struct skw_flow flow;
	struct frame f = { .n = 0 };

	put(&f, header, n);
	add_udp(&f, false);
	return flow_of(dlt, &f, &flow);
}

#define BEHIND(dlt, header) behind(dlt, header, sizeof(header) - 1)

/* Values before the packet, in both byte orders. */
static void a_logged_packet_is_found_behind_other_values(void **state)
{
	(void)state;
	assert_int_equal(BEHIND(DLT_NFLOG, "\2\0\0\5\x24\0\x09\0"), 0);
	assert_int_equal(BEHIND(DLT_NFLOG, "\2\0\0\5\0\x24\0\x09"), 0);
	assert_int_equal(BEHIND(DLT_NFLOG, "\2\0\0\5\5\0\x0a\0x\0\0\0\x24\0\x09\0"), 0);
	assert_int_equal(BEHIND(DLT_NFLOG, "\2\0\0\5\0\5\0\x0ax\0\0\0\0\x24\0\x09"), 0);
	assert_int_equal(BEHIND(DLT_NFLOG, "\x0a\0\0\5\x24\0\x09\0"), -EBADMSG);
}

static void frames_without_ip_are_told_as_such(void **state)
{
	(void)state;
	assert_int_equal(BEHIND(DLT_PPP, "\xff\3\xc0\x21"), -ENOENT);
	assert_int_equal(BEHIND(DLT_PPP_SERIAL, "\x42\3\0\x21"), -ENOENT);
	assert_int_equal(BEHIND(DLT_PPP_ETHER, "\x11\x09\0\0\0\x10\0\x21"), -ENOENT);
	assert_int_equal(BEHIND(DLT_C_HDLC, "\x0f\0\x80\x35"), -ENOENT);
	assert_int_equal(BEHIND(DLT_ENC, "\7\0\0\0\0\0\0\1\0\0\0\0"), -ENOENT);
	assert_int_equal(BEHIND(DLT_IPNET, "\1\7" TEN TEN "\0\0"), -ENOENT);
	assert_int_equal(BEHIND(DLT_IPOIB, FORTY "\x08\6\0\0"), -ENOENT);
	/* A beacon, an acknowledgment, a frame without data, an encrypted one, an unknown one. */
	assert_int_equal(BEHIND(DLT_IEEE802_11, "\x80\0"), -ENOENT);
	assert_int_equal(BEHIND(DLT_IEEE802_11, "\xd4\0"), -ENOENT);
	assert_int_equal(BEHIND(DLT_IEEE802_11, "\x48\1"), -ENOENT);
	assert_int_equal(BEHIND(DLT_IEEE802_11, "\x08\x41"), -ENOENT);
	assert_int_equal(BEHIND(DLT_IEEE802_11, "\x0c\0"), -ENOENT);
	assert_int_equal(BEHIND(DLT_NFLOG, "\7\0\0\5\x24\0\x09\0"), -ENOENT);
	assert_int_equal(BEHIND(DLT_NFLOG, "\2\1\0\5\x24\0\x09\0"), -ENOENT);
	assert_int_equal(BEHIND(DLT_PPI, "\0\0\x08\0\xbd\0\0\0"), -ENOENT);
	assert_int_equal(BEHIND(DLT_PPI, "\0\0\x08\0\xff\xff\xff\xff"), -ENOENT);
	assert_int_equal(BEHIND(258, "\x6c\0\0\0\0\0\0\0\x0c\0\0\0" PKTAP_96), -ENOENT);
	/* The label alone does not tell that it is IP, and what follows does not look like it. */
	assert_int_equal(BEHIND(DLT_EN10MB, ETHER "\x88\x47\0\1\1\xff\0\0\0\0"), -ENOENT);
}

static void headers_with_impossible_lengths_are_refused(void **state)
{
	(void)state;
	assert_int_equal(BEHIND(DLT_IEEE802_11_RADIO, "\0\0\7\0\0\0\0\0"), -EBADMSG);
	assert_int_equal(BEHIND(DLT_IEEE802_11_RADIO, "\0\0\xff\xff\0\0\0\0"), -EBADMSG);
	/* Words of bits up to the end of the header. */
	assert_int_equal(BEHIND(DLT_IEEE802_11_RADIO, "\0\0\x0c\0\0\0\0\x80\0\0\0\x80"), -EBADMSG);
	assert_int_equal(BEHIND(DLT_IEEE802_11_RADIO_AVS, "\x80\x21\x10\1\0\0\0\7"), -EBADMSG);
	assert_int_equal(BEHIND(DLT_IEEE802_11_RADIO_AVS, "\x80\x21\x10\1\xff\xff\xff\xff"),
			 -EBADMSG);
	assert_int_equal(BEHIND(DLT_NFLOG, "\2\0\0\5\3\0\x0a\0"), -EBADMSG);
	assert_int_equal(BEHIND(DLT_NFLOG, "\2\0\0\5\xff\xff\x0a\0"), -EBADMSG);
	assert_int_equal(BEHIND(DLT_PPI, "\0\0\7\0\x0c\0\0\0"), -EBADMSG);
	assert_int_equal(BEHIND(DLT_PPI, "\0\0\xff\xff\x0c\0\0\0"), -EBADMSG);
	assert_int_equal(BEHIND(258, "\x6b\0\0\0\1\0\0\0\x0c\0\0\0" PKTAP_96), -EBADMSG);
	assert_int_equal(BEHIND(258, "\xff\xff\xff\xff\1\0\0\0\x0c\0\0\0" PKTAP_96), -EBADMSG);
	/* The checksum that the header announces is longer than the frame. */
	assert_int_equal(flow_of(DLT_IEEE802_11_RADIO,
				 &(struct frame){ "\0\0\x09\0\2\0\0\0\x10\1\2\3", 12 },
				 &(struct skw_flow){ .known = 0 }),
			 -EBADMSG);
}

/* Headers that hold each other are followed up to a limit. */
static void wrapped_packets_are_followed_seven_times(void **state)
{
	(void)state;
	for (unsigned depth = 1; depth < 20; depth++) {
		struct frame f = { .n = 0 };
		struct skw_flow flow;

		for (unsigned i = 1; i < depth; i++)
			PUT(&f, "\0\0\x08\0\xc0\0\0\0");
		PUT(&f, "\0\0\x08\0\x0c\0\0\0");
		add_udp(&f, false);
		assert_int_equal(flow_of(DLT_PPI, &f, &flow), depth <= 7 ? 0 : -ENOENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_header_leads_to_the_tuple),
		cmocka_unit_test(a_logged_packet_is_found_behind_other_values),
		cmocka_unit_test(frames_without_ip_are_told_as_such),
		cmocka_unit_test(headers_with_impossible_lengths_are_refused),
		cmocka_unit_test(wrapped_packets_are_followed_seven_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
