/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends frames through a packet socket. Each function prints their number and returns an exit
 * status. */
#ifndef LIVE_SEND_H
#define LIVE_SEND_H

#include "frame.h"

struct send_plan {
	const char *iface;
	uint64_t count; /* frames, of all senders together */
	unsigned cpus;  /* senders, each pinned to a processor; 0: one, not pinned */
	uint32_t first; /* number of the first sender, so that several runs can be told apart */
	uint64_t pps;   /* frames per second, of all senders together; 0: as fast as possible */
	struct frame_plan frame;
};

/* Sends exactly `count` numbered frames, or fails. */
int send_flood(const struct send_plan *plan);

/* Sends each packet of a file whose link type is Ethernet. */
int send_replay(const struct send_plan *plan, const char *file);

#endif
