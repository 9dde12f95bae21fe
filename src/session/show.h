/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the compiled filter for -d and its variants. */
#ifndef SKW_SESSION_SHOW_H
#define SKW_SESSION_SHOW_H

#include <stdbool.h>

#include "model/cbpf.h"
#include "session/plan/plan.h"
#include "util/buf.h"
#include "util/error.h"

/* Whether plan->dump is a form that other programs read, so that the program must have no sets. */
bool skw_session_show_is_classic(const struct skw_session_plan *plan);

/* Prints a program on standard output in the format of plan->dump. Returns 0 or -errno. */
int skw_session_show_program(const struct skw_session_plan *plan, const struct skw_cbpf *program,
			     struct skw_error *err);
/* The same for the plan's filter, compiled for the file that -r reads. */
int skw_session_show_file(const struct skw_session_plan *plan, struct skw_error *err);

/* Prints `text` and frees it. Returns 0 or -ENOMEM. */
int skw_session_show_text(struct skw_buf *text, struct skw_error *err);

#endif
