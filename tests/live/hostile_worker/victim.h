/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection on the loopback interface that no attempt may end, and its listener. */
#ifndef HOSTILE_WORKER_VICTIM_H
#define HOSTILE_WORKER_VICTIM_H

#include "model/socket_id.h"

#define HOSTILE_VICTIM "HOSTILE_VICTIM" /* in the environment */

/* Makes it, with the listener's descriptor, and tells its names in the environment. */
void hostile_victim_make(int listener);
/* Whether both ends and the listener are as they were. */
int hostile_victim_lives(void);
/* Reads the names from the environment. Returns 0 if there are none. */
int hostile_victim_read(struct skw_socket_id *connection, struct skw_socket_id *listener);

#endif
