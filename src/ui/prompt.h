/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last line, where the user types a filter, a search or an interval. A filter and a search take
 * effect with each key, an interval when it is confirmed.
 */
#ifndef SKW_UI_PROMPT_H
#define SKW_UI_PROMPT_H

#include "ui/state.h"

void skw_prompt_search(struct skw_screen *s);
void skw_prompt_filter(struct skw_screen *s);
void skw_prompt_interval(struct skw_screen *s);

/* Handles a key (ui/key.h). Call it only while s->prompt.kind is set. */
void skw_prompt_key(struct skw_screen *s, int key);
/*
 * Draws the prompt, in skw_prompt_rows() lines that end with line `y`, and puts the cursor there.
 */
void skw_prompt_draw(struct skw_screen *s, int y);
/* The number of lines that the prompt takes. */
int skw_prompt_rows(const struct skw_screen *s);

#endif
