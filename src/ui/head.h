/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines above the table, which show whether the network of this host works well. */
#ifndef SKW_UI_HEAD_H
#define SKW_UI_HEAD_H

#include "ui/state.h"

/*
 * Draws as many lines as the height of the screen allows. Returns the number of lines that it used,
 * including the blank line at the end.
 */
int skw_head_draw(const struct skw_screen *s);

#endif
