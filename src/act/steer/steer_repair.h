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
	/* The last of these sockets: the one that is missing, or the new one. */
	uint8_t addr[16];
	uint16_t port;
	uint8_t family;
};

/*
 * Fills the empty slots. The new socket must belong to the same user as the old one. It is the one
 * with the same address and port; else one with the same port. Else it is the only one of the
 * processes that have the name of the old one, are in its cgroup and were started later. `netns` is
 * the inode number of the network namespace of the steering. Returns 0, or -errno with err filled.
 */
int skw_steer_repair(const struct skw_lookup *l, uint32_t netns, struct skw_steer_repaired *out,
		     struct skw_error *err);

#endif
