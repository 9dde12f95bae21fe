/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading numbers out of packets, and walking over struct skw_bytes. The
 * number functions check nothing: ask skw_bytes_has() first.
 */
#ifndef SKW_UTIL_BYTES_H
#define SKW_UTIL_BYTES_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

/* Part of a packet. caplen may be less than len (cut by the snapshot length), never more. */
struct skw_bytes {
	const uint8_t *p;
	uint32_t caplen; /* bytes that are there */
	uint32_t len;    /* bytes that were on the wire, as far as the parent header tells */
};

static inline uint16_t skw_bytes_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t skw_bytes_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Whether n bytes were captured from `at` on. */
static inline bool skw_bytes_has(struct skw_bytes b, uint32_t at, uint32_t n)
{
	return at <= b.caplen && n <= b.caplen - at;
}

/* 0 if they were; -ENODATA if only the capture lacks them, -EBADMSG if the packet itself does. */
static inline int skw_bytes_need(struct skw_bytes b, uint32_t at, uint32_t n)
{
	if (skw_bytes_has(b, at, n))
		return 0;
	return at > b.len || n > b.len - at ? -EBADMSG : -ENODATA;
}

/* What is left after n bytes; empty if there are fewer. */
static inline struct skw_bytes skw_bytes_skip(struct skw_bytes b, uint32_t n)
{
	uint32_t cap = n < b.caplen ? n : b.caplen;

	b.p += cap;
	b.caplen -= cap;
	b.len -= n < b.len ? n : b.len;
	return b;
}

/* The first n bytes; all of it if there are fewer. */
static inline struct skw_bytes skw_bytes_first(struct skw_bytes b, uint32_t n)
{
	if (b.len > n)
		b.len = n;
	if (b.caplen > b.len)
		b.caplen = b.len;
	return b;
}

#endif
