/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The number of a key: a character, or one of ncurses' KEY_ numbers moved above all characters,
 * because the two ranges overlap.
 */
#ifndef SKW_UI_DRAW_KEY_H
#define SKW_UI_DRAW_KEY_H

#define SKW_KEY(code) ((code) + 0x200000)
#define SKW_CTRL(c)   ((c)&0x1f)
#define SKW_KEY_ESC   0x1b

#endif
