/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses that an expression compares with. Internal to this room. */
#ifndef SKW_EXPR_EXPR_ADDR_H
#define SKW_EXPR_EXPR_ADDR_H

#include <stdbool.h>
#include <stdint.h>

/* A network, and optionally a port. An IPv4-mapped IPv6 address is stored as IPv4. */
struct skw_expr_addr {
	uint8_t addr[16];
	uint8_t bits; /* length of the prefix */
	bool any;     /* matches any address of either family */
	bool v4;
	bool has_port;
	uint16_t port;
	char scope[17]; /* the interface of link-local addresses; empty: any */
};

/*
 * Parses "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "10.0.0.1:443", "[::1]:443", "*:443" and
 * ":443", "fe80::1%eth0", "[fe80::1%eth0]:22" and "fe80::%eth0/64". With `prefix`, also parses the
 * beginning of an address: "10.0", "2001:db8:". Returns false if the text is none of these.
 */
bool skw_expr_addr_parse(const char *text, bool prefix, struct skw_expr_addr *out);

/* An end of a row. `scope` may be NULL. */
struct skw_expr_end {
	uint8_t family;
	const uint8_t *addr; /* 16 bytes, as in struct skw_tuple */
	uint16_t port;
	const char *scope;
};

/* Whether the network contains an end of a row. */
bool skw_expr_addr_contains(const struct skw_expr_addr *net, const struct skw_expr_end *end);

#endif
