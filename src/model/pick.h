/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection, or a group of connections, whose packets the user wants. No logic. It goes from one
 * process to another, so it has numbers only, but for the name of a process.
 */
#ifndef SKW_MODEL_PICK_H
#define SKW_MODEL_PICK_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/conn.h"
#include "model/tuple.h"

enum skw_pick_kind {
	SKW_PICK_SOCKET, /* `tuple`; without a remote port: all packets of its local end */
	SKW_PICK_REMOTE, /* the remote address of `tuple`, with all ports */
	SKW_PICK_PORT,   /* `port`, of TCP and UDP, at either end */
	SKW_PICK_COMM,   /* all processes with this name */
	SKW_PICK_PID,
	SKW_PICK_CGROUP, /* with the cgroups below it */
	/* From here on: what a session reads itself, so there is no file. */
	SKW_PICK_ALL,   /* every packet */
	SKW_PICK_NAMES, /* packets that tell names of hosts, and those that open connections */
	SKW_PICKS
};

struct skw_pick {
	struct skw_tuple tuple;
	uint8_t kind; /* enum skw_pick_kind */
	uint8_t unused;
	uint32_t pid;
	uint64_t cgroup_id;
	uint64_t cookie; /* of a socket */
	uint32_t netns;  /* of a socket: the inode number of its namespace; 0: this one */
	/* For the name of the file, too: the process, and the port of the service. 0: none. */
	char comm[SKW_COMM_LEN]; /* ends with a zero */
	uint16_t port;
	uint16_t unused2;
};

_Static_assert(sizeof(struct skw_pick) == 88, "no bytes between the members");

#define SKW_PICK_TAIL 8 /* lines */

/* How the capture of the last pick is going. */
struct skw_pick_status {
	const char *file; /* its name; NULL: nothing was picked yet */
	uint64_t cookie;  /* of the socket that is captured; 0: a group is */
	uint64_t packets, bytes, dropped;
	bool runs;
	/* The last packets as lines, the oldest first; filled in if somebody asks for them. */
	char tail[SKW_PICK_TAIL][256];
	size_t tail_len;
};

#endif
