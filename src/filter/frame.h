/* SPDX-License-Identifier: BSD-2-Clause */
/* The instructions before and after the expression in a generated filter program. */
#ifndef SKW_FILTER_FRAME_H
#define SKW_FILTER_FRAME_H

#include "filter/emit.h"
#include "filter/translate.h"

/*
 * Begins the program: moves the context to SKW_REG_CTX, rejects outgoing copies on the loopback
 * device, counts the packet and checks its direction. Uses R0 to R5.
 */
void skw_frame_begin(struct skw_emitter *e, const struct skw_filter_frame *f);

/* Ends the program at a place where the expression has matched. */
void skw_frame_match(struct skw_emitter *e, const struct skw_filter_frame *f);

#endif
