/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The numbers of sockets that the kernel counts in each network namespace. All namespaces share one
 * table of TCP sockets, so to look for those of one namespace costs a walk over all; these numbers
 * cost next to nothing. Source: net/ipv4/proc.c of Linux.
 */
#ifndef SKW_KERN_HOST_SOCKSTAT_H
#define SKW_KERN_HOST_SOCKSTAT_H

#include <stdbool.h>

/*
 * Whether these texts, of /proc/net/sockstat and sockstat6, tell that there is no socket of the
 * protocol, not even one that waits in TIME_WAIT. False also if they tell nothing. For tests.
 */
bool skw_sockstat_tells_none(const char *sockstat, const char *sockstat6, bool udp);

/* The same of the network namespace of the calling thread; /proc must be mounted. */
bool skw_sockstat_has_none(bool udp);

#endif
