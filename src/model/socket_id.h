/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names one socket of the host. No logic. It goes from one process to another, so it has numbers
 * only. The kernel gives no two sockets the same cookie, so another socket that has the same ends
 * later, or in another namespace, is another one.
 */
#ifndef SKW_MODEL_SOCKET_ID_H
#define SKW_MODEL_SOCKET_ID_H

#include <stdint.h>

#include "model/tuple.h"

struct skw_socket_id {
	struct skw_tuple tuple;
	uint16_t unused;
	uint64_t cookie;
	uint32_t netns; /* the inode number of its namespace */
	uint32_t unused2;
};

_Static_assert(sizeof(struct skw_socket_id) == 56, "no bytes between the members");

#endif
