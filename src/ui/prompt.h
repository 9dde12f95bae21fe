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

/* Handles a key (ui/draw/key.h). Call it only while s->prompt.kind is set. */
void skw_prompt_key(struct skw_screen *s, int key);

#endif
