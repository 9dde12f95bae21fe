// SPDX-License-Identifier: BSD-2-Clause
#include "filter_packet.h"

#include <stdbool.h>
#include <string.h>

#include "util/cleanup.h"

/* How deep tunnels and tags are nested. */
#define DEPTH_MAX 5

struct maker {
	struct test_random *r;
	uint8_t *frame;
	uint32_t len;
	unsigned depth;
};

static uint32_t below(struct maker *m, uint32_t n)
{
	return test_random_below(m->r, n);
}

static bool once_in(struct maker *m, uint32_t n)
{
	return below(m, n) == 0;
}

static uint32_t pick(struct maker *m, const uint32_t *values, size_t n)
{
	return values[below(m, (uint32_t)n)];
}

#define PICK(m, ...)                                                                               \
	pick(m, (const uint32_t[]){ __VA_ARGS__ },                                                 \
	     sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

static void put(struct maker *m, const void *bytes, uint32_t n)
{
	if (m->len + n > TEST_FRAME_MAX / 2)
		return;
	memcpy(m->frame + m->len, bytes, n);
	m->len += n;
}

static void put8(struct maker *m, uint32_t v)
{
	uint8_t byte = (uint8_t)v;

	put(m, &byte, 1);
}

static void put16(struct maker *m, uint32_t v)
{
	put8(m, v >> 8);
	put8(m, v);
}

static void put32(struct maker *m, uint32_t v)
{
	put16(m, v >> 16);
	put16(m, v);
}

static void put_random(struct maker *m, uint32_t n)
{
	while (n--)
		put8(m, test_random_next(m->r));
}

static void patch16(struct maker *m, uint32_t at, uint32_t v)
{
	m->frame[at] = (uint8_t)(v >> 8);
	m->frame[at + 1] = (uint8_t)v;
}

static void payload(struct maker *m)
{
	if (once_in(m, 4))
		put(m, "GET / HTTP/1.1\r\n", 16);
	put_random(m, once_in(m, 25) ? below(m, 8000) : below(m, 80));
}

static uint32_t port(struct maker *m)
{
	if (once_in(m, 6))
		return test_random_next(m->r) & 0xffff;
	return PICK(m, 22, 53, 53, 67, 80, 80, 443, 443, 3868, 5000, 40000, 63);
}

static void tcp(struct maker *m)
{
	uint32_t options = once_in(m, 3) ? below(m, 8) : 0;

	put16(m, port(m));
	put16(m, port(m));
	put32(m, test_random_next(m->r));
	put32(m, test_random_next(m->r));
	put8(m, (5 + options) << 4);
	put8(m, PICK(m, 0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0xc2, 0x00, 0xff));
	put16(m, once_in(m, 4) ? 0 : test_random_next(m->r));
	put32(m, 0);
	put_random(m, 4 * options);
	payload(m);
}

static void any_ethertype(struct maker *m);
static void ipv4(struct maker *m);
static void ipv6(struct maker *m);

static void geneve(struct maker *m)
{
	bool ethernet = once_in(m, 2);

	put16(m, 0);
	put16(m, ethernet ? 0x6558 : 0x0800);
	put32(m, PICK(m, 10, 11, 0xfffff0) << 8);
	if (ethernet) {
		put_random(m, 12);
		any_ethertype(m);
	} else {
		ipv4(m);
	}
}

static void udp(struct maker *m)
{
	uint32_t at = m->len;
	bool tunnel = once_in(m, 8);

	put16(m, port(m));
	put16(m, tunnel ? 6081 : port(m));
	put32(m, 0);
	if (tunnel)
		geneve(m);
	else if (once_in(m, 2))
		put(m, "\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1", 19);
	payload(m);
	patch16(m, at + 4, once_in(m, 10) ? below(m, 0x10000) : m->len - at);
}

static void icmp(struct maker *m)
{
	put8(m, PICK(m, 0, 3, 5, 8, 11, 12, 13));
	put8(m, below(m, 5));
	put_random(m, 6);
	payload(m);
}

static void icmp6(struct maker *m)
{
	put8(m, PICK(m, 1, 2, 3, 128, 129, 130, 133, 134, 135, 136, 143));
	put8(m, below(m, 4));
	put_random(m, 22);
	payload(m);
}

static void sctp(struct maker *m)
{
	put16(m, PICK(m, 3868, 2905));
	put16(m, port(m));
	put_random(m, 8);
	payload(m);
}

static void igmp(struct maker *m)
{
	put8(m, PICK(m, 0x11, 0x12, 0x16, 0x17, 0x22));
	put_random(m, 7);
}

static void unknown(struct maker *m)
{
	payload(m);
}

static const struct {
	uint8_t proto;
	void (*make)(struct maker *m);
} transports[] = {
	{ 6, tcp },      { 6, tcp },      { 6, tcp },       { 17, udp },      { 17, udp },
	{ 1, icmp },     { 58, icmp6 },   { 58, icmp6 },    { 132, sctp },    { 2, igmp },
	{ 50, unknown }, { 47, unknown }, { 103, unknown }, { 112, unknown }, { 4, ipv4 },
	{ 41, ipv6 },    { 59, unknown }, { 253, unknown },
};

/* An authentication header and then a transport header, in IPv4 and in IPv6. */
static void transport(struct maker *m, uint32_t proto_at)
{
	uint32_t i = below(m, SKW_ARRAY_SIZE(transports));

	if (m->depth >= DEPTH_MAX)
		i = 0;
	if (once_in(m, 12)) {
		m->frame[proto_at] = 51;
		proto_at = m->len;
		put8(m, 0);
		put8(m, 4);
		put_random(m, 22);
	}
	m->frame[proto_at] = transports[i].proto;
	m->depth++;
	transports[i].make(m);
}

static void address4(struct maker *m)
{
	put32(m, PICK(m, 0x0a000001, 0x0a000001, 0x0a000002, 0x0a000002, 0x0a000003, 0x0a000101,
		      0xc0a80101, 0xc0a80102, 0xac100504, 0xe0000001, 0xffffffff,
		      test_random_next(m->r)));
}

static void ipv4(struct maker *m)
{
	uint32_t at = m->len, options = once_in(m, 5) ? 1 + below(m, 5) : 0;

	put8(m, 0x45 + options);
	put8(m, PICK(m, 0, 0, 0xb8, 0x10));
	put16(m, 0);
	put16(m, once_in(m, 4) ? below(m, 16) : test_random_next(m->r));
	put16(m, PICK(m, 0, 0, 0, 0x4000, 0x4000, 0x2000, 0x2010, 0x0010, 0x1fff));
	put8(m, PICK(m, 1, 5, 63, 64, 64, 128, 255, 0));
	put8(m, 0);
	put16(m, 0);
	address4(m);
	address4(m);
	for (; options; options--)
		put32(m, 0x01010100);
	transport(m, at + 9);
	patch16(m, at + 2, once_in(m, 12) ? below(m, 0x10000) : m->len - at);
}

static void address6(struct maker *m)
{
	static const char prefixes[][9] = {
		"\x20\x01\x0d\xb8\0\0\0\0", "\x20\x01\x0d\xb8\0\0\0\0", "\x20\x01\x0d\xb8\0\0\0\1",
		"\xfe\x80\0\0\0\0\0\0",     "\xff\x02\0\0\0\0\0\0",
	};

	put(m, prefixes[below(m, SKW_ARRAY_SIZE(prefixes))], 8);
	put32(m, once_in(m, 20) ? test_random_next(m->r) : 0);
	put32(m, PICK(m, 1, 1, 2, 2, 3, 0x1ff0001));
}

/* Hop-by-hop, routing, fragment, destination, mobility: next header, length, six or more bytes. */
static uint32_t extension(struct maker *m, uint32_t next_at)
{
	uint32_t kind = PICK(m, 0, 43, 44, 44, 60, 135), at = m->len;
	uint32_t units = kind == 44 ? 0 : below(m, 3);

	m->frame[next_at] = (uint8_t)kind;
	put8(m, 59);
	put8(m, units);
	if (kind == 44)
		put16(m, PICK(m, 0, 1, 0x101, 0x100));
	else
		put16(m, 0x0104);
	put_random(m, 4 + 8 * units);
	return at;
}

static void ipv6(struct maker *m)
{
	uint32_t at = m->len, next_at = at + 6;

	put32(m, 0x60000000 | (once_in(m, 2) ? test_random_next(m->r) & 0x0fffffff : 0));
	put16(m, 0);
	put8(m, 59);
	put8(m, PICK(m, 1, 63, 64, 255));
	address6(m);
	address6(m);
	for (uint32_t n = once_in(m, 2) ? 0 : 1 + below(m, 4); n; n--)
		next_at = extension(m, next_at);
	transport(m, next_at);
	patch16(m, at + 4, once_in(m, 12) ? below(m, 0x10000) : m->len - at - 40);
}

static void type_ipv4(struct maker *m)
{
	put16(m, 0x0800);
	ipv4(m);
}

static void type_ipv6(struct maker *m)
{
	put16(m, 0x86dd);
	ipv6(m);
}

static void type_arp(struct maker *m)
{
	put16(m, PICK(m, 0x0806, 0x0806, 0x8035));
	put(m, "\0\1\x08\0\6\4", 6);
	put16(m, 1 + below(m, 4));
	put_random(m, 6);
	address4(m);
	put_random(m, 6);
	address4(m);
	put_random(m, below(m, 20));
}

static void type_vlan(struct maker *m)
{
	put16(m, PICK(m, 0x8100, 0x8100, 0x8100, 0x88a8, 0x9100));
	put16(m, PICK(m, 5, 5, 7, 7, 100, 0, 0xfff) | below(m, 8) << 13 | below(m, 2) << 12);
	any_ethertype(m);
}

static void type_mpls(struct maker *m)
{
	put16(m, PICK(m, 0x8847, 0x8847, 0x8848));
	put32(m, PICK(m, 1000, 1000, 1001, 16) << 12 | 64);
	if (once_in(m, 2))
		put32(m, PICK(m, 1000, 1001, 1001, 20) << 12 | 64);
	m->frame[m->len - 2] |= 1;
	if (once_in(m, 2))
		ipv4(m);
	else
		ipv6(m);
}

static void type_pppoe(struct maker *m)
{
	bool session = !once_in(m, 4);
	uint32_t protocol = PICK(m, 0x0021, 0x0021, 0x0057, 0xc021), at = m->len + 6;

	put16(m, session ? 0x8864 : 0x8863);
	put16(m, session ? 0x1100 : 0x1109);
	put16(m, PICK(m, 17, 17, 18));
	put16(m, 0);
	if (session)
		put16(m, protocol);
	if (session && protocol == 0x0021)
		ipv4(m);
	else if (session && protocol == 0x0057)
		ipv6(m);
	else
		payload(m);
	patch16(m, at, m->len - at - 2);
}

static void type_other(struct maker *m)
{
	put16(m, PICK(m, 0x809b, 0x80f3, 0x6003, 0x6004, 0x6002, 0x8137, 0x88cc, 0x9000,
		      1501 + below(m, 0xffff - 1501)));
	payload(m);
}

static void type_llc(struct maker *m)
{
	uint32_t sap = PICK(m, 0x42, 0xe0, 0xf0, 0xfe, 0xaa, 0xaa, 0xff, 0x06);
	uint32_t at = m->len;

	put16(m, 0);
	put8(m, sap);
	put8(m, sap);
	put8(m, PICK(m, 3, 3, 3, 0xaf, 0xe3, 0x01, 0x05, 0x10));
	if (sap == 0xaa) {
		put(m, once_in(m, 2) ? "\0\0\0" : "\x08\0\x07", 3);
		put16(m, PICK(m, 0x0800, 0x809b, 0x80f3, 0x8137));
	}
	payload(m);
	patch16(m, at, (m->len - at - 2) % 1501);
}

static void any_ethertype(struct maker *m)
{
	static void (*const types[])(struct maker *) = {
		type_ipv4, type_ipv4,  type_ipv4,  type_ipv4, type_ipv4, type_ipv6,
		type_ipv6, type_ipv6,  type_arp,   type_vlan, type_vlan, type_vlan,
		type_mpls, type_pppoe, type_other, type_llc,
	};

	if (m->depth++ >= DEPTH_MAX)
		type_ipv4(m);
	else
		types[below(m, SKW_ARRAY_SIZE(types))](m);
}

static void mac(struct maker *m, bool group)
{
	static const char macs[][7] = {
		"\2\0\0\0\0\1",   "\2\0\0\0\0\2",     "\2\0\0\0\0\3", "\xff\xff\xff\xff\xff\xff",
		"\1\0\x5e\0\0\1", "\x33\x33\0\0\0\1",
	};

	put(m, macs[below(m, group ? SKW_ARRAY_SIZE(macs) : 3)], 6);
}

/* Ethernet senders pad short frames. */
static void pad(struct maker *m)
{
	while (m->len < 60)
		put8(m, 0);
}

uint32_t test_make_frame(struct test_random *r, uint8_t *frame)
{
	struct maker m = { .r = r, .frame = frame };

	mac(&m, true);
	mac(&m, false);
	any_ethertype(&m);
	if (once_in(&m, 3))
		pad(&m);
	if (once_in(&m, 6))
		m.len = 14 + below(&m, m.len - 13);
	return m.len;
}
