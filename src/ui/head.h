/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines above the table: is the network of this host well? */
#ifndef SKW_UI_HEAD_H
#define SKW_UI_HEAD_H

#include "ui/state.h"

/* Draws as much as the screen's height allows. Returns the lines used, a blank one included. */
int skw_head_draw(const struct skw_screen *s);

#endif
