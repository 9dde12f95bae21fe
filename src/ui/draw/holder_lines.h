/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of the detail that tell who holds the connection. */
#ifndef SKW_UI_DRAW_HOLDER_LINES_H
#define SKW_UI_DRAW_HOLDER_LINES_H

#include "model/process.h"
#include "ui/draw/page.h"

/*
 * Adds the holders and their cgroup, and what the first one runs. `process` describes it; its pid
 * is another one if it is not known.
 */
void skw_holder_lines_add(struct skw_page *p, const struct skw_row *row,
			  const struct skw_process *process);

#endif
