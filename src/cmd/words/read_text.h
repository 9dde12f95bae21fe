/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a small text file that an option names. */
#ifndef SKW_CMD_WORDS_READ_TEXT_H
#define SKW_CMD_WORDS_READ_TEXT_H

#include "util/buf.h"
#include "util/error.h"

/*
 * Appends the file's text to *text, without a zero at its end. "-" is standard input. `option` and
 * `what` ("a list of files") are for messages. A file that can't be read, that is larger than 16
 * MiB or has zero bytes is a usage error.
 */
int skw_read_text(const char *option, const char *name, const char *what, struct skw_buf *text,
		  struct skw_error *err);

#endif
