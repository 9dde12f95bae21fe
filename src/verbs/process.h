/* SPDX-License-Identifier: BSD-2-Clause */
/* Describes a process that holds a socket: its arguments, file, start and parents. */
#ifndef SKW_VERBS_PROCESS_H
#define SKW_VERBS_PROCESS_H

#include "keeper/keeper.h"
#include "model/process.h"

struct skw_verbs_process {
	struct skw_keeper_table table;
};

/* Fills in the table for skw_keeper_split(). */
void skw_verbs_process_prepare(struct skw_verbs_process *ctx);

/* Returns 0, -ENOENT if there is no such process or it holds no socket, or another -errno. */
int skw_verbs_process_read(const struct skw_verbs_process *ctx, struct skw_keeper *k, uint32_t pid,
			   struct skw_process *out);

#endif
