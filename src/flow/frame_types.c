// SPDX-License-Identifier: BSD-2-Clause
#include "flow/frame_types.h"

#include <errno.h>
#include <linux/if_ether.h>

#include "flow/wifi.h"

#define TAG          4
#define SAP_IP       0x06
#define SAP_SNAP     0xaa
#define SNAP         5
#define LABEL        4
#define LABEL_BOTTOM 0x100
#define PPPOE        6
#define HDLC         4
#define ETHER_PPP    0x880b

static bool is_vlan(uint16_t type)
{
	return type == ETH_P_8021Q || type == ETH_P_8021AD || type == ETH_P_QINQ1 ||
	       type == ETH_P_QINQ2;
}

/* MPLS. Labels don't tell what follows the last one, except for some labels (RFC 3032). */
static int skip_labels(struct skw_flow_link *l)
{
	uint32_t entry;
	int ret;

	do {
		ret = skw_bytes_need(l->ip, 0, LABEL);
		if (ret)
			return ret;
		entry = skw_bytes_be32(l->ip.p);
		l->ip = skw_bytes_skip(l->ip, LABEL);
	} while (!(entry & LABEL_BOTTOM));
	switch (entry >> 12) {
	case 0: /* explicit null of IPv4, implicit null */
	case 3:
		return skw_flow_found(4, l);
	case 2: /* explicit null of IPv6 */
		return skw_flow_found(6, l);
	default:
		break;
	}
	ret = l->ip.len ? skw_bytes_need(l->ip, 0, 1) : -ENOENT;
	if (ret)
		return ret;
	if (l->ip.p[0] >= 0x45 && l->ip.p[0] <= 0x4f)
		return skw_flow_found(4, l);
	return l->ip.p[0] >> 4 == 6 ? skw_flow_found(6, l) : -ENOENT;
}

static int skip_protocol(uint16_t proto, struct skw_flow_link *l)
{
	switch (proto) {
	case 0x0021:
	case 0x002f: /* uncompressed, for Van Jacobson's compression */
	case ETH_P_IP:
		return skw_flow_found(4, l);
	case 0x0057:
	case ETH_P_IPV6:
		return skw_flow_found(6, l);
	case 0x0281:
	case 0x0283:
		return skip_labels(l);
	default:
		return -ENOENT;
	}
}

/* Address, control and the first byte of the protocol may be missing. */
int skw_flow_skip_ppp(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, 2);

	if (ret)
		return ret;
	if ((l->ip.p[0] == 0xff || l->ip.p[0] <= 1) && l->ip.p[1] == 3)
		l->ip = skw_bytes_skip(l->ip, 2);
	if (l->ip.len < 2)
		return -EBADMSG;

	bool small = l->ip.caplen && l->ip.p[0] & 1;

	ret = skw_bytes_need(l->ip, 0, small ? 1 : 2);
	if (ret)
		return ret;

	uint16_t proto = small ? l->ip.p[0] : skw_bytes_be16(l->ip.p);

	l->ip = skw_bytes_skip(l->ip, small ? 1 : 2);
	return skip_protocol(proto, l);
}

/* The first byte tells PPP from Cisco's HDLC. */
int skw_flow_skip_ppp_serial(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, HDLC);

	if (ret)
		return ret;
	if (l->ip.p[0] == 0x0f || l->ip.p[0] == 0x8f)
		return skw_flow_skip_chdlc(l);
	if (l->ip.p[0] != 0xff)
		return -ENOENT;

	uint16_t proto = skw_bytes_be16(l->ip.p + 2);

	l->ip = skw_bytes_skip(l->ip, HDLC);
	return skip_protocol(proto, l);
}

int skw_flow_skip_pppoe(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, PPPOE);

	if (ret)
		return ret;

	const uint8_t *p = l->ip.p;

	l->ip = skw_bytes_first(skw_bytes_skip(l->ip, PPPOE), skw_bytes_be16(p + 4));
	return p[1] ? -ENOENT : skw_flow_skip_ppp(l);
}

int skw_flow_skip_chdlc(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, HDLC);

	if (ret)
		return ret;

	uint16_t type = skw_bytes_be16(l->ip.p + 2);

	l->ip = skw_bytes_skip(l->ip, HDLC);
	switch (type) {
	case ETH_P_IP:
	case ETH_P_IPV6:
	case ETH_P_MPLS_UC:
	case ETH_P_MPLS_MC:
		return skw_flow_skip_ethertype(type, l);
	default:
		return -ENOENT;
	}
}

int skw_flow_skip_ethertype(uint16_t type, struct skw_flow_link *l)
{
	switch (type) {
	case ETH_P_IP:
		return skw_flow_found(4, l);
	case ETH_P_IPV6:
		return skw_flow_found(6, l);
	case ETH_P_MPLS_UC:
	case ETH_P_MPLS_MC:
		return skip_labels(l);
	case ETH_P_PPP_DISC:
	case ETH_P_PPP_SES:
		return skw_flow_skip_pppoe(l);
	case ETHER_PPP:
		return skw_flow_skip_ppp(l);
	default:
		return -ENOENT;
	}
}

int skw_flow_skip_tags(uint16_t *type, struct skw_flow_link *l)
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

int skw_flow_skip_ether(uint32_t tag, struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, ETH_HLEN + tag);

	if (ret)
		return ret;

	uint16_t type = skw_bytes_be16(l->ip.p + 2 * ETH_ALEN + tag);

	l->ip = skw_bytes_skip(l->ip, ETH_HLEN + tag);
	ret = skw_flow_skip_tags(&type, l);
	if (ret)
		return ret;
	if (type > SKW_FLOW_LENGTH_MAX)
		return skw_flow_skip_ethertype(type, l);
	l->ip = skw_bytes_first(l->ip, type);
	return skw_flow_skip_llc(l);
}

/* IEEE 802.2: IP comes behind a SNAP header, or has a service access point of its own. */
int skw_flow_skip_llc(struct skw_flow_link *l)
{
	int ret = skw_bytes_need(l->ip, 0, 3);

	if (ret)
		return ret;

	const uint8_t *p = l->ip.p;
	uint8_t sap = p[0] & 0xfe; /* without the bit for groups */

	if ((p[1] & 0xfe) != sap || p[2] != 3 || (sap != SAP_IP && sap != SAP_SNAP))
		return -ENOENT;
	l->ip = skw_bytes_skip(l->ip, 3);
	if (sap == SAP_IP)
		return skw_flow_found(4, l);
	ret = skw_bytes_need(l->ip, 0, SNAP);
	if (ret)
		return ret;
	p = l->ip.p;
	l->ip = skw_bytes_skip(l->ip, SNAP);
	/* The type is an ethertype where the organization is 0, or the one of Cisco's bridges. */
	if (p[0] || p[1] || (p[2] && p[2] != 0xf8))
		return -ENOENT;
	return skw_flow_skip_ethertype(skw_bytes_be16(p + 3), l);
}

int skw_flow_skip_wifi(bool padded, uint32_t fcs, struct skw_flow_link *l)
{
	if (l->ip.len < fcs)
		return -EBADMSG;
	l->ip = skw_bytes_first(l->ip, l->ip.len - fcs);

	int ret = skw_bytes_need(l->ip, 0, 2);

	if (ret)
		return ret;

	uint16_t control = skw_bytes_le16(l->ip.p);
	uint32_t header = skw_wifi_header_len(control, padded);

	if (!header)
		return -ENOENT;
	ret = skw_bytes_need(l->ip, 0, header);
	if (ret)
		return ret;
	if (skw_wifi_type(control) != SKW_WIFI_DATA || control & SKW_WIFI_PROTECTED ||
	    skw_wifi_subtype(control) & SKW_WIFI_NO_DATA)
		return -ENOENT;
	l->ip = skw_bytes_skip(l->ip, header);
	return skw_flow_skip_llc(l);
}
