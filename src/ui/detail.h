/* SPDX-License-Identifier: BSD-2-Clause */
/* One connection on a page: since when is it unwell, and what happened? */
#ifndef SKW_UI_DETAIL_H
#define SKW_UI_DETAIL_H

#include "ui/state.h"

void skw_detail_open(struct skw_screen *s, uint64_t cookie);
/* Makes s->page of the connection as it is now, and draws it. */
void skw_detail_draw(struct skw_screen *s, int y, int rows);

#endif
