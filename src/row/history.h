/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A minute of RTTs, a code a second. A code is the logarithm of a time in one byte, in steps of
 * 2^(1/8) from 1 us on, so 255 is a little more than an hour. 0: unknown.
 *
 * A row keeps the last code and for how many seconds it has been the same. Only a row whose RTT has
 * changed within the minute has all codes, in an extra of its table (row/extras.h). Most
 * connections are idle, and their RTT does not change.
 */
#ifndef SKW_ROW_HISTORY_H
#define SKW_ROW_HISTORY_H

#include "model/row.h"
#include "row/extras.h"

/* 0 for SKW_NONE32. The header has it for tests. */
uint8_t skw_history_encode(uint32_t us);
/*
 * SKW_NONE32 for 0; else within 5 % of the time that was encoded. A longer time than an hour comes
 * back as an hour. The header has it for tests.
 */
uint32_t skw_history_decode(uint8_t code);

/*
 * Adds a figure (SKW_NONE32: unknown) that many seconds after the last one. As there is one figure
 * for each second, 0 seconds replace the last one. `extras` are those of the row's table. Without
 * memory, older figures are forgotten.
 */
void skw_history_add(struct skw_row *row, struct skw_extras *extras, uint32_t seconds, uint32_t us);

/* The last n seconds, oldest first; SKW_NONE32: unknown. n is SKW_ROW_HISTORY at most. */
void skw_history_read(const struct skw_row *row, uint32_t *out_us, size_t n);

#endif
