/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets for the filter tests. A seed makes always the same ones. */
#ifndef SKW_TESTS_FILTER_CORPUS_H
#define SKW_TESTS_FILTER_CORPUS_H

#include <stddef.h>
#include <stdint.h>

struct test_packet {
	uint8_t *data; /* owned by the corpus */
	uint32_t len;
};

struct test_corpus {
	struct test_packet *packets; /* owned */
	size_t count, size;
};

/* xorshift64*; the state must not be 0. */
struct test_random {
	uint64_t state;
};

uint32_t test_random_next(struct test_random *r);
uint32_t test_random_below(struct test_random *r, uint32_t n); /* 0 .. n - 1 */

void test_corpus_free(struct test_corpus *c);
/* Copies the bytes. Out of memory ends the test. */
void test_corpus_add(struct test_corpus *c, const uint8_t *data, uint32_t len);

/* Ethernet frames of all kinds, up to max_len bytes; and each length from 14 to 100. */
void test_corpus_generate(struct test_corpus *c, uint64_t seed, size_t count, uint32_t max_len);
/* One changed copy of each packet that is there: bytes changed, cut or grown. */
void test_corpus_mutate(struct test_corpus *c, uint64_t seed);
/* Each Ethernet frame of `from` with the header of another link type instead; unknown ones: -1. */
int test_corpus_reframe(const struct test_corpus *from, const char *link_type,
			struct test_corpus *to);

#endif
