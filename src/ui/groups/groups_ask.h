/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts that the user types: a search, a filter, an interval. Internal to this room. */
#ifndef SKW_UI_GROUPS_GROUPS_ASK_H
#define SKW_UI_GROUPS_GROUPS_ASK_H

#include "ui/groups/groups_state.h"

void skw_groups_ask_search(struct skw_groups_screen *s);
void skw_groups_ask_filter(struct skw_groups_screen *s);
void skw_groups_ask_interval(struct skw_groups_screen *s);

/* Handles a key. Call it only while s->asks is set. */
void skw_groups_ask_key(struct skw_groups_screen *s, int key);

#endif
