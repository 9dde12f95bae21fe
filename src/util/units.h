/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses numbers that users type. */
#ifndef SKW_UTIL_UNITS_H
#define SKW_UTIL_UNITS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * All functions return false, and leave the result alone, if the text is anything else than such a
 * number, or if the number does not fit.
 */

/* Parses a plain decimal number. */
bool skw_units_parse_uint(const char *text, uint64_t *out);

/* Parses a port from 0 to 65535. */
bool skw_units_parse_port(const char *text, uint16_t *out);

/*
 * Parses a size: a number, and optionally k, M or G in upper or lower case. The units are powers of
 * 1024. A number without a unit is multiplied by `plain`.
 */
bool skw_units_parse_size(const char *text, uint64_t plain, uint64_t *bytes);

/*
 * Parses a time: a number, with or without a decimal point, and us, ms, s, m, h or d. Without a
 * unit it is in seconds.
 */
bool skw_units_parse_duration(const char *text, uint64_t *ns);

#endif
