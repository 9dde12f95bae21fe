/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of what is around the expression: counting, directions, loopback, the tail call. */
#ifndef SKW_TESTS_FILTER_FRAME_TEST_H
#define SKW_TESTS_FILTER_FRAME_TEST_H

#include "filter_corpus.h"
#include "filter_kernel.h"
#include "model/skb_access.h"

/* Prints TAP lines. Returns 0, or -errno of a harness fault. `access` may be NULL: none. */
int test_frame(struct wire *w, const struct test_corpus *c, const struct skw_skb_access *access);

#endif
