/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of expressions with long lists: the sets are maps of the kernel. */
#ifndef SKW_TESTS_FILTER_LIST_TEST_H
#define SKW_TESTS_FILTER_LIST_TEST_H

#include "filter_corpus.h"
#include "filter/translate.h"

/*
 * Prints TAP lines. Returns 0, or -errno of a harness fault. The frame says how bytes are read.
 */
int test_lists(const struct test_corpus *c, const struct skw_filter_frame *frame);

#endif
