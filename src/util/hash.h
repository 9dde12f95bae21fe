/* SPDX-License-Identifier: BSD-2-Clause */
/* A hash of bytes, for tables in memory. It withstands nobody who chooses the bytes. */
#ifndef SKW_UTIL_HASH_H
#define SKW_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Adds a word to a hash, which begins with any number. */
static inline uint64_t skw_hash_word(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

static inline uint64_t skw_hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;
	uint64_t word;

	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = skw_hash_word(hash, word);
	}
	word = 0;
	memcpy(&word, p, len);
	return skw_hash_word(hash, word);
}

#endif
