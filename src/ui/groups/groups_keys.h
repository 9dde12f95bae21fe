/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of the screen of groups, and the help, which is made of them. Internal. */
#ifndef SKW_UI_GROUPS_GROUPS_KEYS_H
#define SKW_UI_GROUPS_GROUPS_KEYS_H

#include "ui/groups/groups_state.h"

/* Does what the key (ui/draw/key.h) does; one that means nothing is ignored. */
void skw_groups_keys_run(struct skw_groups_screen *s, int key);
void skw_groups_keys_move(struct skw_groups_screen *s, enum skw_motion motion);

/* The last line: a message if there is one, otherwise the most useful keys. */
void skw_groups_keys_draw(const struct skw_groups_screen *s, int y);
void skw_groups_keys_click(struct skw_groups_screen *s, int x);

void skw_groups_keys_help(struct skw_groups_screen *s, int rows);

#endif
