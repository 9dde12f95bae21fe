/* SPDX-License-Identifier: BSD-2-Clause */
/* The body of a pcapng block, taken apart from front to back, never past its end. */
#ifndef SKW_PCAP_PCAPNG_BODY_H
#define SKW_PCAP_PCAPNG_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What is left of a body. Borrows the bytes. */
struct skw_pcapng_body {
	const uint8_t *p;
	size_t left;
	bool swapped; /* the other byte order than this host's */
};

struct skw_pcapng_opt {
	uint16_t code;
	uint16_t len;
	const uint8_t *value; /* len bytes */
};

static inline uint16_t skw_pcapng_get16(const uint8_t *p, bool swapped)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap16(v) : v;
}

static inline uint32_t skw_pcapng_get32(const uint8_t *p, bool swapped)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap32(v) : v;
}

static inline uint64_t skw_pcapng_get64(const uint8_t *p, bool swapped)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return swapped ? __builtin_bswap64(v) : v;
}

/* Two 32-bit words, the high one first in either byte order. */
static inline uint64_t skw_pcapng_get_ticks(const uint8_t *p, bool swapped)
{
	return (uint64_t)skw_pcapng_get32(p, swapped) << 32 | skw_pcapng_get32(p + 4, swapped);
}

/* The next n bytes, NULL (and nothing taken) if there are not so many. */
const uint8_t *skw_pcapng_take(struct skw_pcapng_body *b, size_t n);

/*
 * The next option; false at the end of the list, and where it makes no sense:
 * what comes after that can't be told, but the block before it is good.
 */
bool skw_pcapng_next_option(struct skw_pcapng_body *b, struct skw_pcapng_opt *o);

static inline bool skw_pcapng_is_option(const struct skw_pcapng_opt *o, uint16_t code, uint16_t len)
{
	return o->code == code && o->len == len;
}

#endif
