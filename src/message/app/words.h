/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of words in one string, with one space behind each: "GET SET ". */
#ifndef SKW_MESSAGE_APP_WORDS_H
#define SKW_MESSAGE_APP_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/bytes.h"

bool skw_words_have(const char *list, const void *word, size_t len);
/* The bytes are the begin of a word of the list, or of "word ". */
bool skw_words_begin(const char *list, struct skw_bytes b);

/* Takes a word off the line, and the spaces in front of it. Empty: there is none. */
struct skw_bytes skw_words_next(struct skw_bytes *line);
/* The line without its line end. */
struct skw_bytes skw_words_line(struct skw_bytes line);

/* Digits only, at most 18 of them. */
bool skw_words_number(struct skw_bytes word, uint64_t *n);

#endif
