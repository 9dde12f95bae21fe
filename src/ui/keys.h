/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One table says what each key does. The program obeys keys, prints the help and draws the last
 * line from this table.
 */
#ifndef SKW_UI_KEYS_H
#define SKW_UI_KEYS_H

#include "ui/state.h"

struct skw_key {
	const char *names; /* as printed on the keys, the most usual first */
	const char *help;
	const char *bar; /* a word for the last line, or NULL to leave it out */
	uint8_t keep;    /* keys with the lowest number leave the last line first */
	uint8_t panes;   /* SKW_PANE_BIT() of each pane where the key works, SKW_KEY_KILLS */
	int codes[8];    /* numbers of ui/draw/key.h */
	void (*run)(struct skw_screen *s, int key);
};

/* There is this key only where connections can be ended. */
#define SKW_KEY_KILLS 0x80

extern const struct skw_key skw_keys[];
extern const size_t skw_keys_len;

/* Does what the key does in the pane that is open. A key that means nothing there is ignored. */
void skw_keys_run(struct skw_screen *s, int key);

/* Whether this screen has the key, in any pane. */
bool skw_keys_have(const struct skw_screen *s, const struct skw_key *k);

/* Moves the cursor or the text of the pane that is open. */
void skw_keys_move(struct skw_screen *s, enum skw_motion motion);

/* Draws the last line: a message if there is one, otherwise the most useful keys. */
void skw_keys_draw(const struct skw_screen *s, int y);
/* Handles a click on the last line. */
void skw_keys_click(struct skw_screen *s, int x);

#endif
