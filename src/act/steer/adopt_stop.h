/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that ends the old servers once the new one accepts connections. */
#ifndef SKW_ACT_ADOPT_STOP_H
#define SKW_ACT_ADOPT_STOP_H

#include <stdint.h>

#include "act/steer/taken.h"
#include "util/error.h"

struct skw_adopt_stop {
	int signo;
	uint64_t after_ns; /* this long after the new server accepts */
};

/*
 * Starts the process, which is no child of this one. This process is going to be the new server.
 * The old ones are those of the list; their sockets are not kept open. Returns a descriptor that is
 * closed by execve(2), or -errno with err filled. If the new server could not be started, the
 * caller calls skw_adopt_stop_cancel() with it.
 */
int skw_adopt_stop_start(const struct skw_adopt_stop *stop, const struct skw_taken_list *list,
			 struct skw_error *err);
void skw_adopt_stop_cancel(int fd);

#endif
