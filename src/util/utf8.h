/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of processes, users, namespaces and cgroups are arbitrary bytes. These functions find UTF-8
 * in them (RFC 3629), and the characters that must not be shown.
 */
#ifndef SKW_UTIL_UTF8_H
#define SKW_UTIL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/* The replacement character, U+FFFD. */
#define SKW_UTF8_REPLACEMENT "\xef\xbf\xbd"

/*
 * The length of the character at `text`, which ends with a zero, and its number. 0 at the end and
 * if the bytes are not a character; then *c is not changed.
 */
size_t skw_utf8_decode(const char *text, uint32_t *c);

/*
 * Whether a character would deceive who reads a name: control characters, characters without a
 * width, and those that change the direction of the text around them (UTS 55, UTR 36).
 */
bool skw_utf8_is_hidden(uint32_t c);

/*
 * Appends the first character of the text, or U+FFFD for a byte that is not part of a character.
 * Returns the place after it.
 */
const char *skw_utf8_add(struct skw_buf *out, const char *text);
/* The same, with U+FFFD also for a hidden character. */
const char *skw_utf8_add_visible(struct skw_buf *out, const char *text);

#endif
