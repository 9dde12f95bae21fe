/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections that the user has tagged, to look at them together. */
#ifndef SKW_UI_TAGS_H
#define SKW_UI_TAGS_H

#include "ui/state.h"

/* Tags the connection under the cursor, or takes its tag away, and goes on to the next line. */
void skw_tags_toggle(struct skw_screen *s);
/* Shows only connections with a tag, or all again. */
void skw_tags_only(struct skw_screen *s);
/* Takes all tags away. */
void skw_tags_clear(struct skw_screen *s);

#endif
