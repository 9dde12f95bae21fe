/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of a line of CSV. They append to a buffer. Internal to this room. */
#ifndef SKW_FORMAT_FORMAT_CSV_H
#define SKW_FORMAT_FORMAT_CSV_H

#include "format/format.h"

/*
 * A text, in quotes if it needs them. Characters that can't be seen are replaced, and a text that a
 * spreadsheet would take for a formula gets an apostrophe in front.
 */
void skw_format_csv_text(struct skw_buf *out, const char *text);

/* The last fields, which are the update and the host, and the end of the line. 0 or -ENOMEM. */
int skw_format_csv_end(struct skw_buf *out, const struct skw_format_env *env);

#endif
