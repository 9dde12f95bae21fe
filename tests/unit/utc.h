/* SPDX-License-Identifier: BSD-2-Clause */
/* The set-up of a test whose names have the local time. */
#ifndef SKW_TESTS_UNIT_UTC_H
#define SKW_TESTS_UNIT_UTC_H

#include <stdlib.h>
#include <time.h>

static inline int utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

#endif
