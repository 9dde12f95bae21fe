// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/link/link.h"

#include <pcap/dlt.h>
#include <pcap/pcap.h>

#include "dissect/link/eth.h"
#include "dissect/link/iface.h"
#include "dissect/link/types.h"
#include "dissect/text.h"
#include "util/bytes.h"
#include "util/cleanup.h"

static void print_live_iface(struct skw_dissect *d, const struct skw_packet *pkt)
{
	const struct skw_iface *iface = d->iface;
	const char *dir = pkt->direction == SKW_DIR_UNKNOWN ? "?"
			  : pkt->direction == SKW_DIR_OUT   ? "Out"
							    : skw_dissect_pkt_type(pkt->pkt_type);

	/* A name from a file may be empty. */
	const char *name = iface && iface->name && iface->name[0] ? iface->name : NULL;

	skw_dissect_iface(d, name, iface ? iface->ifindex : 0, dir);
}

/* There is no link-layer header, so the version field of the IP header decides. */
static uint32_t print_raw(struct skw_dissect *d, struct skw_bytes b)
{
	if (d->opt->link_header)
		skw_buf_add_str(d->out, "ip: ");
	if (!b.len)
		skw_buf_add_str(d->out, "truncated-ip 0");
	else if (!b.caplen)
		skw_dissect_cut(d, "ipn");
	else if (b.p[0] >> 4 == 4)
		skw_dissect_ipv4(d, b);
	else if (b.p[0] >> 4 == 6)
		skw_dissect_ipv6(d, b);
	else
		skw_text_field(d->out, "unknown ip ", b.p[0] >> 4);
	return 0;
}

/* Numbers that differ between systems, and the numbers in files. */
#define RAW_OPENBSD 14
#define RAW_FILE    101
#define PKTAP_FILE  258

skw_link_fn *skw_dissect_link_type(int dlt)
{
	static const struct {
		int dlt;
		skw_link_fn *print;
	} types[] = {
		{ DLT_EN10MB, skw_dissect_ether },
		{ DLT_RAW, print_raw },
		{ RAW_OPENBSD, print_raw },
		{ RAW_FILE, print_raw },
		{ DLT_IPV4, print_raw },
		{ DLT_IPV6, print_raw },
		{ DLT_NULL, skw_dissect_null },
		{ DLT_LOOP, skw_dissect_null },
		{ DLT_ENC, skw_dissect_enc },
		{ DLT_LINUX_SLL, skw_dissect_sll },
		{ DLT_LINUX_SLL2, skw_dissect_sll2 },
		{ DLT_IPNET, skw_dissect_ipnet },
		{ DLT_IPOIB, skw_dissect_ipoib },
		{ DLT_PPP, skw_dissect_ppp },
		{ DLT_PPP_PPPD, skw_dissect_ppp },
		{ DLT_PPP_SERIAL, skw_dissect_ppp_serial },
		{ DLT_PPP_ETHER, skw_dissect_pppoe },
		{ DLT_C_HDLC, skw_dissect_chdlc },
		{ DLT_DSA_TAG_DSA, skw_dissect_dsa },
		{ DLT_DSA_TAG_EDSA, skw_dissect_edsa },
		{ DLT_DSA_TAG_BRCM, skw_dissect_brcm_tag },
		{ DLT_DSA_TAG_BRCM_PREPEND, skw_dissect_brcm_tag_prepended },
		{ DLT_IEEE802_11, skw_dissect_wifi },
		{ DLT_IEEE802_11_RADIO, skw_dissect_radiotap },
		{ DLT_IEEE802_11_RADIO_AVS, skw_dissect_avs },
		{ DLT_PRISM_HEADER, skw_dissect_prism },
		{ DLT_NFLOG, skw_dissect_nflog },
		{ DLT_PPI, skw_dissect_ppi },
		{ PKTAP_FILE, skw_dissect_pktap },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++) {
		if (types[i].dlt == dlt)
			return types[i].print;
	}
	return NULL;
}

uint32_t skw_dissect_link(struct skw_dissect *d, const struct skw_packet *pkt)
{
	skw_link_fn *print = skw_dissect_link_type(pkt->dlt);

	if (d->opt->interface && pkt->dlt != DLT_LINUX_SLL2)
		print_live_iface(d, pkt);
	if (print)
		return print(d, (struct skw_bytes){ pkt->data, pkt->caplen, pkt->len });

	const char *name = pcap_datalink_val_to_name(pkt->dlt);

	if (name)
		skw_dissect_name(d, name, pkt->len);
	else {
		skw_text_field(d->out, "link type ", (uint32_t)pkt->dlt);
		skw_text_field(d->out, ", length ", pkt->len);
	}
	return 0;
}
