/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines above the table of groups: sums, and what was lost. Internal to this room. */
#ifndef SKW_UI_GROUPS_GROUPS_HEAD_H
#define SKW_UI_GROUPS_GROUPS_HEAD_H

#include "ui/groups/groups_state.h"

/* Draws as many lines as the height allows, and returns their number, with a blank line. */
int skw_groups_head_draw(const struct skw_groups_screen *s);

#endif
