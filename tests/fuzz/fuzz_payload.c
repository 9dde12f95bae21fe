// SPDX-License-Identifier: BSD-2-Clause
/*
 * Segments of one direction to its bytes. Records of 4 bytes: the place of a segment near the
 * begin, its length, flags and how it is cut; or an acknowledgment. The stream's bytes tell their
 * own place, so each byte that is handed on must be the right one, and with the holes none may be
 * missing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "flow/payload/reassembly.h"

#define RECORD 4
#define START  0xffffff00u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct taker {
	uint64_t at;
	uint64_t bytes, missing;
	bool known; /* its place, as no hole had an unknown length */
};

static void must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "fuzz_payload: %s\n", what);
	abort();
}

static uint8_t byte_at(uint64_t at)
{
	return (uint8_t)(at * 31 + (at >> 8));
}

static int take(void *ctx, const struct skw_payload_piece *piece)
{
	struct taker *t = ctx;

	must(piece->len > 0, "an empty piece");
	if (piece->len == SKW_PAYLOAD_LEN_UNKNOWN) {
		must(!piece->data, "bytes of an unknown length");
		t->known = false;
		return 0;
	}
	for (uint64_t i = 0; piece->data && t->known && i < piece->len; i++)
		must(piece->data[i] == byte_at(t->at + i), "a wrong byte");
	*(piece->data ? &t->bytes : &t->missing) += piece->len;
	t->at += piece->len;
	return 0;
}

static int send_segment(struct skw_reassembly *r, const uint8_t *rec,
			const struct skw_reassembly_env *env)
{
	uint32_t at = (uint32_t)(rec[0] << 4 | (rec[1] & 0xf)), len = rec[2];
	uint32_t caplen = rec[3] & 2 ? len / 2 : len;
	uint8_t *copy = malloc(caplen ? caplen : 1);
	int ret;

	must(copy, "no memory");
	for (uint32_t i = 0; i < caplen; i++)
		copy[i] = byte_at(at + i);

	const struct skw_reassembly_segment s = { .data = copy,
						  .seq = START + at + (rec[3] & 4 ? 1U << 31 : 0),
						  .caplen = caplen,
						  .len = len,
						  .fin = (rec[3] & 0xf0) == 0xf0 };

	ret = skw_reassembly_take(r, &s, env);
	free(copy);
	return ret;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct skw_reassembly_limits limits = { 2048, 16, 1000 };
	struct skw_reassembly_figures figures = { 0 };
	struct skw_reassembly r = { 0 };
	struct taker t = { .known = true };
	struct skw_reassembly_env env = {
		.limits = &limits, .figures = &figures, .take = take, .ctx = &t
	};

	skw_reassembly_start(&r, START);
	for (; size >= RECORD; data += RECORD, size -= RECORD) {
		env.now_ns += data[1] >> 4;
		if (data[3] & 1)
			must(skw_reassembly_acked(&r, START + (uint32_t)(data[0] << 4), &env) == 0,
			     "an acknowledgment failed");
		else
			must(send_segment(&r, data, &env) == 0, "a segment failed");
		must(r.bytes <= limits.bytes && r.waiting <= limits.segments, "too much waits");
	}
	must(skw_reassembly_flush(&r, &env) == 0, "the end failed");
	must(!r.bytes && !r.waiting && !r.first, "something is left");
	must(figures.bytes == t.bytes && figures.missing_bytes == t.missing, "figures are wrong");
	skw_reassembly_free(&r);
	return 0;
}
