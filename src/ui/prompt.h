/* SPDX-License-Identifier: BSD-2-Clause */
/* The last line, where a filter, a search or an interval is typed; all but the last work live. */
#ifndef SKW_UI_PROMPT_H
#define SKW_UI_PROMPT_H

#include "ui/state.h"

void skw_prompt_search(struct skw_screen *s);
void skw_prompt_filter(struct skw_screen *s);
void skw_prompt_interval(struct skw_screen *s);

/* A key, see ui/key.h. Only while s->prompt.kind is set. */
void skw_prompt_key(struct skw_screen *s, int key);
/* Draws it, in one line or two, the last one being `y`. Leaves the cursor in it. */
void skw_prompt_draw(struct skw_screen *s, int y);
/* The lines it takes. */
int skw_prompt_rows(const struct skw_screen *s);

#endif
