/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the sockets of a server that was restarted, and registers them again. */
#ifndef SKW_ACT_STEER_REPAIR_H
#define SKW_ACT_STEER_REPAIR_H

#include <stdint.h>

#include "kern/act/lookup.h"
#include "util/error.h"

struct skw_steer_repaired {
	uint32_t mended; /* slots that were filled */
	uint32_t empty;  /* slots that have no socket yet */
	uint32_t pid;    /* of the process whose socket was registered; 0: none was */
};

/*
 * Fills the empty slots. The new socket must belong to the same user as the old one. It is the one
 * with the same address and port; else one with the same port; else the only one of the processes
 * in the server's cgroup. `netns` is the inode number of the network namespace of the steering.
 * Returns 0, or -errno with err filled.
 */
int skw_steer_repair(const struct skw_lookup *l, uint32_t netns, struct skw_steer_repaired *out,
		     struct skw_error *err);

#endif
