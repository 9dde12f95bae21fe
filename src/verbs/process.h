/* SPDX-License-Identifier: BSD-2-Clause */
/* Describes a process that holds a socket: its arguments, file, start and parents. */
#ifndef SKW_VERBS_PROCESS_H
#define SKW_VERBS_PROCESS_H

#include "keeper/keeper.h"
#include "model/process.h"

/* The table for skw_keeper_split(), to be copied. */
extern const struct skw_keeper_table skw_verbs_process_table;
/* Returns 0, -ENOENT if there is no such process or it holds no socket, or another -errno. */
int skw_verbs_process_read(const struct skw_keeper_table *table, struct skw_keeper *k, uint32_t pid,
			   struct skw_process *out);

#endif
