/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the body of a pcapng block apart, from front to back, and never reads past its end. */
#ifndef SKW_PCAP_PCAPNG_BODY_H
#define SKW_PCAP_PCAPNG_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The part of a body that is left. */
struct skw_pcapng_body {
	const uint8_t *p; /* borrowed */
	size_t left;
	bool swapped; /* not in this host's byte order */
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

/* A time is two 32-bit words. The high word comes first, whatever the byte order. */
static inline uint64_t skw_pcapng_get_ticks(const uint8_t *p, bool swapped)
{
	return (uint64_t)skw_pcapng_get32(p, swapped) << 32 | skw_pcapng_get32(p + 4, swapped);
}

struct skw_raw_block;

/* The body of a whole block, which is at least as long as its head and its tail. */
struct skw_pcapng_body skw_pcapng_body_of(const struct skw_raw_block *block);

/* Takes the next n bytes. Returns NULL, and takes nothing, if fewer are left. */
const uint8_t *skw_pcapng_take(struct skw_pcapng_body *b, size_t n);

/*
 * Takes the next option. Returns false at the end of the list, and also if the option
 * is too long for the block. The options after that are lost, but the block is good.
 */
bool skw_pcapng_next_option(struct skw_pcapng_body *b, struct skw_pcapng_opt *o);

static inline bool skw_pcapng_is_option(const struct skw_pcapng_opt *o, uint16_t code, uint16_t len)
{
	return o->code == code && o->len == len;
}

#endif
