/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of processes, namespaces and cgroups are arbitrary bytes. These functions find UTF-8 in
 * them (RFC 3629).
 */
#ifndef SKW_FORMAT_UTF8_H
#define SKW_FORMAT_UTF8_H

#include <stddef.h>

#include "util/buf.h"

/* The replacement character, U+FFFD. */
#define SKW_UTF8_REPLACEMENT "\xef\xbf\xbd"

/*
 * Appends the first character of the text, or U+FFFD for a byte that is not part of a character.
 * Returns the place after it.
 */
const char *skw_utf8_add(struct skw_buf *out, const char *text);

#endif
