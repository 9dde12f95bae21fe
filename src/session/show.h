/* SPDX-License-Identifier: BSD-2-Clause */
/* The compiled filter as text: the -d family, for a file (-r) or what a live capture compiled. */
#ifndef SKW_SESSION_SHOW_H
#define SKW_SESSION_SHOW_H

#include "model/cbpf.h"
#include "session/plan.h"
#include "util/buf.h"
#include "util/error.h"

/* plan->dump of a program, on standard output. 0 or -errno. */
int skw_session_show_program(const struct skw_session_plan *plan, const struct skw_cbpf *program,
			     struct skw_error *err);
/* plan->dump of the filter for the file that is read. 0 or -errno. */
int skw_session_show_file(const struct skw_session_plan *plan, struct skw_error *err);

/* Prints `text` and frees it. 0 or -ENOMEM. */
int skw_session_show_text(struct skw_buf *text, struct skw_error *err);

#endif
