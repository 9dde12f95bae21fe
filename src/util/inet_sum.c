// SPDX-License-Identifier: BSD-2-Clause
#include "util/inet_sum.h"

#include <string.h>

uint64_t skw_inet_sum_add(uint64_t sum, const uint8_t *bytes, size_t len)
{
	uint32_t word;

	for (; len >= sizeof(word); bytes += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		sum += word;
	}
	word = 0;
	if (len)
		memcpy(&word, bytes, len);
	return sum + word;
}

uint16_t skw_inet_sum_fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}
