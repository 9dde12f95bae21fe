/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads numbers out of packets, and steps through struct skw_bytes. The functions
 * that read numbers check nothing: ask skw_bytes_has() first.
 */
#ifndef SKW_UTIL_BYTES_H
#define SKW_UTIL_BYTES_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

/* A part of a packet. caplen is at most len, and less if the snapshot length cut the packet. */
struct skw_bytes {
	const uint8_t *p; /* borrowed */
	uint32_t caplen;  /* number of bytes that were captured */
	uint32_t len;     /* number of bytes on the wire, as the outer header tells */
};

static inline uint16_t skw_bytes_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t skw_bytes_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint16_t skw_bytes_le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t skw_bytes_le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Tells whether n bytes were captured from `at` on. */
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

/* Returns the bytes after the first n; empty if there are fewer. */
static inline struct skw_bytes skw_bytes_skip(struct skw_bytes b, uint32_t n)
{
	uint32_t cap = n < b.caplen ? n : b.caplen;

	/* No bytes may be at NULL, to which nothing may be added, not even 0. */
	if (cap)
		b.p += cap;
	b.caplen -= cap;
	b.len -= n < b.len ? n : b.len;
	return b;
}

/* Returns the first n bytes, or all if there are fewer. */
static inline struct skw_bytes skw_bytes_first(struct skw_bytes b, uint32_t n)
{
	if (b.len > n)
		b.len = n;
	if (b.caplen > b.len)
		b.caplen = b.len;
	return b;
}

#endif
