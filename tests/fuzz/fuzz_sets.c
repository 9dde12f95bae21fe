// SPDX-License-Identifier: BSD-2-Clause
/*
 * Long lists in filter expressions. Any text must be understood or refused. An expression that is
 * written with a value for each list must have no long list any more, and the same terms whatever
 * the values are.
 */
#include "filter/sets/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 0: the text is not understood, as after `src` only an address is. */
static size_t count_terms(const char *text)
{
	struct skw_sets_expression e = { .terms = NULL };
	size_t n = 0;

	if (skw_sets_expression_read(text, &e))
		return 0;
	for (const struct skw_sets_term *t = e.first; t; t = t->next)
		n++;
	free(e.terms);
	return n;
}

static void check(const struct skw_sets *sets)
{
	size_t terms[SKW_SETS_STAND_INS + 1];

	for (unsigned i = 0; i <= SKW_SETS_STAND_INS; i++) {
		SKW_CLEANUP(skw_buf_free) struct skw_buf text = SKW_BUF_INIT;
		SKW_CLEANUP(skw_sets_free) struct skw_sets again = { .lists = NULL };

		skw_sets_write(sets, i, &text);
		terms[i] = count_terms((const char *)text.data);
		if (terms[i] != terms[0] ||
		    skw_sets_gather((const char *)text.data, &again) != -ENOENT)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SKW_CLEANUP(skw_sets_free) struct skw_sets sets = { .lists = NULL };
	SKW_AUTO_FREE char *text = strndup((const char *)data, size);

	if (!text)
		abort();
	if (skw_sets_gather(text, &sets) == 0)
		check(&sets);
	return 0;
}
