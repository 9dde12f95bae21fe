/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A minute of RTTs in 60 bytes: each is the logarithm of a time, 0 says that nothing is known.
 * Steps of 2^(1/8) from 1 us on: 255 is over an hour.
 */
#ifndef SKW_ROW_HISTORY_H
#define SKW_ROW_HISTORY_H

#include "model/row.h"

uint8_t skw_history_encode(uint32_t us); /* SKW_NONE32: 0 */
/* SKW_NONE32 for 0; else within 5 % of what went in, up to an hour; longer is an hour. */
uint32_t skw_history_decode(uint8_t code);

/*
 * A figure (SKW_NONE32: unknown) so many seconds after the last one; 0: in its place, as there is
 * one for each second.
 */
void skw_history_add(struct skw_row *row, uint32_t seconds, uint32_t us);

/* The last n seconds, oldest first, SKW_NONE32 where unknown; n <= SKW_ROW_HISTORY. */
void skw_history_read(const struct skw_row *row, uint32_t *out_us, size_t n);

#endif
