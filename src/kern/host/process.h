/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads from /proc who a process is, and which processes have sockets. */
#ifndef SKW_KERN_HOST_PROCESS_H
#define SKW_KERN_HOST_PROCESS_H

#include <stddef.h>

#include "model/process.h"

/*
 * Describes a process that holds a socket. Some of it needs CAP_SYS_PTRACE for processes of other
 * users, and is left empty without. Returns 0, -ENOENT if there is no such process or it holds no
 * socket, or another -errno.
 */
int skw_process_read(uint32_t pid, struct skw_process *out);

/*
 * Lists the processes that hold a socket of TCP or UDP, in any network namespace, sorted by name
 * and pid. Processes of other users are only found with CAP_SYS_PTRACE. Names may have any
 * characters. The caller must free() *list. Returns 0 or -errno.
 */
int skw_process_list(struct skw_owner **list, size_t *n);

#endif
