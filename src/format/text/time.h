/* SPDX-License-Identifier: BSD-2-Clause */
/* Points in time. */
#ifndef SKW_FORMAT_TEXT_TIME_H
#define SKW_FORMAT_TEXT_TIME_H

#include <stdint.h>

/* Writes a real time as RFC 3339 in UTC with nanoseconds. `out` holds SKW_RFC3339_SIZE bytes. */
#define SKW_RFC3339_SIZE 31
void skw_format_rfc3339(char *out, uint64_t real_ns);

#endif
