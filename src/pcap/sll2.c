// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/sll2.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <pcap/dlt.h>
#include <stddef.h>
#include <string.h>

#include "util/cleanup.h"

#define ADDR_BYTES      8
#define ETHER_TYPE      12 /* offset of the type in an Ethernet header */
#define ETHER_MIN_TYPE  0x600
#define SLL2_IFINDEX_AT 4

/* The header's fields in host byte order. */
struct fields {
	uint16_t protocol;
	uint32_t ifindex;
	uint16_t arphrd;
	uint8_t pkt_type;
	uint8_t halen;
	uint8_t addr[ADDR_BYTES];
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)get16(p) << 16 | get16(p + 2);
}

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}

/* Each of these functions reads a link-layer header. The packet must contain all of it. */
static void from_ether(const struct skw_packet *pkt, struct fields *f)
{
	const uint8_t *p = pkt->data;
	uint16_t type = get16(p + ETHER_TYPE);

	/*
	 * A VLAN tag needs no special care: its type becomes the protocol, and the packet's
	 * remaining bytes begin with the TCI.
	 */
	if (type < ETHER_MIN_TYPE) {
		bool raw = pkt->caplen >= ETH_HLEN + 2 && get16(p + ETH_HLEN) == 0xffff;

		type = raw ? ETH_P_802_3 : ETH_P_802_2;
	}
	f->protocol = type;
	f->halen = ETH_ALEN;
	memcpy(f->addr, p + ETH_ALEN, ETH_ALEN);
}

static uint16_t ip_protocol(const struct skw_packet *pkt)
{
	if (!pkt->caplen)
		return 0;
	switch (pkt->data[0] >> 4) {
	case 4:
		return ETH_P_IP;
	case 6:
		return ETH_P_IPV6;
	default:
		return 0;
	}
}

static void from_raw(const struct skw_packet *pkt, struct fields *f)
{
	f->protocol = pkt->protocol ? pkt->protocol : ip_protocol(pkt);
}

static uint16_t family_protocol(uint32_t family)
{
	/* AF_INET is 2 on all systems. AF_INET6 is 10 on Linux and 24, 28 or 30 on others. */
	static const struct {
		uint32_t family;
		uint16_t protocol;
	} families[] = {
		{ 2, ETH_P_IP },    { 10, ETH_P_IPV6 }, { 24, ETH_P_IPV6 },
		{ 28, ETH_P_IPV6 }, { 30, ETH_P_IPV6 },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(families); i++)
		if (families[i].family == family)
			return families[i].protocol;
	return 0;
}

static void from_loop(const struct skw_packet *pkt, struct fields *f)
{
	f->protocol = family_protocol(get32(pkt->data));
}

/* The family is in the byte order of the host that captured the packet, which is not known. */
static void from_null(const struct skw_packet *pkt, struct fields *f)
{
	uint32_t family = get32(pkt->data);

	f->protocol = family_protocol(family > UINT16_MAX ? __builtin_bswap32(family) : family);
}

static void from_sll(const struct skw_packet *pkt, struct fields *f)
{
	const uint8_t *p = pkt->data;
	uint16_t halen = get16(p + 4);

	f->pkt_type = p[1];
	f->arphrd = get16(p + 2);
	f->halen = (uint8_t)(halen < ADDR_BYTES ? halen : ADDR_BYTES);
	memcpy(f->addr, p + 6, ADDR_BYTES);
	f->protocol = get16(p + 14);
}

static void from_sll2(const struct skw_packet *pkt, struct fields *f)
{
	const uint8_t *p = pkt->data;
	uint32_t ifindex = get32(p + SLL2_IFINDEX_AT);

	f->protocol = get16(p);
	if (ifindex)
		f->ifindex = ifindex;
	f->arphrd = get16(p + 8);
	f->pkt_type = p[10];
	f->halen = p[11];
	memcpy(f->addr, p + 12, ADDR_BYTES);
}

static const struct sll2_link {
	int dlt;
	uint32_t header_len;
	void (*read)(const struct skw_packet *pkt, struct fields *f);
} links[] = {
	{ DLT_EN10MB, ETH_HLEN, from_ether },
	{ DLT_RAW, 0, from_raw },
	{ DLT_IPV4, 0, from_raw },
	{ DLT_IPV6, 0, from_raw },
	{ DLT_NULL, 4, from_null },
	{ DLT_LOOP, 4, from_loop },
	{ DLT_LINUX_SLL, SKW_SLL_BYTES, from_sll },
	{ DLT_LINUX_SLL2, SKW_SLL2_BYTES, from_sll2 },
};

static const struct sll2_link *find(int dlt)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(links); i++)
		if (links[i].dlt == dlt)
			return &links[i];
	return NULL;
}

bool skw_sll2_supported(int dlt)
{
	return find(dlt);
}

static void put_sll(struct skw_sll2 *out, const struct fields *f)
{
	uint8_t *h = out->header;

	put16(h, f->pkt_type);
	put16(h + 2, f->arphrd);
	put16(h + 4, f->halen);
	memcpy(h + 6, f->addr, ADDR_BYTES);
	put16(h + 14, f->protocol);
	out->header_len = SKW_SLL_BYTES;
}

static void put_sll2(struct skw_sll2 *out, const struct fields *f)
{
	uint8_t *h = out->header;

	put16(h, f->protocol);
	put16(h + 2, 0);
	put32(h + SLL2_IFINDEX_AT, f->ifindex);
	put16(h + 8, f->arphrd);
	h[10] = f->pkt_type;
	h[11] = f->halen;
	memcpy(h + 12, f->addr, ADDR_BYTES);
	out->header_len = SKW_SLL2_BYTES;
}

int skw_sll2_make_as(int dlt, const struct skw_packet *pkt, uint32_t ifindex, uint16_t arphrd,
		     struct skw_sll2 *out)
{
	const struct sll2_link *link = find(pkt->dlt);

	if (!link)
		return -ENOTSUP;

	struct fields f = {
		.protocol = pkt->protocol,
		.ifindex = ifindex,
		.arphrd = arphrd,
		.pkt_type = pkt->direction == SKW_DIR_UNKNOWN ? 0 : pkt->pkt_type,
	};
	/* If the header was cut, only the kernel's values, set above, are known. */
	if (pkt->caplen >= link->header_len)
		link->read(pkt, &f);
	if (dlt == DLT_LINUX_SLL)
		put_sll(out, &f);
	else
		put_sll2(out, &f);
	out->drop = pkt->caplen < link->header_len ? pkt->caplen : link->header_len;
	out->drop_len = pkt->len < link->header_len ? pkt->len : link->header_len;
	return 0;
}

int skw_sll2_make(const struct skw_packet *pkt, uint32_t ifindex, uint16_t arphrd,
		  struct skw_sll2 *out)
{
	return skw_sll2_make_as(DLT_LINUX_SLL2, pkt, ifindex, arphrd, out);
}
