/* SPDX-License-Identifier: BSD-2-Clause */
/* The key that ends connections, and the question before it does. */
#ifndef SKW_UI_KILL_KEY_H
#define SKW_UI_KILL_KEY_H

#include "ui/state.h"

/* Asks about the tagged connections, or the selected one; the question is a pane. */
void skw_kill_key_run(struct skw_screen *s);

/* Draws the question. Its answer is not read here, see skw_screen_answered(). */
void skw_kill_key_draw(struct skw_screen *s, int y, int rows);

#endif
