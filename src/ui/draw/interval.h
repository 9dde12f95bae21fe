/* SPDX-License-Identifier: BSD-2-Clause */
/* The time between two updates of a screen, as the user changes it. */
#ifndef SKW_UI_DRAW_INTERVAL_H
#define SKW_UI_DRAW_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/draw/ask.h"

/* The next longer or shorter one of those that are usual. */
uint64_t skw_interval_step(uint64_t ns, bool longer);
/*
 * Takes the time that was typed; an empty answer changes nothing. Returns false if it is none, and
 * tells the problem.
 */
bool skw_interval_answer(struct skw_ask *ask, uint64_t *ns);

#endif
