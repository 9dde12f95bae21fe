// SPDX-License-Identifier: BSD-2-Clause
#include "flow/keyed_hash.h"

#include <string.h>

#define COMPRESS_ROUNDS 2
#define FINISH_ROUNDS   4

static uint64_t turned(uint64_t v, unsigned by)
{
	return v << by | v >> (64 - by);
}

static void mix_halves(uint64_t *a, uint64_t *b, unsigned by)
{
	*a += *b;
	*b = turned(*b, by) ^ *a;
}

static void run_rounds(uint64_t v[4], int rounds)
{
	while (rounds-- > 0) {
		mix_halves(&v[0], &v[1], 13);
		v[0] = turned(v[0], 32);
		mix_halves(&v[2], &v[3], 16);
		mix_halves(&v[0], &v[3], 21);
		mix_halves(&v[2], &v[1], 17);
		v[2] = turned(v[2], 32);
	}
}

static void take_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	run_rounds(v, COMPRESS_ROUNDS);
	v[0] ^= word;
}

static uint64_t load_le(const uint8_t *p, size_t len)
{
	uint64_t word = 0;

	for (size_t i = len; i-- > 0;)
		word = word << 8 | p[i];
	return word;
}

uint64_t skw_keyed_hash(const uint64_t key[2], const void *bytes, size_t len)
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575ULL, key[1] ^ 0x646f72616e646f6dULL,
			  key[0] ^ 0x6c7967656e657261ULL, key[1] ^ 0x7465646279746573ULL };
	const uint8_t *p = bytes;
	size_t left = len;

	for (; left >= 8; left -= 8, p += 8)
		take_word(v, load_le(p, 8));
	take_word(v, (uint64_t)len << 56 | load_le(p, left));
	v[2] ^= 0xff;
	run_rounds(v, FINISH_ROUNDS);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
