/* SPDX-License-Identifier: BSD-2-Clause */
/* The time stamp in front of a line. */
#ifndef SKW_DISSECT_TIMESTAMP_H
#define SKW_DISSECT_TIMESTAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "dissect/printer.h"

/* What time stamps need to know of earlier ones. Starts zeroed. */
struct skw_print_clock {
	bool started;
	uint64_t first_ns;
	uint64_t previous_ns;
	bool local_known; /* `local` is the broken-down form of local_second */
	int64_t local_second;
	struct tm local;
};

/*
 * Appends the time stamp and the space behind it, nothing for SKW_TIME_NONE. `nano` prints nine
 * digits, otherwise the nanoseconds are cut off, not rounded.
 */
void skw_print_time(struct skw_print_clock *clock, enum skw_print_time form, bool nano,
		    uint64_t ts_ns, struct skw_buf *out);

#endif
