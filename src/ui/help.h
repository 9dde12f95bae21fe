/* SPDX-License-Identifier: BSD-2-Clause */
/* The help: every key, every mark, and the words of the filter language. */
#ifndef SKW_UI_HELP_H
#define SKW_UI_HELP_H

#include "ui/state.h"

void skw_help_draw(struct skw_screen *s, int y, int rows);

#endif
