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
};

/*
 * Parses "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "10.0.0.1:443", "[::1]:443", "*:443" and
 * ":443". With `prefix`, also parses the beginning of an address: "10.0", "2001:db8:". Returns
 * false if the text is none of these.
 */
bool skw_expr_addr_parse(const char *text, bool prefix, struct skw_expr_addr *out);

/* Whether the network contains an address of a row (as in struct skw_row) and its port. */
bool skw_expr_addr_contains(const struct skw_expr_addr *net, uint8_t family, const uint8_t addr[16],
			    uint16_t port);

#endif
