/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads from /proc who a process is. */
#ifndef SKW_KERN_HOST_PROCESS_H
#define SKW_KERN_HOST_PROCESS_H

#include "model/process.h"

/*
 * Describes a process that holds a socket. Some of it needs CAP_SYS_PTRACE for processes of other
 * users, and is left empty without. Returns 0, -ENOENT if there is no such process or it holds no
 * socket, or another -errno.
 */
int skw_process_read(uint32_t pid, struct skw_process *out);

#endif
