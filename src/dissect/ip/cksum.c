// SPDX-License-Identifier: BSD-2-Clause
#include "dissect/ip/cksum.h"

#include <netinet/in.h>

#include "util/inet_sum.h"

static uint32_t sum_words(const uint8_t *p, size_t n, uint32_t start)
{
	uint32_t sum = ntohs(skw_inet_sum_fold(skw_inet_sum_add(0, p, n)));

	return skw_inet_sum_fold((uint64_t)sum + start);
}

uint16_t skw_cksum_sum(const uint8_t *p, size_t n, uint32_t start)
{
	return (uint16_t)~sum_words(p, n, start);
}

uint32_t skw_cksum_pseudo(const struct skw_ip *ip, uint32_t upper_len)
{
	size_t addr_len = ip->version == 4 ? 4 : 16;
	uint32_t sum = sum_words(ip->src, addr_len, ip->proto);

	sum = sum_words(ip->last_hop ? ip->last_hop : ip->dst, addr_len, sum);
	return sum + (upper_len >> 16) + (upper_len & 0xffff);
}

uint16_t skw_cksum_shouldbe(uint16_t field, uint16_t sum)
{
	/*
	 * `sum` is the complement of the sum over all bytes, and that includes the wrong field.
	 * Subtracting the field from the sum and complementing the result gives the right value.
	 */
	uint32_t should = (uint32_t)field + sum;

	should = (should & 0xffff) + (should >> 16);
	return (uint16_t)should;
}
