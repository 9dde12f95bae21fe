/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers as people type them. */
#ifndef SKW_UTIL_UNITS_H
#define SKW_UTIL_UNITS_H

#include <stdbool.h>
#include <stdint.h>

/* All return false, and leave *out alone, unless the whole text is such a number and fits. */

/* A plain decimal number. */
bool skw_units_parse_uint(const char *text, uint64_t *out);

/*
 * A size: a number, perhaps with k, M or G (either case) behind it. They stand for powers of
 * 1024; a number without a unit is multiplied by `plain`.
 */
bool skw_units_parse_size(const char *text, uint64_t plain, uint64_t *bytes);

/* A time: a number, perhaps with a decimal point, and us, ms, s (also without a unit), m or h. */
bool skw_units_parse_duration(const char *text, uint64_t *ns);

#endif
