// SPDX-License-Identifier: BSD-2-Clause
#include "flow/link.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <pcap/dlt.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/cleanup.h"

#define LENGTH_MAX 1500 /* up to here an ethertype is a length (IEEE 802.3) */
#define TAG        4
#define SLL        16
#define SLL2       20
#define SAP_IP     0x06
#define SAP_SNAP   0xaa
#define SNAP       5

static bool is_vlan(uint16_t type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD || type == ETH_P_QINQ1 ||
	       type == ETH_P_QINQ2;
}

/* The innermost header has told the type: l->ip is what follows. */
static int read_type(uint16_t type, struct skw_flow_link *l)
{
	if (type != ETH_P_IP && type != ETH_P_IPV6)
		return -ENOENT;
	l->version = type == ETH_P_IP ? 4 : 6;
	return 0;
}

/* Steps over the VLAN tags; *type becomes the type of what follows them. */
static int skip_tags(uint16_t *type, struct skw_flow_link *l)
{
	while (is_vlan(*type)) {
		int ret = skw_bytes_need(l->ip, 0, TAG);

		if (ret)
			return ret;
		if (l->vlans == UINT8_MAX)
			return -EBADMSG;
		if (l->vlans < SKW_FLOW_VLANS)
			l->vlan[l->vlans] = skw_bytes_be16(l->ip.p) & 0xfff;
		l->vlans++;
		*type = skw_bytes_be16(l->ip.p + 2);
		l->ip = skw_bytes_skip(l->ip, TAG);
	}
	return 0;
}

/* IEEE 802.2: IP comes behind a SNAP header, or has a service access point of its own. */
static int skip_llc(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, 3);

	if (ret)
		return ret;

	const uint8_t *p = l->ip.p;
	bool unnumbered = (p[2] & 3) == 3;
	uint8_t sap = p[0];

	if (p[1] != sap || !unnumbered || (sap != SAP_IP && sap != SAP_SNAP))
		return -ENOENT;
	l->ip = skw_bytes_skip(l->ip, 3);
	if (sap == SAP_IP)
		return read_type(ETH_P_IP, l);
	ret = skw_bytes_need(l->ip, 0, SNAP);
	if (ret)
		return ret;
	p = l->ip.p;
	l->ip = skw_bytes_skip(l->ip, SNAP);
	/* The type is an ethertype only where the organization is 0. */
	return p[0] || p[1] || p[2] ? -ENOENT : read_type(skw_bytes_be16(p + 3), l);
}

static int skip_ether(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, ETH_HLEN);

	if (ret)
		return ret;

	uint16_t type = skw_bytes_be16(l->ip.p + 2 * ETH_ALEN);

	l->ip = skw_bytes_skip(l->ip, ETH_HLEN);
	ret = skip_tags(&type, l);
	if (ret)
		return ret;
	if (type > LENGTH_MAX)
		return read_type(type, l);
	l->ip = skw_bytes_first(l->ip, type);
	return skip_llc(l);
}

/*
 * Linux puts this header in place of a link-layer header. `type` may also be one of the small
 * numbers that Linux defines itself.
 */
static int skip_cooked(uint16_t type, uint32_t header, struct skw_flow_link *l)
{
	bool tagged = is_vlan(type);

	l->ip = skw_bytes_skip(l->ip, header);

	int ret = skip_tags(&type, l);

	if (ret)
		return ret;
	if (type == ETH_P_802_2 || (tagged && type <= LENGTH_MAX))
		return skip_llc(l);
	return read_type(type, l);
}

static int skip_sll(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, SLL);

	return ret ? ret : skip_cooked(skw_bytes_be16(l->ip.p + 14), SLL, l);
}

static int skip_sll2(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, SLL2);

	return ret ? ret : skip_cooked(skw_bytes_be16(l->ip.p), SLL2, l);
}

/* The address family, in the byte order of the host that captured. */
static int skip_loopback(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, 4);

	if (ret)
		return ret;

	uint32_t family = skw_bytes_be32(l->ip.p);

	if (family > UINT16_MAX)
		family = __builtin_bswap32(family);
	l->ip = skw_bytes_skip(l->ip, 4);
	switch (family) {
	case 2: /* AF_INET of every system */
		return read_type(ETH_P_IP, l);
	case 24: /* AF_INET6 of NetBSD and OpenBSD, of FreeBSD, of macOS */
	case 28:
	case 30:
		return read_type(ETH_P_IPV6, l);
	default:
		return -ENOENT;
	}
}

static int skip_nothing(struct skw_flow_link *l)
{
	(void)l;
	return 0;
}

static const struct {
	int dlt;
	int (*skip)(struct skw_flow_link *l);
} types[] = {
	{ DLT_EN10MB, skip_ether },
	{ DLT_LINUX_SLL2, skip_sll2 },
	{ DLT_RAW, skip_nothing },
	{ 14, skip_nothing /* DLT_RAW of OpenBSD */ },
	{ 101, skip_nothing /* as LINKTYPE */ },
	{ DLT_IPV4, skip_nothing },
	{ DLT_IPV6, skip_nothing },
	{ DLT_NULL, skip_loopback },
	{ DLT_LOOP, skip_loopback },
	{ DLT_LINUX_SLL, skip_sll },
};

int skw_flow_skip_link(const struct skw_packet *pkt, struct skw_flow_link *out)
{
	*out = (struct skw_flow_link){ .ip = { pkt->data, pkt->caplen, pkt->len } };
	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++) {
		if (types[i].dlt == pkt->dlt)
			return types[i].skip(out);
	}
	return -ENOENT;
}
