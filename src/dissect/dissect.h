/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside the dissector: what its files share. One function per protocol, each
 * with the bytes that were captured of it and the length its parent claims.
 */
#ifndef SKW_DISSECT_DISSECT_H
#define SKW_DISSECT_DISSECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dissect/printer.h"
#include "util/bytes.h"

/* The IP header above a transport header, for addresses, ports and pseudo-header checksums. */
struct skw_ip {
	uint8_t version;          /* 4 or 6 */
	uint8_t proto;            /* of the payload, after extension headers */
	bool fragment;            /* a fragment: the payload is not the whole datagram */
	bool hosts_printed;       /* "src > dst: " is there already: only ports are missing */
	const uint8_t *src, *dst; /* 4 or 16 bytes, network order */
	const uint8_t *last_hop;  /* where a source route ends, for checksums; NULL: dst */
};

/* One packet being printed. */
struct skw_dissect {
	const struct skw_print_options *opt;
	struct skw_buf *out;
	struct skw_tcp_seqs *seqs; /* relative sequence numbers; may be NULL */
	unsigned depth; /* nesting of IP in IP, ICMP quotes, ...: bounded by SKW_DISSECT_DEPTH */
	bool cut;       /* set by skw_dissect_cut: whoever called down prints nothing more */
	bool jumbo;     /* the innermost IPv6 header is a jumbogram's */
};

#define SKW_DISSECT_DEPTH 8

/*
 * Prints " [|name]" with the space, which is how tcpdump says that the captured bytes end here,
 * and sets d->cut.
 */
void skw_dissect_cut(struct skw_dissect *d, const char *name);

/* Roles of colour; nothing is printed unless opt->color is set. END leads back to plain text. */
enum skw_color {
	SKW_COLOR_END,
	SKW_COLOR_TIME,
	SKW_COLOR_PROTO,
	SKW_COLOR_OPEN_CLOSE, /* SYN, FIN */
	SKW_COLOR_BAD         /* RST, wrong checksums, unreachable */
};
void skw_dissect_color(struct skw_dissect *d, enum skw_color color);

/* Untrusted text: printable ASCII as it is, all else escaped the way tcpdump does. */
void skw_dissect_text(struct skw_dissect *d, const uint8_t *p, size_t n);

/* " (invalid)", as tcpdump says of what contradicts itself; cuts the line short as well. */
void skw_dissect_invalid(struct skw_dissect *d);

/* A protocol that is named but not taken apart: "name, length N". */
void skw_dissect_name(struct skw_dissect *d, const char *name, uint32_t len);

/* Text forms; the callers' buffers hold INET6_ADDRSTRLEN bytes. */
const char *skw_dissect_addr(const struct skw_ip *ip, const uint8_t *addr, char *text);

/* Appends "src > dst: ", and with ports "src.sport > dst.dport: ", unless hosts_printed. */
void skw_dissect_hosts(struct skw_dissect *d, const struct skw_ip *ip);
void skw_dissect_ports(struct skw_dissect *d, const struct skw_ip *ip, uint16_t sport,
		       uint16_t dport);

/* "[udp sum ok] ", or what the field holds and what it should: `sum` is over all, 0 if right. */
void skw_dissect_cksum(struct skw_dissect *d, const char *proto, uint16_t field, uint16_t sum);

/*
 * What follows a link header, or GRE and its like. False, and nothing printed, if the type is
 * not known.
 */
bool skw_dissect_ethertype(struct skw_dissect *d, uint16_t ethertype, struct skw_bytes b);
void skw_dissect_arp(struct skw_dissect *d, struct skw_bytes b);
void skw_dissect_ipv4(struct skw_dissect *d, struct skw_bytes b);
void skw_dissect_ipv6(struct skw_dissect *d, struct skw_bytes b);
/* What follows an IP header. */
void skw_dissect_ip_payload(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_tcp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_udp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_gre(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_icmp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_icmp6(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);

/*
 * Payloads of TCP and UDP: each prints its one-phrase summary and returns true,
 * or prints nothing and returns false when these bytes are not its protocol.
 * Over TCP the line so far ends in ", length N": they print their own separator,
 * as in ": HTTP: GET / HTTP/1.1". Over UDP it ends in "a.1 > b.53: ".
 */
bool skw_dissect_dns(struct skw_dissect *d, struct skw_bytes b, bool over_tcp);
bool skw_dissect_mdns(struct skw_dissect *d, struct skw_bytes b); /* UDP port 5353 */
bool skw_dissect_tls(struct skw_dissect *d, struct skw_bytes b);
/* On a port of HTTP's whatever comes is called so, as tcpdump does; elsewhere its first lines. */
bool skw_dissect_http(struct skw_dissect *d, struct skw_bytes b, bool known_port);

#endif
