/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A minute of RTTs in 60 bytes. Each byte is the logarithm of a time, in steps of 2^(1/8) from 1 us
 * on, so 255 is a little more than an hour. 0: unknown.
 */
#ifndef SKW_ROW_HISTORY_H
#define SKW_ROW_HISTORY_H

#include "model/row.h"

/* 0 for SKW_NONE32. The header has it for tests. */
uint8_t skw_history_encode(uint32_t us);
/*
 * SKW_NONE32 for 0; else within 5 % of the time that was encoded. A longer time than an hour comes
 * back as an hour. The header has it for tests.
 */
uint32_t skw_history_decode(uint8_t code);

/*
 * Adds a figure (SKW_NONE32: unknown) that many seconds after the last one. As there is one figure
 * for each second, 0 seconds replace the last one.
 */
void skw_history_add(struct skw_row *row, uint32_t seconds, uint32_t us);

/* The last n seconds, oldest first; SKW_NONE32: unknown. n is SKW_ROW_HISTORY at most. */
void skw_history_read(const struct skw_row *row, uint32_t *out_us, size_t n);

#endif
