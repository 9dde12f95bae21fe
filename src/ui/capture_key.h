/* SPDX-License-Identifier: BSD-2-Clause */
/* The key that begins and ends a capture of what is selected, and what the panes show of it. */
#ifndef SKW_UI_CAPTURE_KEY_H
#define SKW_UI_CAPTURE_KEY_H

#include "ui/draw/page.h"
#include "ui/state.h"

/* Wishes a capture of the selected connection or group, or the end of the one that runs. */
void skw_capture_key_run(struct skw_screen *s);

/* Writes a line about the capture for the head. Returns false if there was none yet. */
#define SKW_CAPTURE_KEY_LINE 256
bool skw_capture_key_line(const struct skw_screen *s, char out[SKW_CAPTURE_KEY_LINE]);

/* Adds the last packets of the connection in the detail, if it is captured. */
void skw_capture_key_tail(struct skw_screen *s, struct skw_page *p);

#endif
