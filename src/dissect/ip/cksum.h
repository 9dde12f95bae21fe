/* SPDX-License-Identifier: BSD-2-Clause */
/* Internet checksums. */
#ifndef SKW_DISSECT_IP_CKSUM_H
#define SKW_DISSECT_IP_CKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "dissect/dissect.h"

/*
 * The Internet checksum (RFC 1071) of n bytes, complemented, host order: 0 means that bytes which
 * include their own checksum are right. `start` is 0 or what skw_cksum_pseudo() returned.
 */
uint16_t skw_cksum_sum(const uint8_t *p, size_t n, uint32_t start);
uint32_t skw_cksum_pseudo(const struct skw_ip *ip, uint32_t upper_len);
/* What the checksum field should hold, from what it holds and what skw_cksum_sum() made of it. */
uint16_t skw_cksum_shouldbe(uint16_t field, uint16_t sum);

#endif
