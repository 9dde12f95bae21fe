/* SPDX-License-Identifier: BSD-2-Clause */
/* Decimal numbers without the cost of printf(). */
#ifndef SKW_UTIL_DECIMAL_H
#define SKW_UTIL_DECIMAL_H

#include <stdint.h>

#define SKW_DECIMAL_MAX 20 /* digits of the largest number */

/* Writes a number of at least two digits without a terminating zero; returns the end. */
char *skw_decimal_put_long(char *to, uint64_t v);

/* Writes any number without a terminating zero; returns the end. */
static inline char *skw_decimal_put(char *to, uint64_t v)
{
	if (v >= 10)
		return skw_decimal_put_long(to, v);
	*to = (char)('0' + v);
	return to + 1;
}

/* Writes the last `digits` digits of a number, with zeros in front; returns the end. */
static inline char *skw_decimal_put_fixed(char *to, unsigned v, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		to[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return to + digits;
}

#endif
