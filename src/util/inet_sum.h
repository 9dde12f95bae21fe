/* SPDX-License-Identifier: BSD-2-Clause */
/* The sum of Internet checksums (RFC 1071). */
#ifndef SKW_UTIL_INET_SUM_H
#define SKW_UTIL_INET_SUM_H

#include <stddef.h>
#include <stdint.h>

/*
 * Adds bytes to the sum of those before, in words of this host's order: RFC 1071 says why that is
 * right. Only the last call for a sum may have a number of bytes that is not a multiple of four.
 */
uint64_t skw_inet_sum_add(uint64_t sum, const uint8_t *bytes, size_t len);
/* The sum of 16 bits, not complemented, with its bytes as they are in a packet. */
uint16_t skw_inet_sum_fold(uint64_t sum);

#endif
