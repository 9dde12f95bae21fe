/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls a single function of the dissector on given bytes, for cmocka tests. */
#ifndef SKW_TESTS_DISSECT_HARNESS_H
#define SKW_TESTS_DISSECT_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dissect/dissect.h"

/* Prints b with some level of -v. Returns false if the line ends there. */
typedef bool dissect_fn(struct skw_dissect *d, struct skw_bytes b);

static char dissect_text[65536];

/*
 * The text that fn prints for n bytes, `caplen` of which were captured. The captured bytes are in
 * an allocation of exactly their size, so that ASan detects any access beyond them.
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
	/* If nothing was captured, the function must not read through the pointer at all. */
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

/* A string literal as bytes, without its terminating zero. */
#define BYTES(literal) (literal), sizeof(literal) - 1

/*
 * Calls fn with each captured length and each level of -v. It must not read beyond the captured
 * bytes or print unescaped bytes.
 */
static inline void dissect_every_prefix(dissect_fn *fn, const void *bytes, size_t n)
{
	for (unsigned verbose = 0; verbose < 4; verbose++) {
		for (size_t caplen = 0; caplen <= n; caplen++)
			dissect_cut(fn, verbose, bytes, n, caplen);
		/*
		 * The same again, with a length of the packet that is equal to the captured length.
		 */
		for (size_t len = 0; len <= n; len++)
			dissect(fn, verbose, bytes, len);
	}
}

#endif
