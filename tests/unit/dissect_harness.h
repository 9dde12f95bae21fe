/* SPDX-License-Identifier: BSD-2-Clause */
/* One protocol function of the dissector on bytes of one's own, for cmocka tests. */
#ifndef SKW_TESTS_DISSECT_HARNESS_H
#define SKW_TESTS_DISSECT_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dissect/dissect.h"

/* Prints b at a level of -v; the return value says whether something follows. */
typedef bool dissect_fn(struct skw_dissect *d, struct skw_bytes b);

static char dissect_text[65536];

/*
 * What fn prints of n bytes, of which `caplen` were captured. They lie in memory of just that size,
 * so that ASan sees each byte that is read beyond them.
 */
static inline const char *dissect_cut(dissect_fn *fn, unsigned verbose, const void *bytes, size_t n,
				      size_t caplen)
{
	struct skw_print_options opt = { .verbose = verbose };
	struct skw_buf out = SKW_BUF_INIT;
	struct skw_dissect d = { .opt = &opt, .out = &out };
	uint8_t *copy = malloc(caplen ? caplen : 1);

	assert_non_null(copy);
	memcpy(copy, bytes, caplen);
	/* With nothing captured, the pointer may not be read at all. */
	fn(&d, (struct skw_bytes){ caplen ? copy : copy + 1, (uint32_t)caplen, (uint32_t)n });
	free(copy);
	assert_false(out.failed);
	assert_true(out.len < sizeof(dissect_text));
	for (size_t i = 0; i < out.len; i++)
		assert_true((out.data[i] >= 0x20 && out.data[i] < 0x7f) || out.data[i] == '\n' ||
			    out.data[i] == '\t');
	if (out.len)
		memcpy(dissect_text, out.data, out.len);
	dissect_text[out.len] = '\0';
	skw_buf_free(&out);
	return dissect_text;
}

static inline const char *dissect(dissect_fn *fn, unsigned verbose, const void *bytes, size_t n)
{
	return dissect_cut(fn, verbose, bytes, n, n);
}

/* String literals as bytes, the NUL at their end left out. */
#define BYTES(literal) (literal), sizeof(literal) - 1

/* Every captured length at every level of -v: nothing is read beyond, nothing raw is printed. */
static inline void dissect_every_prefix(dissect_fn *fn, const void *bytes, size_t n)
{
	for (unsigned verbose = 0; verbose < 4; verbose++) {
		for (size_t caplen = 0; caplen <= n; caplen++)
			dissect_cut(fn, verbose, bytes, n, caplen);
		/* The same, but with a parent that says so. */
		for (size_t len = 0; len <= n; len++)
			dissect(fn, verbose, bytes, len);
	}
}

#endif
