/* SPDX-License-Identifier: BSD-2-Clause */
/* One connection on a page, to see since when it has a problem and what happened to it. */
#ifndef SKW_UI_DETAIL_H
#define SKW_UI_DETAIL_H

#include "ui/state.h"

void skw_detail_open(struct skw_screen *s, uint64_t cookie);
/* The process that the detail wants to be told about, 0 if there is none. */
uint32_t skw_detail_holder(const struct skw_screen *s);
/* Begins a line of the page that names the connection: its ends, state, holder and namespace. */
void skw_detail_name(struct skw_page *p, const struct skw_row *row);
/* Fills s->page with the connection as it is now, and draws it. */
void skw_detail_draw(struct skw_screen *s, int y, int rows);

#endif
