/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions with long lists, of the addresses and ports that the generated corpus has, and
 * others. */
#ifndef SKW_TESTS_FILTER_LISTS_H
#define SKW_TESTS_FILTER_LISTS_H

#include <stddef.h>

#include "filter_corpus.h"

#define TEST_LISTS_BYTES 16384

/* Writes an expression that libpcap can compile, with one long list at least. */
void test_lists_expression(struct test_random *r, char out[TEST_LISTS_BYTES]);

#endif
