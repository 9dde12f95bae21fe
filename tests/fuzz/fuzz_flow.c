// SPDX-License-Identifier: BSD-2-Clause
/*
 * Bytes to a tuple. The first byte picks the link type, the second says how much longer the packet
 * was than what was captured of it; the rest is the packet. Places and lengths must fit together,
 * a packet of which less was captured must say the same or nothing, and the printer's lines must
 * agree.
 */
#include <errno.h>
#include <pcap/dlt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "flow/flow.h"
#include "flow_check.h"
#include "util/cleanup.h"

#define HEAD      2
#define UNTOUCHED 0xa5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int dlts[] = {
	DLT_EN10MB,
	DLT_LINUX_SLL,
	DLT_LINUX_SLL2,
	DLT_RAW,
	DLT_NULL,
	DLT_LOOP,
	DLT_IPV4,
	DLT_IPV6,
	14,
	101,
	DLT_IEEE802_11_RADIO,
};

/* The highest bit of the first byte chooses this list. */
static const int more_dlts[] = {
	DLT_PPP,
	DLT_PPP_PPPD,
	DLT_PPP_SERIAL,
	DLT_PPP_ETHER,
	DLT_C_HDLC,
	DLT_ENC,
	DLT_IPNET,
	DLT_IPOIB,
	DLT_DSA_TAG_DSA,
	DLT_DSA_TAG_EDSA,
	DLT_DSA_TAG_BRCM,
	DLT_DSA_TAG_BRCM_PREPEND,
	DLT_IEEE802_11,
	DLT_IEEE802_11_RADIO_AVS,
	DLT_PRISM_HEADER,
	DLT_NFLOG,
	DLT_PPI,
	258 /* PKTAP */,
	DLT_IEEE802_11_RADIO,
	DLT_USB_LINUX,
};

static int dlt_of(uint8_t byte)
{
	if (byte & 0x80)
		return more_dlts[(byte & 0x7f) % SKW_ARRAY_SIZE(more_dlts)];
	return dlts[byte % SKW_ARRAY_SIZE(dlts)];
}

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_flow: %s\n", what);
	abort();
}

static void check_tuple(const struct skw_flow *f)
{
	static const uint8_t zero[16];
	const struct skw_tuple *t = &f->tuple;

	must(t->family == AF_INET || t->family == AF_INET6, "family");
	if (t->family == AF_INET) {
		must(memcmp(t->local_addr + 4, zero, 12) == 0, "source behind its four bytes");
		must(memcmp(t->remote_addr + 4, zero, 12) == 0,
		     "destination behind its four bytes");
	}
	if (!(f->known & SKW_FLOW_PORTS))
		must(t->local_port == 0 && t->remote_port == 0, "ports that are not known");
}

static void check_places(const struct skw_flow *f, const struct skw_packet *pkt)
{
	uint32_t header = f->tuple.family == AF_INET ? 20 : 40;

	must(f->ip_at < pkt->caplen, "place of the IP header");
	must(f->transport_at - f->ip_at >= header, "place of the transport header");
	must(f->transport_at <= pkt->caplen && f->transport_at >= f->ip_at, "end of IP headers");
	must(f->transport_at - f->ip_at <= f->ip_len, "IP headers longer than the packet");
	must(f->fragment <= SKW_FLOW_LATER, "kind of fragment");
	must((f->fragment == SKW_FLOW_LATER) == (f->fragment_offset > 0), "offset of a fragment");
	if (f->fragment == SKW_FLOW_LATER)
		must(f->known == SKW_FLOW_PAYLOAD, "ports of a later fragment");
	if (f->known & SKW_FLOW_PORTS)
		must(pkt->caplen - f->transport_at >= 4, "captured ports");
	if (f->vlans < SKW_FLOW_VLANS)
		must(f->vlan[SKW_FLOW_VLANS - 1] == 0, "tags that are not there");
}

static void check_payload(const struct skw_flow *f, const struct skw_packet *pkt)
{
	uint32_t behind = f->ip_len - (f->transport_at - f->ip_at);

	if (!(f->known & SKW_FLOW_PAYLOAD)) {
		must(!f->payload_at && !f->payload_len && !f->payload_caplen, "unknown payload");
		return;
	}
	must(f->payload_at >= f->transport_at && f->payload_at <= pkt->caplen, "payload's place");
	must(f->payload_caplen <= f->payload_len, "captured payload");
	must(f->payload_caplen <= pkt->caplen - f->payload_at, "end of the payload");
	must(f->payload_len <= behind, "payload longer than the packet");
	if (f->known & SKW_FLOW_TCP) {
		must(pkt->caplen - f->transport_at >= 20, "captured header of TCP");
		must(f->tcp.header_len >= 20 && f->tcp.header_len + f->payload_len == behind,
		     "sum of TCP's lengths");
	} else if (f->tuple.proto != 17 || f->fragment == SKW_FLOW_LATER) {
		must(f->payload_len == behind, "sum of lengths");
	} else {
		must(f->payload_len + 8 <= behind, "sum of UDP's lengths");
	}
}

static void check_flow(const struct skw_flow *f, const struct skw_packet *pkt)
{
	check_tuple(f);
	check_places(f, pkt);
	check_payload(f, pkt);
}

static bool is_untouched(const struct skw_flow *f)
{
	const uint8_t *p = (const uint8_t *)f;
	size_t n = 0;

	while (n < sizeof(*f) && p[n] == UNTOUCHED)
		n++;
	return n == sizeof(*f);
}

/* Reads a packet's flow in memory of just its size; on failure the output must be untouched. */
static int flow_of(const struct skw_packet *pkt, uint32_t caplen, struct skw_flow *f,
		   struct skw_flow *quote, int *quoted)
{
	SKW_AUTO_FREE uint8_t *copy = malloc(caplen ? caplen : 1);
	struct skw_packet cut = *pkt;

	must(copy, "memory");
	memcpy(copy, pkt->data, caplen);
	cut.data = copy;
	cut.caplen = caplen;
	memset(f, UNTOUCHED, sizeof(*f));
	memset(quote, UNTOUCHED, sizeof(*quote));
	*quoted = -ENOENT;

	int ret = skw_flow_of(&cut, f);

	if (ret) {
		must(is_untouched(f), "output of a failure");
		return ret;
	}
	check_flow(f, &cut);
	*quoted = skw_flow_of_quote(&cut, f, quote);
	if (*quoted)
		must(is_untouched(quote), "output of a failed quote");
	else
		check_flow(quote, &cut);
	return 0;
}

static void check_same(const struct skw_flow *less, const struct skw_flow *more)
{
	must(memcmp(&less->tuple, &more->tuple, sizeof(less->tuple)) == 0, "tuple of a cut packet");
	must((less->known & ~more->known) == 0, "a cut packet tells more");
	must(less->ip_at == more->ip_at && less->transport_at == more->transport_at &&
		     less->fragment == more->fragment && less->fragment_id == more->fragment_id &&
		     less->vlans == more->vlans,
	     "headers of a cut packet");
	if (less->known & SKW_FLOW_PAYLOAD)
		must(less->payload_len == more->payload_len, "payload of a cut packet");
	if (less->known & SKW_FLOW_TCP)
		must(memcmp(&less->tcp, &more->tcp, sizeof(less->tcp)) == 0, "TCP of a cut packet");
}

/* With fewer bytes captured, the packet says the same, or that bytes are missing. */
static void check_cut(const struct skw_packet *pkt, const struct skw_flow *whole, int whole_ret,
		      uint32_t caplen)
{
	struct skw_flow f, quote;
	int quoted;
	int ret = flow_of(pkt, caplen, &f, &quote, &quoted);

	if (ret == -ENODATA)
		return;
	must(ret == whole_ret, "result of a cut packet");
	if (!ret)
		check_same(&f, whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct flow_check *check;
	static uint64_t seen[FLOW_KINDS];

	if (size < HEAD)
		return 0;

	uint32_t caplen = (uint32_t)size - HEAD;
	struct skw_packet pkt = {
		.data = data + HEAD,
		.caplen = caplen,
		.len = caplen + (data[1] & 0x80 ? data[1] * 600u : data[1]),
		.dlt = dlt_of(data[0]),
	};
	struct skw_flow f, quote;
	int quoted;
	int ret = flow_of(&pkt, caplen, &f, &quote, &quoted);

	for (uint32_t n = 0; n < caplen; n += n < 128 ? 1 : 1 + n / 4)
		check_cut(&pkt, &f, ret, n);
	if (!check)
		check = flow_check_new();

	const char *complaint = flow_check_packet(check, &pkt, seen);

	must(!complaint, complaint);
	return 0;
}
