/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands around the expression in a generated filter program. */
#ifndef SKW_FILTER_FRAME_H
#define SKW_FILTER_FRAME_H

#include "filter/emit.h"
#include "filter/translate.h"

/* The context into SKW_REG_CTX; loopback's copies, the count, the direction. Uses R0 to R5. */
void skw_frame_begin(struct skw_emitter *e, const struct skw_filter_frame *f);

/* Where the expression has matched: the end of the program. */
void skw_frame_match(struct skw_emitter *e, const struct skw_filter_frame *f);

#endif
