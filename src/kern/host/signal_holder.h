/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends a signal to a process that holds a certain socket. */
#ifndef SKW_KERN_HOST_SIGNAL_HOLDER_H
#define SKW_KERN_HOST_SIGNAL_HOLDER_H

#include <stdint.h>

/*
 * `inode` is that of the socket. With 0 as `signo` it is only checked whether that would work. A
 * process that gets the same number meanwhile is not met. Returns 0, -ESRCH if there is no such
 * process, -ENOENT if it does not hold the socket, or another -errno.
 */
int skw_signal_holder_send(uint32_t pid, uint32_t inode, int signo);

#endif
