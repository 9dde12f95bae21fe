/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Declarations that the files of the dissector share. Each protocol has one function. It gets the
 * captured bytes and the length that the outer protocol claims.
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
	uint8_t proto;            /* of the payload, behind extension headers */
	bool fragment;            /* the payload is only a part of the datagram */
	bool hosts_printed;       /* "src > dst: " was printed, only the ports are missing */
	const uint8_t *src, *dst; /* 4 or 16 bytes, network order */
	const uint8_t *last_hop;  /* the end of a source route, for checksums; NULL if it is dst */
};

/* A packet that is being printed. */
struct skw_dissect {
	const struct skw_print_options *opt;
	struct skw_buf *out;
	const struct skw_iface *iface; /* of the packet; may be NULL */
	struct skw_tcp_seqs *seqs;     /* relative sequence numbers; may be NULL */
	/* The nesting of IP in IP, ICMP quotes and so on, at most SKW_DISSECT_DEPTH. */
	unsigned depth;
	bool cut;   /* set by skw_dissect_cut(): the callers print nothing more */
	bool jumbo; /* the innermost IPv6 header belongs to a jumbogram */
};

#define SKW_DISSECT_DEPTH 8

/* Prints " [|name]", tcpdump's sign that the captured bytes end here, and sets d->cut. */
void skw_dissect_cut(struct skw_dissect *d, const char *name);

/*
 * The uses of colours. Nothing is printed unless opt->color is set. SKW_COLOR_END returns to
 * plain text.
 */
enum skw_color {
	SKW_COLOR_END,
	SKW_COLOR_TIME,
	SKW_COLOR_PROTO,
	SKW_COLOR_OPEN_CLOSE, /* SYN, FIN */
	SKW_COLOR_BAD         /* RST, wrong checksums, unreachable */
};
void skw_dissect_color(struct skw_dissect *d, enum skw_color color);

/* Prints untrusted text: printable ASCII as it is, all other bytes escaped as tcpdump does. */
void skw_dissect_text(struct skw_dissect *d, const uint8_t *p, size_t n);

/* Prints " (invalid)", as tcpdump does for contradictory fields, and sets d->cut. */
void skw_dissect_invalid(struct skw_dissect *d);

/* Prints "name, length N" for a protocol that is not dissected. */
void skw_dissect_name(struct skw_dissect *d, const char *name, uint32_t len);

/* Print "src > dst: ", or with ports "src.sport > dst.dport: ", unless hosts_printed is set. */
void skw_dissect_hosts(struct skw_dissect *d, const struct skw_ip *ip);
void skw_dissect_ports(struct skw_dissect *d, const struct skw_ip *ip, uint16_t sport,
		       uint16_t dport);

/*
 * Prints "[udp sum ok] ", or the value of the field and the right value. `sum` is the checksum over
 * all bytes, 0 if it is right.
 */
void skw_dissect_cksum(struct skw_dissect *d, const char *proto, uint16_t field, uint16_t sum);

/*
 * Prints the payload of a link header, of GRE and the like. If the type is not known, prints
 * nothing and returns false.
 */
bool skw_dissect_ethertype(struct skw_dissect *d, uint16_t ethertype, struct skw_bytes b);
void skw_dissect_arp(struct skw_dissect *d, struct skw_bytes b);
void skw_dissect_ipv4(struct skw_dissect *d, struct skw_bytes b);
void skw_dissect_ipv6(struct skw_dissect *d, struct skw_bytes b);
/* Prints the payload of an IP header. */
void skw_dissect_ip_payload(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_tcp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_udp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_gre(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_icmp(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);
void skw_dissect_icmp6(struct skw_dissect *d, const struct skw_ip *ip, struct skw_bytes b);

/*
 * Payloads of TCP and UDP. Each function prints a short summary and returns true, or prints nothing
 * and returns false if the bytes don't belong to its protocol. Over TCP the line so far ends in its
 * length, and the function prints the separator too, as in ": HTTP: GET / HTTP/1.1". Over UDP the
 * line so far ends in "a.1 > b.53: ".
 */
bool skw_dissect_dns(struct skw_dissect *d, struct skw_bytes b, bool over_tcp);
/* UDP port 5353. */
bool skw_dissect_mdns(struct skw_dissect *d, struct skw_bytes b);
bool skw_dissect_tls(struct skw_dissect *d, struct skw_bytes b);
/*
 * On a known port of HTTP, any payload is called HTTP, as in tcpdump. On other ports the payload
 * must begin like a message of HTTP/1.
 */
bool skw_dissect_http(struct skw_dissect *d, struct skw_bytes b, bool known_port);

#endif
