// SPDX-License-Identifier: BSD-2-Clause
#include "util/decimal.h"

#include <string.h>

/* All numbers of two digits. A division by 100 makes two digits at once. */
static const char pairs[] = "0001020304050607080910111213141516171819"
			    "2021222324252627282930313233343536373839"
			    "4041424344454647484950515253545556575859"
			    "6061626364656667686970717273747576777879"
			    "8081828384858687888990919293949596979899";

/*
 * A jump that is guessed right costs less than a calculation: what follows need not wait for the
 * number of digits.
 */
static int digits_of(uint64_t v)
{
	int n = 1;

	for (; v >= 10000; v /= 10000)
		n += 4;
	if (v >= 1000)
		return n + 3;
	if (v >= 100)
		return n + 2;
	return v >= 10 ? n + 1 : n;
}

char *skw_decimal_put_long(char *to, uint64_t v)
{
	char *end = to + digits_of(v), *p = end;

	for (; v >= 100; v /= 100) {
		p -= 2;
		memcpy(p, pairs + 2 * (v % 100), 2);
	}
	if (v >= 10)
		memcpy(p - 2, pairs + 2 * v, 2);
	else
		p[-1] = (char)('0' + v);
	return end;
}
