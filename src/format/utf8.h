/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of processes, namespaces and cgroups are bytes: what of them is UTF-8 (RFC 3629). */
#ifndef SKW_FORMAT_UTF8_H
#define SKW_FORMAT_UTF8_H

#include <stddef.h>

#include "util/buf.h"

/* U+FFFD. */
#define SKW_UTF8_REPLACEMENT "\xef\xbf\xbd"

/* Length of the character at `text`, NUL-terminated; 0: there is none, in any sense. */
size_t skw_utf8_len(const char *text);

/* Appends the first character of a text that has one, U+FFFD for a byte that is in none. Returns
 * what is behind it. */
const char *skw_utf8_add(struct skw_buf *out, const char *text);

#endif
