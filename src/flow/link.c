// SPDX-License-Identifier: BSD-2-Clause
#include "flow/link.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <pcap/dlt.h>
#include <stdbool.h>
#include <stddef.h>

#include "flow/frame_types.h"
#include "flow/wifi.h"
#include "flow/wrapped.h"
#include "util/cleanup.h"

#define SLL        16
#define SLL2       20
#define ENC        12
#define IPNET      24
#define IPNET_IPV4 2
#define IPNET_IPV6 26
#define IPOIB      44
#define IPOIB_TYPE 40
#define BRCM       4
#define PPP        4
#define PKTAP_FILE 258 /* the number in files, while a system may have another one */

/*
 * Linux puts this header in place of a link-layer header. `type` may also be one of the small
 * numbers that Linux defines itself. One of them stands for LLC.
 */
static int skip_cooked(uint16_t type, uint32_t header, struct skw_flow_link *l)
{
	l->ip = skw_bytes_skip(l->ip, header);

	int ret = skw_flow_skip_tags(&type, l);

	if (ret)
		return ret;
	/* Behind a tag, a small number is a length, and LLC follows it, too. */
	if (type == ETH_P_802_2 || (l->vlans && type <= SKW_FLOW_LENGTH_MAX))
		return skw_flow_skip_llc(l);
	return skw_flow_skip_ethertype(type, l);
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

/* A header of some length that begins with the address family, as the host orders its bytes. */
static int skip_family(uint32_t header, struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, header);

	if (ret)
		return ret;

	uint32_t family = skw_bytes_be32(l->ip.p);

	if (family > UINT16_MAX)
		family = __builtin_bswap32(family);
	l->ip = skw_bytes_skip(l->ip, header);
	switch (family) {
	case 2: /* AF_INET of every system */
		return skw_flow_found(4, l);
	case 24: /* AF_INET6 of NetBSD and OpenBSD, of FreeBSD, of macOS */
	case 28:
	case 30:
		return skw_flow_found(6, l);
	default:
		return -ENOENT;
	}
}

static int skip_loopback(struct skw_flow_link *l)
{
	return skip_family(4, l);
}

static int skip_enc(struct skw_flow_link *l)
{
	return skip_family(ENC, l);
}

static int skip_nothing(struct skw_flow_link *l)
{
	(void)l;
	return 0;
}

static int skip_ipnet(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, IPNET);

	if (ret)
		return ret;

	uint8_t family = l->ip.p[1];

	l->ip = skw_bytes_skip(l->ip, IPNET);
	if (family != IPNET_IPV4 && family != IPNET_IPV6)
		return -ENOENT;
	return skw_flow_found(family == IPNET_IPV4 ? 4 : 6, l);
}

static int skip_ipoib(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, IPOIB);

	if (ret)
		return ret;

	uint16_t type = skw_bytes_be16(l->ip.p + IPOIB_TYPE);

	l->ip = skw_bytes_skip(l->ip, IPOIB);
	return skw_flow_skip_ethertype(type, l);
}

static int skip_ppp(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, PPP);

	return ret ? ret : skw_flow_skip_ppp(l);
}

static int skip_ether(struct skw_flow_link *l)
{
	return skw_flow_skip_ether(0, l);
}

/* Marvell's tag, and Broadcom's. */
static int skip_ether_tag4(struct skw_flow_link *l)
{
	return skw_flow_skip_ether(4, l);
}

static int skip_ether_tag8(struct skw_flow_link *l)
{
	return skw_flow_skip_ether(8, l);
}

static int skip_brcm_prepended(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, BRCM);

	l->ip = skw_bytes_skip(l->ip, BRCM);
	return ret ? ret : skw_flow_skip_ether(0, l);
}

static int skip_wifi(struct skw_flow_link *l)
{
	return skw_flow_skip_wifi(false, 0, l);
}

static int skip_radiotap(struct skw_flow_link *l)
{
	uint8_t flags = 0;
	int ret = skw_wifi_skip_radiotap(&l->ip, &flags);

	return ret ? ret
		   : skw_flow_skip_wifi(flags & SKW_WIFI_PADDED, flags & SKW_WIFI_FCS ? 4 : 0, l);
}

static int skip_avs(struct skw_flow_link *l)
{
	int ret = skw_wifi_skip_avs(&l->ip);

	return ret ? ret : skip_wifi(l);
}

static int skip_prism(struct skw_flow_link *l)
{
	int ret = skw_wifi_skip_prism(&l->ip);

	return ret ? ret : skip_wifi(l);
}

static int skip_nflog(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, SKW_WRAPPED_NFLOG);

	if (ret)
		return ret;

	uint8_t family = l->ip.p[0], version = l->ip.p[1];

	if (version)
		return -ENOENT;
	ret = skw_wrapped_nflog(l->ip, &l->ip);
	if (ret)
		return ret;
	if (family != SKW_WRAPPED_NFLOG_IPV4 && family != SKW_WRAPPED_NFLOG_IPV6)
		return -ENOENT;
	return skw_flow_found(family == SKW_WRAPPED_NFLOG_IPV4 ? 4 : 6, l);
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
	{ DLT_ENC, skip_enc },
	{ DLT_LINUX_SLL, skip_sll },
	{ DLT_IPNET, skip_ipnet },
	{ DLT_IPOIB, skip_ipoib },
	{ DLT_PPP, skip_ppp },
	{ DLT_PPP_PPPD, skip_ppp },
	{ DLT_PPP_SERIAL, skw_flow_skip_ppp_serial },
	{ DLT_PPP_ETHER, skw_flow_skip_pppoe },
	{ DLT_C_HDLC, skw_flow_skip_chdlc },
	{ DLT_DSA_TAG_DSA, skip_ether_tag4 },
	{ DLT_DSA_TAG_EDSA, skip_ether_tag8 },
	{ DLT_DSA_TAG_BRCM, skip_ether_tag4 },
	{ DLT_DSA_TAG_BRCM_PREPEND, skip_brcm_prepended },
	{ DLT_IEEE802_11, skip_wifi },
	{ DLT_IEEE802_11_RADIO, skip_radiotap },
	{ DLT_IEEE802_11_RADIO_AVS, skip_avs },
	{ DLT_PRISM_HEADER, skip_prism },
	{ DLT_NFLOG, skip_nflog },
};

/* Takes a header of PPI or PKTAP off; *dlt becomes the link type of what follows. */
static int unwrap(uint32_t *dlt, struct skw_bytes *b)
{
	bool ppi = *dlt == DLT_PPI;
	uint32_t min = ppi ? SKW_WRAPPED_PPI : SKW_WRAPPED_PKTAP;
	int ret = skw_bytes_need(*b, 0, min);

	if (ret)
		return ret;

	uint32_t len = ppi ? skw_bytes_le16(b->p + 2) : skw_bytes_le32(b->p);
	bool packet = ppi || skw_bytes_le32(b->p + 4) == SKW_WRAPPED_PKTAP_PACKET;

	*dlt = skw_bytes_le32(b->p + (ppi ? 4 : 8));
	if (len < min || (ppi && len > SKW_WRAPPED_PPI_MAX))
		return -EBADMSG;
	ret = skw_bytes_need(*b, 0, len);
	if (ret)
		return ret;
	*b = skw_bytes_skip(*b, len);
	return packet ? 0 : -ENOENT;
}

int skw_flow_skip_link(const struct skw_packet *pkt, struct skw_flow_link *out)
{
	uint32_t dlt = (uint32_t)pkt->dlt;

	*out = (struct skw_flow_link){ .ip = { pkt->data, pkt->caplen, pkt->len } };
	for (unsigned i = 0; dlt == DLT_PPI || dlt == PKTAP_FILE; i++) {
		int ret = i < SKW_WRAPPED_DEPTH ? unwrap(&dlt, &out->ip) : -ENOENT;

		if (ret)
			return ret;
	}
	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++) {
		if ((uint32_t)types[i].dlt == dlt)
			return types[i].skip(out);
	}
	return -ENOENT;
}
