// SPDX-License-Identifier: BSD-2-Clause
#include "filter_corpus.h"

#include <stdlib.h>
#include <string.h>

#include "filter_packet.h"
#include "util/cleanup.h"

uint32_t test_random_next(struct test_random *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (uint32_t)(r->state * UINT64_C(0x2545f4914f6cdd1d) >> 32);
}

uint32_t test_random_below(struct test_random *r, uint32_t n)
{
	return test_random_next(r) % n;
}

void test_corpus_free(struct test_corpus *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->packets[i].data);
	free(c->packets);
	*c = (struct test_corpus){ 0 };
}

void test_corpus_add(struct test_corpus *c, const uint8_t *data, uint32_t len)
{
	if (c->count == c->size) {
		c->size = c->size ? 2 * c->size : 256;
		c->packets = realloc(c->packets, c->size * sizeof(*c->packets));
		if (!c->packets)
			abort();
	}
	/* This is exactly as long as the packet, so that a sanitizer sees a read behind it. */
	struct test_packet p = { malloc(len ? len : 1), len };

	if (!p.data)
		abort();
	memcpy(p.data, data, len);
	c->packets[c->count++] = p;
}

void test_corpus_generate(struct test_corpus *c, uint64_t seed, size_t count, uint32_t max_len)
{
	struct test_random r = { seed };
	SKW_AUTO_FREE uint8_t *frame = malloc(TEST_FRAME_MAX);

	if (!frame)
		abort();
	for (size_t i = 0; i < count; i++) {
		uint32_t len = test_make_frame(&r, frame);

		test_corpus_add(c, frame, len < max_len ? len : max_len);
	}
	for (uint32_t want = 14; want <= 100; want++) {
		uint32_t len = test_make_frame(&r, frame);

		memset(frame + len, 0, TEST_FRAME_MAX - len);
		test_corpus_add(c, frame, want);
	}
}

void test_corpus_mutate(struct test_corpus *c, uint64_t seed)
{
	struct test_random r = { seed };

	for (size_t i = 0, n = c->count; i < n; i++) {
		uint8_t bytes[2048] = { 0 };
		uint32_t len = c->packets[i].len;

		if (len < 14 || len > 1900)
			continue;
		memcpy(bytes, c->packets[i].data, len);
		for (uint32_t k = 1 + test_random_below(&r, 4); k; k--) {
			/* Filters read headers. */
			uint32_t at = test_random_below(&r, len < 80 ? len : 80);

			bytes[at] ^= (uint8_t)(1 << test_random_below(&r, 8));
			if (test_random_below(&r, 3) == 0)
				bytes[at] = (uint8_t)test_random_next(&r);
		}
		if (test_random_below(&r, 3) == 0)
			len = 14 + test_random_below(&r, len - 13);
		else if (test_random_below(&r, 8) == 0)
			len += test_random_below(&r, 100);
		test_corpus_add(c, bytes, len);
	}
}

/* The bytes in front of what follows the Ethernet header, or -1 when the type can't carry it. */
static int link_header(const char *link_type, const uint8_t *frame, uint8_t *out)
{
	uint16_t type = (uint16_t)(frame[12] << 8 | frame[13]);
	uint32_t family = type == 0x86dd ? 10 : 2;
	uint8_t pkt_type = (uint8_t)(frame[5] % 5);

	memset(out, 0, 20);
	if (strcmp(link_type, "RAW") == 0)
		return 0;
	if (strcmp(link_type, "NULL") == 0) {
		memcpy(out, &family, 4);
		return 4;
	}
	if (strcmp(link_type, "LOOP") == 0) {
		out[3] = (uint8_t)family;
		return 4;
	}
	if (strcmp(link_type, "LINUX_SLL") == 0) {
		memcpy(out, (const uint8_t[]){ 0, pkt_type, 0, 1, 0, 6 }, 6);
		memcpy(out + 6, frame + 6, 6);
		memcpy(out + 14, frame + 12, 2);
		return 16;
	}
	if (strcmp(link_type, "LINUX_SLL2") == 0) {
		memcpy(out, frame + 12, 2);
		out[7] = (uint8_t)(1 + pkt_type % 3);
		memcpy(out + 8, (const uint8_t[]){ 0, 1, pkt_type, 6 }, 4);
		memcpy(out + 12, frame + 6, 6);
		return 20;
	}
	return -1;
}

int test_corpus_reframe(const struct test_corpus *from, const char *link_type,
			struct test_corpus *to)
{
	for (size_t i = 0; i < from->count; i++) {
		const struct test_packet *p = &from->packets[i];
		uint8_t bytes[2048];

		if (p->len < 15 || p->len - 14 + 20 > sizeof(bytes))
			continue;
		int header = link_header(link_type, p->data, bytes);

		if (header < 0)
			return -1;
		memcpy(bytes + header, p->data + 14, p->len - 14);
		test_corpus_add(to, bytes, (uint32_t)header + p->len - 14);
	}
	return 0;
}
