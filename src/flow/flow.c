// SPDX-License-Identifier: BSD-2-Clause
#include "flow/flow.h"
#include "util/mapped.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <pcap/dlt.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#define IPV4_MIN     20
#define IPV6         40
#define OFFSET_MASK  0x1fff
#define MORE         0x2000
#define PORTS        4
#define TCP_MIN      20
#define UDP          8
#define SLL2_IFINDEX 4 /* where its header has the number */
#define ICMP         8 /* of an error's header: the quoted packet follows */

/* The fields of the IP headers; pointers are into the packet. */
struct headers {
	const uint8_t *src, *dst;
	uint32_t len;          /* on the wire, header included */
	struct skw_bytes rest; /* the bytes after the headers */
	struct skw_flow_extensions ext;
	uint8_t family;
};

/* The ports are the first four bytes of these protocols, and only a datagram's start has them. */
static bool has_ports(const struct skw_flow_extensions *ext)
{
	if (ext->fragment == SKW_FLOW_LATER)
		return false;
	switch (ext->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return true;
	default:
		return false;
	}
}

/* Takes the IP header of hlen bytes off b, which is as long as that header says. */
static int skip_header(struct skw_bytes b, uint32_t hlen, uint8_t proto, struct headers *ip)
{
	int ret = skw_bytes_need(b, 0, hlen);

	ip->len = b.len;
	ip->rest = skw_bytes_skip(b, hlen);
	ip->ext = (struct skw_flow_extensions){ .proto = proto };
	return ret;
}

static int skip_extensions(unsigned version, struct headers *ip)
{
	if (!skw_flow_is_extension(version, ip->ext.proto))
		return 0;

	int ret = skw_flow_skip_extensions(ip->rest, version, ip->ext.proto, &ip->ext);

	if (!ret)
		ip->rest = skw_bytes_skip(ip->rest, ip->ext.len);
	return ret;
}

static int read_ipv4(struct skw_bytes b, struct headers *ip)
{
	int ret = skw_bytes_need(b, 0, IPV4_MIN);

	if (ret)
		return ret;

	const uint8_t *p = b.p;
	uint32_t hlen = (p[0] & 0xfu) * 4, len = skw_bytes_be16(p + 2);
	uint16_t field = skw_bytes_be16(p + 6);

	/* Segments that the kernel has not cut yet can be longer than the field can tell. */
	if (len == 0 && b.len > UINT16_MAX)
		len = b.len;
	if (hlen < IPV4_MIN || len < hlen)
		return -EBADMSG;
	/* The length in the header counts, even if the frame is shorter. */
	b = skw_bytes_first(b, len);
	b.len = len;
	ip->family = AF_INET;
	ip->src = p + 12;
	ip->dst = p + 16;
	ret = skip_header(b, hlen, p[9], ip);
	if (!ret && !(field & OFFSET_MASK))
		ret = skip_extensions(4, ip);
	ip->ext.fragment_id = skw_bytes_be16(p + 4);
	ip->ext.fragment_offset = (uint16_t)((field & OFFSET_MASK) * 8);
	ip->ext.fragment = field & OFFSET_MASK ? SKW_FLOW_LATER
			   : field & MORE      ? SKW_FLOW_FIRST
					       : SKW_FLOW_WHOLE;
	return ret;
}

/* The payload's length where the header's own field, which is 0, may have no room for it. */
static int jumbo_len(struct skw_bytes b, uint32_t *len)
{
	uint32_t option = 0;

	/* RFC 2675: an option of type 0xc2, the first of the hop-by-hop options. */
	if (b.p[6] == IPPROTO_HOPOPTS) {
		int ret = skw_bytes_need(b, IPV6, 8);

		if (ret)
			return ret;
		if (b.p[IPV6 + 2] == 0xc2 && b.p[IPV6 + 3] == 4)
			option = skw_bytes_be32(b.p + IPV6 + 4);
	}
	/* The kernel leaves the option out of the large segments that it has yet to cut. */
	if (!option && b.len > UINT16_MAX + IPV6)
		option = b.len - IPV6;
	*len = option;
	return 0;
}

static int read_ipv6(struct skw_bytes b, struct headers *ip)
{
	int ret = skw_bytes_need(b, 0, IPV6);

	if (ret)
		return ret;

	uint32_t len = skw_bytes_be16(b.p + 4);

	if (!len)
		ret = jumbo_len(b, &len);
	if (ret)
		return ret;
	len = len > UINT32_MAX - IPV6 ? UINT32_MAX : len + IPV6;
	b = skw_bytes_first(b, len);
	b.len = len;
	ip->family = AF_INET6;
	ip->src = b.p + 8;
	ip->dst = b.p + 24;
	ret = skip_header(b, IPV6, b.p[6], ip);
	return ret ? ret : skip_extensions(6, ip);
}

/* `version` is what the layer above expects; 0: whatever the header says. */
static int read_ip(struct skw_bytes b, unsigned version, struct headers *ip)
{
	int ret = skw_bytes_need(b, 0, 1);

	if (ret)
		return ret;

	unsigned says = b.p[0] >> 4;

	if (says == 4 && version != 6)
		return read_ipv4(b, ip);
	if (says == 6 && version != 4)
		return read_ipv6(b, ip);
	return -EBADMSG;
}

/* The payload behind a transport header of hlen bytes, which need not have been captured. */
static void set_payload(struct skw_bytes b, uint32_t hlen, struct skw_flow *f)
{
	struct skw_bytes payload = skw_bytes_skip(b, hlen);

	f->known |= SKW_FLOW_PAYLOAD;
	f->payload_at = f->transport_at + (uint32_t)(payload.p - b.p);
	f->payload_len = payload.len;
	f->payload_caplen = payload.caplen;
}

static void read_tcp(struct skw_bytes b, struct skw_flow *f)
{
	if (!skw_bytes_has(b, 0, TCP_MIN))
		return;

	uint8_t hlen = (uint8_t)((b.p[12] >> 4) * 4);

	if (hlen < TCP_MIN || hlen > b.len)
		return;
	f->known |= SKW_FLOW_TCP;
	f->tcp.seq = skw_bytes_be32(b.p + 4);
	f->tcp.ack = skw_bytes_be32(b.p + 8);
	f->tcp.header_len = hlen;
	f->tcp.flags = b.p[13];
	f->tcp.window = skw_bytes_be16(b.p + 14);
	set_payload(b, hlen, f);
}

static void read_udp(struct skw_bytes b, struct skw_flow *f)
{
	if (!skw_bytes_has(b, 0, UDP))
		return;

	uint32_t len = skw_bytes_be16(b.p + 4);

	/* A jumbogram's length has no room in the field (RFC 2675, section 4). */
	if (len == 0 && b.len > UINT16_MAX)
		len = b.len;
	if (len < UDP)
		return;
	set_payload(skw_bytes_first(b, len), UDP, f);
}

static void read_transport(const struct headers *ip, struct skw_flow *f)
{
	struct skw_bytes b = ip->rest;

	f->known = SKW_FLOW_PORTS;
	f->tuple.local_port = skw_bytes_be16(b.p);
	f->tuple.remote_port = skw_bytes_be16(b.p + 2);
	if (ip->ext.proto == IPPROTO_TCP)
		read_tcp(b, f);
	else if (ip->ext.proto == IPPROTO_UDP)
		read_udp(b, f);
	else
		set_payload(b, 0, f);
}

static void set_address(const struct headers *ip, const uint8_t *from, uint8_t to[16])
{
	if (ip->family == AF_INET6) {
		memcpy(to, from, 16);
		return;
	}
	memset(to + 4, 0, 12);
	memcpy(to, from, 4);
}

/* Each member by itself: to clear all of it first takes as long as the rest of the work. */
static void set_headers(const struct skw_flow_link *l, const struct headers *ip,
			const uint8_t *start, struct skw_flow *f)
{
	set_address(ip, ip->src, f->tuple.local_addr);
	set_address(ip, ip->dst, f->tuple.remote_addr);
	f->tuple.local_port = f->tuple.remote_port = 0;
	f->tuple.family = ip->family;
	f->tuple.proto = ip->ext.proto;
	f->ip_at = (uint32_t)(l->ip.p - start);
	f->ip_len = ip->len;
	f->transport_at = (uint32_t)(ip->rest.p - start);
	f->payload_at = f->payload_len = f->payload_caplen = 0;
	f->fragment_id = ip->ext.fragment_id;
	f->fragment_offset = ip->ext.fragment_offset;
	f->fragment = ip->ext.fragment;
	f->known = 0;
	f->tcp.seq = f->tcp.ack = 0;
	f->tcp.window = 0;
	f->tcp.flags = f->tcp.header_len = 0;
	f->vlan[0] = l->vlan[0];
	f->vlan[1] = l->vlan[1];
	f->vlans = l->vlans;
}

/* Everything from the IP header at l->ip on. */
static int read_flow(const struct skw_packet *pkt, const struct skw_flow_link *l,
		     struct skw_flow *out)
{
	struct headers ip;
	int ret = read_ip(l->ip, l->version, &ip);

	if (ret)
		return ret;

	bool ports = has_ports(&ip.ext);

	if (ports)
		ret = skw_bytes_need(ip.rest, 0, PORTS);
	if (ret)
		return ret;
	set_headers(l, &ip, pkt->data, out);
	if (ports)
		read_transport(&ip, out);
	else
		set_payload(ip.rest, 0, out);
	return 0;
}

int skw_flow_of(const struct skw_packet *pkt, struct skw_flow *out)
{
	struct skw_flow_link l;

	/* A file may hold records that no capture can have made. */
	if (pkt->len < pkt->caplen)
		return -EBADMSG;

	int ret = skw_flow_skip_link(pkt, &l);

	return ret ? ret : read_flow(pkt, &l, out);
}

static bool quotes(uint8_t proto, uint8_t type)
{
	if (proto == IPPROTO_ICMPV6)
		return type >= ICMP6_DST_UNREACH && type <= ICMP6_PARAM_PROB;
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

int skw_flow_of_quote(const struct skw_packet *pkt, const struct skw_flow *error,
		      struct skw_flow *out)
{
	const struct skw_tuple *t = &error->tuple;
	uint8_t icmp = t->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	struct skw_bytes b = { pkt->data + error->payload_at, error->payload_caplen,
			       error->payload_len };

	if (t->proto != icmp || error->fragment == SKW_FLOW_LATER)
		return -ENOENT;

	int ret = skw_bytes_need(b, 0, ICMP);

	if (ret)
		return ret;
	if (!quotes(icmp, b.p[0]))
		return -ENOENT;

	struct skw_flow_link l = {
		.ip = skw_bytes_skip(b, ICMP),
		.version = t->family == AF_INET ? 4 : 6,
		.vlans = error->vlans,
		.vlan = { error->vlan[0], error->vlan[1] },
	};

	return read_flow(pkt, &l, out);
}

uint32_t skw_flow_iface(const struct skw_packet *pkt)
{
	const char *name = pkt->from ? pkt->from->name : NULL;
	uint32_t h = 2166136261U;

	if (pkt->dlt == DLT_LINUX_SLL2 && pkt->caplen >= SLL2_IFINDEX + 4)
		return skw_bytes_be32(pkt->data + SLL2_IFINDEX);
	for (; name && *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619U;
	return h;
}

struct skw_tuple skw_flow_of_socket(const struct skw_tuple *socket)
{
	struct skw_tuple out = { .local_port = socket->local_port,
				 .remote_port = socket->remote_port,
				 .family = AF_INET,
				 .proto = socket->proto };

	if (socket->family != AF_INET6 || !skw_mapped_is(socket->local_addr) ||
	    !skw_mapped_is(socket->remote_addr))
		return *socket;
	memcpy(out.local_addr, socket->local_addr + SKW_MAPPED_AT, 4);
	memcpy(out.remote_addr, socket->remote_addr + SKW_MAPPED_AT, 4);
	return out;
}
