// SPDX-License-Identifier: BSD-2-Clause
/* Lines of link types other than Ethernet. The golden tests compare many more with tcpdump. */
#include "dissect/link/types.h"

#include "dissect/link/eth.h"
#include "dissect_harness.h"

/* The harness calls functions that return bool. */
#define WRAP(name)                                                                                 \
	static bool name(struct skw_dissect *d, struct skw_bytes b)                                \
	{                                                                                          \
		skw_dissect_##name(d, b);                                                          \
		return !d->cut;                                                                    \
	}

WRAP(ppp)
WRAP(ppp_serial)
WRAP(pppoe)
WRAP(chdlc)
WRAP(enc)
WRAP(ipnet)
WRAP(ipoib)
WRAP(dsa)
WRAP(edsa)
WRAP(brcm_tag)
WRAP(brcm_tag_prepended)
WRAP(wifi)
WRAP(radiotap)
WRAP(avs)
WRAP(prism)
WRAP(nflog)
WRAP(ppi)
WRAP(pktap)
WRAP(mpls)
WRAP(ether)
WRAP(cdp)
WRAP(dtp)
WRAP(udld)
WRAP(vtp)
WRAP(stp)

#define MACS "\2\0\0\0\0\2\2\0\0\0\0\1"
#define SNAP "\xaa\xaa\3\0\0\0"
#define TEN  "\0\0\0\0\0\0\0\0\0\0"
#define IPV4                                                                                       \
	"\x45\0\0\x1c\0\1\0\0\x40\1\0\0\x0a\0\0\1\x0a\0\0\2"                                       \
	"\x08\0\xf7\xfd\0\1\0\1"
#define IPV6                                                                                       \
	"\x60\0\0\0\0\0\x3b\x40"                                                                   \
	"\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\2"
#define LINE4     "IP 10.0.0.1 > 10.0.0.2: ICMP echo request, id 1, seq 1, length 8"
#define LINE6     "IP6 fe80::1 > fe80::2: no next header"

#define WIFI_DATA "\x08\1\0\0\2\0\0\0\0\1\2\0\0\0\0\2\2\0\0\0\0\3\0\0"
/* `name` and `command` have four bytes, and zeros behind them. */
#define PKTAP(dlt, name, command)                                                                  \
	"\x6c\0\0\0\1\0\0\0" dlt "\0\0\0" name TEN TEN "\2\0\0\0" TEN "\0\0"                       \
	"\x67\x12\0\0" command TEN TEN TEN TEN "\0\0\0\0\0\0\0\0"

static const struct {
	dissect_fn *fn;
	const char *bytes;
	size_t n;
	const char *line;
} cases[] = {
	{ ppp, BYTES("\xff\3\0\x21" IPV4), LINE4 },
	{ ppp, BYTES("\x57" IPV6), LINE6 },
	{ ppp, BYTES("\xff\3\x57" IPV6), LINE6 },
	{ ppp, BYTES("\xff\3\xc0\x21\1\2\0\4"), "LCP, Conf-Request (0x01), id 2, length 6" },
	{ ppp_serial, BYTES("\xff\3\0\x57" IPV6), "IP6: " LINE6 },
	{ ppp_serial, BYTES("\x0f\0\x08\0" IPV4), LINE4 },
	{ ppp_serial, BYTES("\x42\x43\0\x21" IPV4), "unknown addr 42; ctrl 43" },
	{ pppoe, BYTES("\x11\0\0\7\0\x1e\0\x21" IPV4), "PPPoE  [ses 0x7] " LINE4 },
	{ pppoe, BYTES("\x11\x09\0\0\0\x09\1\1\0\5a\33bcd"),
	  "PPPoE PADI [Service-Name \"a.bcd\"]" },
	{ chdlc, BYTES("\x8f\0\x86\xdd" IPV6), LINE6 },
	{ chdlc, BYTES("\x0f\0\x80\x35\0\0\0\2\0\0\0\5\0\0\0\4\xff\xff\5\x97\7\xc5"),
	  "SLARP (length: 18), keepalive: mineseen=0x00000005, yourseen=0x00000004, "
	  "reliability=0xffff, link uptime=1d2h3m4s" },
	{ enc, BYTES("\2\0\0\0\0\0\1\2\0\x0c\0\0" IPV4),
	  "(authentic,confidential): SPI 0x00000102: " LINE4 },
	{ enc, BYTES("\0\0\0\x18\0\0\1\2\0\0\0\0" IPV6), "(unprotected): SPI 0x00000102: " LINE6 },
	{ ipnet, BYTES("\1\x1a" TEN TEN "\0\0" IPV6), LINE6 },
	{ ipoib, BYTES(TEN TEN TEN TEN "\x08\0\0\0" IPV4), LINE4 },
	{ dsa, BYTES(MACS "\xc1\x2c\0\x64\x08\0" IPV4),
	  "DSA Forward trunk 1.5, VLAN 100u, " LINE4 },
	{ edsa, BYTES(MACS "\xda\xda\0\0\0\x08\x0f\xff\x08\0" IPV4),
	  "EDSA 0xdada, port 0.1 > CPU, VLAN 4095u, " LINE4 },
	{ brcm_tag, BYTES(MACS "\0\7\4\x65\x08\0" IPV4),
	  "BRCM tag OP: EG, CID: 7, RC: switching, TC: 3, port: 5, " LINE4 },
	{ brcm_tag_prepended, BYTES("\0\7\4\x65" MACS "\x86\xdd" IPV6), LINE6 },
	{ wifi, BYTES(WIFI_DATA SNAP "\x86\xdd" IPV6), LINE6 },
	{ wifi, BYTES("\x80\0" TEN TEN "\0\0" TEN "\x11\4\0\4a\33b\xff\1\2\x82\x0b\3\1\6"),
	  "Beacon (a^[bM-^?) [1.0* 5.5 Mbit] ESS CH: 6, PRIVACY" },
	{ wifi,
	  BYTES("\xc0\0"
		"\0\0\2\0\0\0\0\1\2\0\0\0\0\2\2\0\0\0\0\3\0\0"
		"\7\0"),
	  "DeAuthentication (02:00:00:00:00:02): reason 7" },
	{ wifi, BYTES("\x08\x41" TEN TEN "\0\0\1\2\3\x40"), "Data IV:30201 Pad 0 KeyID 1" },
	/* The last four bytes are a checksum, as the flags say. */
	{ radiotap,
	  BYTES("\0\0\x10\0\x0e\0\0\0\x10\2\x6c\x09\x80\4\0\0" WIFI_DATA SNAP "\x08\0" IPV4
		"\1\2\3\4"),
	  "1.0 Mb/s 2412 MHz 11g " LINE4 },
	{ avs, BYTES("\x80\x21\x10\1\0\0\0\x08" WIFI_DATA SNAP "\x08\0" IPV4), LINE4 },
	{ prism, BYTES("\x80\x21\x10\2\0\0\0\x08" WIFI_DATA SNAP "\x08\0" IPV4), LINE4 },
	{ nflog, BYTES("\2\0\0\5\5\0\x0a\0x\0\0\0\x20\0\x09\0" IPV4), LINE4 },
	{ nflog, BYTES("\x0a\0\0\5\0\5\0\x0ax\0\0\0\0\x2c\0\x09" IPV6), LINE6 },
	{ ppi, BYTES("\0\0\x08\0\x0c\0\0\0" IPV6), LINE6 },
	{ ppi, BYTES("\0\0\7\0\x0c\0\0\0" IPV6), " [length 7 < 8 or > 65532] (invalid)" },
	{ mpls, BYTES("\0\0\x10\x40\0\1\1\xff" IPV4),
	  "MPLS (label 1, tc 0, ttl 64) (label 16, tc 0, [S], ttl 255) " LINE4 },
	{ ether, BYTES(MACS "\0\x08\4\4\xf3\1\2\3\4\5"),
	  "02:00:00:00:00:01 > 02:00:00:00:00:02 SNA Unnumbered, test, Flags [Poll], length 8"
	  "\n\t0x0000:  0404 f301 0203 0405                      ........" },
	{ cdp, BYTES("\2\xb4\0\0\0\1\0\7r\33x"), "CDPv2, ttl: 180s, Device-ID 'r^[x', length 11" },
	{ dtp, BYTES("\1\0\1\0\5x"), "DTPv1, length 6" },
	{ udld, BYTES("\x21\3\0\0"),
	  "UDLDv1, Code Probe message (1), Flags [RT, RSY] (0x03), length 4" },
	{ stp,
	  BYTES("\0\0\0\0\x81\x60\1"
		"\2\0\0\0\0\1"
		"\0\0\0\4\x80\1"
		"\2\0\0\0\0\2"
		"\x80\3"
		"\0\x80\x14\0\2\0\x0f\0"),
	  "STP 802.1d, Config, Flags [Topology change, Topology change ACK], "
	  "bridge-id 8001.02:00:00:00:00:02.8003, length 35" },
};

static void each_link_type_has_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(dissect(cases[i].fn, 0, cases[i].bytes, cases[i].n),
				    cases[i].line);
}

/* With every captured length, and every length of the packet: nothing is read beyond it. */
static void cut_packets_are_not_read_beyond_their_end(void **state)
{
	static const char vtp_bytes[] = "\2\1\0\6" TEN TEN TEN "\0\0"
					"rest";

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		dissect_every_prefix(cases[i].fn, cases[i].bytes, cases[i].n);
	dissect_every_prefix(vtp, BYTES(vtp_bytes));
}

/* Names of processes and interfaces are chosen by strangers. */
static void names_of_pktap_are_escaped_and_bounded(void **state)
{
	static const char bytes[] = PKTAP("\xbd", "e\33n0", "cur\n");
	static const char plain[] = PKTAP("\x0c", "en00", "curl") IPV4;

	(void)state;
	assert_int_equal(sizeof(bytes) - 1, 108);
	assert_string_equal(dissect(pktap, 0, BYTES(bytes)),
			    "DLT USB_LINUX (189) len 108, e^[n0 Out, cur^J[4711], length 108: ");
	assert_string_equal(dissect(pktap, 0, BYTES(plain)), LINE4);
	dissect_every_prefix(pktap, BYTES(plain));
}

static void packets_in_packets_end_at_some_depth(void **state)
{
	char bytes[8 * 12 + sizeof(IPV4) - 1];

	(void)state;
	for (size_t i = 0; i < 12; i++)
		memcpy(bytes + 8 * i, i == 11 ? "\0\0\x08\0\x0c\0\0\0" : "\0\0\x08\0\xc0\0\0\0", 8);
	memcpy(bytes + 96, IPV4, sizeof(IPV4) - 1);
	assert_string_equal(dissect(ppi, 0, bytes + 40, sizeof(bytes) - 40), LINE4);
	assert_string_equal(dissect(ppi, 0, bytes + 32, sizeof(bytes) - 32), "[nested too deeply]");
	assert_string_equal(dissect(ppi, 0, bytes, sizeof(bytes)), "[nested too deeply]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_link_type_has_its_line),
		cmocka_unit_test(cut_packets_are_not_read_beyond_their_end),
		cmocka_unit_test(names_of_pktap_are_escaped_and_bounded),
		cmocka_unit_test(packets_in_packets_end_at_some_depth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
