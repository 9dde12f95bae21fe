/* SPDX-License-Identifier: BSD-2-Clause */
/* Picks the secrets out of a key log that comes in pieces. */
#ifndef SKW_KEYLOG_LINES_H
#define SKW_KEYLOG_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

struct skw_keylog_lines {
	struct skw_buf part;   /* owned: the beginning of a line whose end has not come yet */
	bool skips;            /* the line is too long: the rest of it is skipped */
	uint64_t secrets, bad; /* the lines so far; comments are neither */
};

void skw_keylog_lines_free(struct skw_keylog_lines *l);

/* Takes the next n bytes of the file. Appends the complete lines with secrets to `out`. */
void skw_keylog_lines_add(struct skw_keylog_lines *l, const char *bytes, size_t n,
			  struct skw_buf *out);

/* The file ends here: a line without an end is a bad one. */
void skw_keylog_lines_end(struct skw_keylog_lines *l);

#endif
