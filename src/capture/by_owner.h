/* SPDX-License-Identifier: BSD-2-Clause */
/* Captures by owner: what this source does beside the programs of kern/chosen.h. */
#ifndef SKW_CAPTURE_BY_OWNER_H
#define SKW_CAPTURE_BY_OWNER_H

#include "capture/state.h"

/* Loads the programs, if the plan chooses owners. Returns 0 or -errno. */
int skw_by_owner_prepare(struct skw_capture *c, struct skw_error *err);
/* Tells the user once when the table of sockets is full. */
void skw_by_owner_step(struct skw_capture *c);
/* See struct skw_source_ops. Tells the user what may be missing. */
int skw_by_owner_end(void *capture, struct skw_error *err);

#endif
