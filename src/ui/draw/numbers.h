/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers in sentences, where there is more room than in a column. SKW_NONE64 becomes "--". */
#ifndef SKW_UI_DRAW_NUMBERS_H
#define SKW_UI_DRAW_NUMBERS_H

#include <stdint.h>

#define SKW_NUMBERS_SIZE 32

/* These write "1,402,118", "1.21 Gbit/s" and "1.90 GB" and return out. */
const char *skw_numbers_grouped(char out[SKW_NUMBERS_SIZE], uint64_t v);
const char *skw_numbers_rate(char out[SKW_NUMBERS_SIZE], uint64_t bps);
const char *skw_numbers_bytes(char out[SKW_NUMBERS_SIZE], uint64_t bytes);

#endif
