/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a socket's detail that tell of its datagrams. */
#ifndef SKW_UI_DRAW_DATAGRAM_LINES_H
#define SKW_UI_DRAW_DATAGRAM_LINES_H

#include "model/row.h"
#include "ui/draw/page.h"

void skw_datagram_lines_add(struct skw_page *p, const struct skw_row *row);

#endif
