/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes text safe for a terminal. Names of interfaces, files and users are chosen by strangers, and
 * may contain bytes that a terminal obeys.
 */
#ifndef SKW_UTIL_ESCAPE_H
#define SKW_UTIL_ESCAPE_H

#include <stddef.h>

/* Room for the text of `len` bytes, each of them escaped, and its final zero. */
#define SKW_ESCAPED_BYTES(len) (4 * (len) + 1)

/*
 * Copies the text to out, which has `size` bytes (at least 1). Control characters, characters
 * without a width or that change the direction of text, and bytes that are not UTF-8 (RFC 3629)
 * become \xNN. The copy is cut before the first character that does not fit. Returns `out`.
 */
char *skw_escape(const char *text, char *out, size_t size);

#endif
