/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each key does, in one table: from it keys are obeyed, the help is printed and the last
 * line is drawn.
 */
#ifndef SKW_UI_KEYS_H
#define SKW_UI_KEYS_H

#include "ui/state.h"

struct skw_key {
	const char *names; /* as they are printed on keys, the usual one first */
	const char *help;
	const char *bar; /* a word for the last line; NULL: not there */
	uint8_t keep;    /* of that, the lowest go first */
	uint8_t panes;   /* SKW_PANE_BIT()s */
	int codes[8];    /* numbers of ui/key.h */
	void (*run)(struct skw_screen *s, int key);
};

extern const struct skw_key skw_keys[];
extern const size_t skw_keys_len;

/* Does what the key does in the pane that is open; nothing if it means nothing there. */
void skw_keys_run(struct skw_screen *s, int key);

/* Moves in the pane that is open. */
void skw_keys_move(struct skw_screen *s, enum skw_motion motion);

/* The last line: what the most useful keys do, or a message. */
void skw_keys_draw(const struct skw_screen *s, int y);
/* A click on the last line. */
void skw_keys_click(struct skw_screen *s, int x);

#endif
