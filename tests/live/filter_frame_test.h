/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands around the expression: counting, directions, loopback, going on by tail call. */
#ifndef SKW_TESTS_FILTER_FRAME_TEST_H
#define SKW_TESTS_FILTER_FRAME_TEST_H

#include "filter_corpus.h"
#include "filter_kernel.h"
#include "model/skb_access.h"

/* Prints TAP lines; 0 or -errno of a harness fault. access: NULL where the kernel has no such. */
int test_frame(struct wire *w, const struct test_corpus *c, const struct skw_skb_access *access);

#endif
