/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of bypass that keeps its privileges. It ends what bypass does, also when the worker was
 * killed; the worker has nothing of the programs but their rings and counters, to read.
 */
#ifndef SKW_ACT_BYPASS_KEEPER_H
#define SKW_ACT_BYPASS_KEEPER_H

#include <stdbool.h>

#include "keeper/keeper.h"
#include "kern/act/bypass.h"

struct skw_bypass_keeper {
	struct skw_kern_bypass *kern; /* borrowed */
	int *cgroup_fd;               /* borrowed; the worker closes it */
	bool pinned;
	int fds[2];
	struct skw_keeper_table table;
};

/* Fills the table. The programs are attached by now. */
void skw_bypass_keeper_prepare(struct skw_bypass_keeper *k);

/*
 * Ends the events and, if nothing is pinned, all else. *stays: the program is attached further on.
 */
void skw_bypass_keeper_stop(const struct skw_bypass_keeper *k, struct skw_keeper *keeper,
			    bool *stays);

#endif
