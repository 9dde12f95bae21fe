/* SPDX-License-Identifier: BSD-2-Clause */
/* Random values, and times and addresses as the C library writes them. */
#ifndef SKW_TESTS_UNIT_SLOW_VALUES_H
#define SKW_TESTS_UNIT_SLOW_VALUES_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "model/row.h"
#include "util/mapped.h"

static uint64_t seed = 1;

static inline uint64_t any(void)
{
	/* A generator of G. Marsaglia, Xorshift RNGs (2003). */
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static inline uint64_t below(uint64_t n)
{
	return any() % n;
}

static inline void any_address(uint8_t addr[16], uint8_t family)
{
	uint8_t zeros = (uint8_t)any(), small = (uint8_t)any();

	/* Each pair is zero with a chance of a half, and short with another. */
	for (int i = 0; i < 16; i++) {
		uint8_t bit = (uint8_t)(1 << i / 2);

		addr[i] =
			zeros & bit || (small & bit && !(i % 2)) ? 0 : (uint8_t)(any() >> below(8));
	}
	if (family == AF_INET6 && !below(4))
		memcpy(addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
	else if (!below(8))
		memcpy(addr, "\xfe\x80\0\0\0\0\0\0", 8);
}

static inline const char *time_text(uint64_t real_ns)
{
	static char text[64];
	time_t second = (time_t)(real_ns / 1000000000);
	struct tm tm;
	size_t n;

	gmtime_r(&second, &tm);
	n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, sizeof(text) - n, ".%09uZ", (unsigned)(real_ns % 1000000000));
	return text;
}

static inline void address_text(char *out, uint8_t family, const uint8_t addr[16],
				const char *scope)
{
	bool link = family == AF_INET6 && ((addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80) ||
					   (addr[0] == 0xff && (addr[1] & 0x0f) == 2));
	bool mapped = family == AF_INET6 && skw_mapped_is(addr);

	inet_ntop(mapped ? AF_INET : family, mapped ? addr + SKW_MAPPED_AT : addr, out,
		  INET6_ADDRSTRLEN);
	if (link && scope)
		sprintf(out + strlen(out), "%%%.*s", SKW_SCOPE_LEN, scope);
}

#endif
