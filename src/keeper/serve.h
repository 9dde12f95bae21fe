/* SPDX-License-Identifier: BSD-2-Clause */
/* What the keeper's process does after the split. */
#ifndef SKW_KEEPER_SERVE_H
#define SKW_KEEPER_SERVE_H

#include <sys/types.h>

struct skw_keeper_table;

/*
 * Turns this process into the keeper; ends it when the worker ends or asks for it. `fd` is our
 * end of the socket, `worker` the parent, to see whether it died before we could ask to be told.
 */
_Noreturn void skw_keeper_serve(struct skw_keeper_table *const *tables, size_t n_tables, int fd,
				pid_t worker);

#endif
