/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a detail that tell the requests and answers of its connection. */
#ifndef SKW_UI_DRAW_TALK_LINES_H
#define SKW_UI_DRAW_TALK_LINES_H

#include "model/row.h"
#include "ui/draw/page.h"

/* Adds nothing if no message was seen. */
void skw_talk_lines_add(struct skw_page *p, const struct skw_row *row);

#endif
