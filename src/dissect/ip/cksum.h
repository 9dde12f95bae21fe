/* SPDX-License-Identifier: BSD-2-Clause */
/* Internet checksums. */
#ifndef SKW_DISSECT_IP_CKSUM_H
#define SKW_DISSECT_IP_CKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "dissect/dissect.h"

/*
 * The complemented Internet checksum (RFC 1071) of n bytes, in host order. Over bytes that include
 * their own checksum it is 0 if they are right. `start` is 0 or the result of skw_cksum_pseudo().
 */
uint16_t skw_cksum_sum(const uint8_t *p, size_t n, uint32_t start);
uint32_t skw_cksum_pseudo(const struct skw_ip *ip, uint32_t upper_len);
/*
 * The right value of a checksum field that holds `field`, when skw_cksum_sum() has returned `sum`.
 */
uint16_t skw_cksum_shouldbe(uint16_t field, uint16_t sum);

#endif
