/* SPDX-License-Identifier: BSD-2-Clause */
/* `skwatch origdst`: the destination that a redirected connection was made to. */
#ifndef SKW_ACT_ORIGDST_H
#define SKW_ACT_ORIGDST_H

#include "util/error.h"

/*
 * Prints the destination of the connection at descriptor `fd`, as ADDRESS:PORT. It was redirected
 * by `skwatch policy --proxy-cgroup`, or by the kernel's packet filter. Returns 0, or -errno with
 * err filled.
 */
int skw_origdst_print(int fd, struct skw_error *err);

#endif
