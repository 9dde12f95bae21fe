/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading numbers out of packets, and walking over struct skw_bytes. The
 * number functions check nothing: ask skw_has() first.
 */
#ifndef SKW_DISSECT_BYTES_H
#define SKW_DISSECT_BYTES_H

#include <stdbool.h>
#include <stdint.h>

#include "dissect/dissect.h"

static inline uint16_t skw_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t skw_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Whether n bytes were captured from `at` on. */
static inline bool skw_has(struct skw_bytes b, uint32_t at, uint32_t n)
{
	return at <= b.caplen && n <= b.caplen - at;
}

/* What is left after n bytes; empty if there are fewer. */
static inline struct skw_bytes skw_skip(struct skw_bytes b, uint32_t n)
{
	uint32_t cap = n < b.caplen ? n : b.caplen;

	b.p += cap;
	b.caplen -= cap;
	b.len -= n < b.len ? n : b.len;
	return b;
}

/* The first n bytes; all of it if there are fewer. */
static inline struct skw_bytes skw_first(struct skw_bytes b, uint32_t n)
{
	if (b.len > n)
		b.len = n;
	if (b.caplen > b.len)
		b.caplen = b.len;
	return b;
}

#endif
