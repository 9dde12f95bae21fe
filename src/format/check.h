/* SPDX-License-Identifier: BSD-2-Clause */
/* The report of `skwatch check` as text and as JSON, and what follows from its lines. */
#ifndef SKW_FORMAT_CHECK_H
#define SKW_FORMAT_CHECK_H

#include "util/buf.h"
#include "util/report.h"

extern const char *const skw_check_state_names[SKW_CHECK_STATES];

/* The names of the commands, by the number of their bit. */
extern const char *const skw_check_command_names[SKW_CHECK_COMMANDS];

/*
 * How a command (one bit) runs here: MISSING if something vital is missing, LIMITED if a part is
 * missing, UNKNOWN if that can't be told.
 */
enum skw_check_state skw_check_command(const struct skw_check *check, unsigned command);

/* Whether all commands run in full. */
bool skw_check_is_full(const struct skw_check *check);

/* Appends lines that fit into 80 columns, without control characters. */
void skw_check_text(struct skw_buf *out, const struct skw_check *check);

/* Appends one JSON object and a newline. */
void skw_check_json(struct skw_buf *out, const struct skw_check *check);

#endif
