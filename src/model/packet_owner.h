/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that a packet belongs to, as all rooms see it. No logic. */
#ifndef SKW_MODEL_PACKET_OWNER_H
#define SKW_MODEL_PACKET_OWNER_H

#include <stdint.h>

/* Places for owners that are known at the same time. */
#define SKW_PACKET_OWNERS 1024

/*
 * The stage that tells it owns it. It is valid until that stage has passed the packet on, but its
 * `id` is never used again in the same session. Both owners of a packet have different places.
 */
struct skw_packet_owner {
	uint64_t id;    /* from 1 */
	uint32_t place; /* < SKW_PACKET_OWNERS */
	uint32_t pid;
	const char *name; /* "comm[pid]", for a terminal */
	const char *text; /* the name and the path of the cgroup, if it is known */
	const char *comm; /* escaped, too */
};

#endif
