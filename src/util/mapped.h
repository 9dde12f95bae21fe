/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4-mapped addresses of IPv6 (RFC 4291, 2.5.5.2): ::ffff:a.b.c.d. Sockets of IPv6 have them for
 * connections of IPv4.
 */
#ifndef SKW_UTIL_MAPPED_H
#define SKW_UTIL_MAPPED_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The index of the IPv4 address in a mapped one. */
#define SKW_MAPPED_AT 12

/* Whether an address of IPv6 is IPv4-mapped. */
static inline bool skw_mapped_is(const uint8_t addr[16])
{
	static const uint8_t prefix[SKW_MAPPED_AT] = { [10] = 0xff, [11] = 0xff };

	return memcmp(addr, prefix, sizeof(prefix)) == 0;
}

/* `ip4` must not be a part of `out`. */
static inline void skw_mapped_make(uint8_t out[16], const uint8_t ip4[4])
{
	memset(out, 0, 10);
	out[10] = out[11] = 0xff;
	memcpy(out + SKW_MAPPED_AT, ip4, 4);
}

#endif
