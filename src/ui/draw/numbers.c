// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/numbers.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "format/format.h"
#include "model/row.h"

const char *skw_numbers_grouped(char out[SKW_NUMBERS_SIZE], uint64_t v)
{
	char digits[24];
	size_t len;

	if (v == SKW_NONE64)
		return strcpy(out, "--");
	len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, v);
	for (size_t i = 0, at = 0; i <= len; i++) {
		if (i && i < len && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	return out;
}

/* Separates the prefix and the unit from the digits. */
static const char *with_unit(char *out, uint64_t v, const char *unit)
{
	char number[8];
	int n = skw_format_number(number, 5, v);
	bool prefix = n > 0 && isalpha((unsigned char)number[n - 1]);

	if (v == SKW_NONE64)
		return strcpy(out, "--");
	snprintf(out, SKW_NUMBERS_SIZE, "%.*s %s%s", prefix ? n - 1 : n, number,
		 prefix ? number + n - 1 : "", unit);
	return out;
}

const char *skw_numbers_rate(char out[SKW_NUMBERS_SIZE], uint64_t bps)
{
	return with_unit(out, bps, "bit/s");
}

const char *skw_numbers_bytes(char out[SKW_NUMBERS_SIZE], uint64_t bytes)
{
	return with_unit(out, bytes, "B");
}
