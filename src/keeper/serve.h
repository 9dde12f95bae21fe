/* SPDX-License-Identifier: BSD-2-Clause */
/* The main loop of the keeper process. */
#ifndef SKW_KEEPER_SERVE_H
#define SKW_KEEPER_SERVE_H

#include <sys/types.h>

struct skw_keeper_table;

/*
 * Turns this process into the keeper, which ends when the worker ends or asks for it. `fd` is the
 * keeper's end of the socket. `worker` is the parent: it may have died before the keeper asked for
 * a signal at its death.
 */
_Noreturn void skw_keeper_serve(struct skw_keeper_table *const *tables, size_t n_tables, int fd,
				pid_t worker);

#endif
