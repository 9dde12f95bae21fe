/* SPDX-License-Identifier: BSD-2-Clause */
/* The addresses that an expression compares with. Internal to conn/expr.c. */
#ifndef SKW_EXPR_EXPR_ADDR_H
#define SKW_EXPR_EXPR_ADDR_H

#include <stdbool.h>
#include <stdint.h>

/* A network, perhaps with a port. IPv4-mapped IPv6 is IPv4 here. */
struct skw_expr_addr {
	uint8_t addr[16];
	uint8_t bits; /* that count, from the front */
	bool any;     /* any address at all, of either family */
	bool v4;
	bool has_port;
	uint16_t port;
};

/*
 * Parses "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "10.0.0.1:443", "[::1]:443", "*:443" and
 * ":443"; with `prefix` also the beginning of an address: "10.0", "2001:db8:". False: none.
 */
bool skw_expr_addr_parse(const char *text, bool prefix, struct skw_expr_addr *out);

/* Whether an address of a row (as in struct skw_row) and its port are in it. */
bool skw_expr_addr_contains(const struct skw_expr_addr *net, uint8_t family, const uint8_t addr[16],
			    uint16_t port);

#endif
