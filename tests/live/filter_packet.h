/* SPDX-License-Identifier: BSD-2-Clause */
/* One frame of the generated corpus, with the addresses and ports that the expressions name. */
#ifndef SKW_TESTS_FILTER_PACKET_H
#define SKW_TESTS_FILTER_PACKET_H

#include "filter_corpus.h"

#define TEST_FRAME_MAX 16384

/* Fills `frame` (TEST_FRAME_MAX bytes) and returns its length, 14 at least. */
uint32_t test_make_frame(struct test_random *r, uint8_t *frame);

#endif
