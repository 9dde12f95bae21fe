/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers, amounts of time and ages in few characters. */
#ifndef SKW_FORMAT_TEXT_UNITS_H
#define SKW_FORMAT_TEXT_UNITS_H

#include <stdint.h>

/*
 * Numbers for people, at most `width` characters (at least 4) without padding: "1.2M", "88k",
 * "41.2ms", "2h13m", and "--" for SKW_NONE64. Prefixes are powers of 1000, for bytes too. Return
 * the length of the text; `out` holds width + 1 bytes.
 */
int skw_format_number(char *out, int width, uint64_t v);
int skw_format_us(char *out, int width, uint64_t us);
int skw_format_age(char *out, int width, uint64_t us);

#endif
