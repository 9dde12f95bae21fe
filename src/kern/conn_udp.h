/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and attaches the programs that count datagrams (bpf/udp.bpf.c). They are optional, and may
 * be attached and taken off again while the watch runs: the process that does it has all that this
 * takes among the descriptors below.
 */
#ifndef SKW_KERN_CONN_UDP_H
#define SKW_KERN_CONN_UDP_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/error.h"

struct skw_conn_udp;
struct skw_conn_wire_options;

/*
 * Loads them and attaches none. `storage_fd` is the map that the watch reads, and *since_ns is told
 * when the counting began, 0 while there is none; it must outlive the result. NULL: the kernel
 * refuses them.
 */
struct skw_conn_udp *skw_conn_udp_open(const struct skw_conn_wire_options *opt, int storage_fd,
				       __u64 *since_ns);
void skw_conn_udp_close(struct skw_conn_udp *u); /* NULL allowed */

/*
 * Attaches all of them, or takes them off. 0 also if nothing is to do. -EBUSY: a program of another
 * is attached there that does not run beside others. Or another -errno. `err` (may be NULL) tells
 * it, and after a failure none is attached. u NULL allowed: -EOPNOTSUPP.
 */
int skw_conn_udp_count(struct skw_conn_udp *u, bool on, struct skw_error *err);

#define SKW_CONN_UDP_PROGRAMS 4
#define SKW_CONN_UDP_FDS      (2 * SKW_CONN_UDP_PROGRAMS + 1)
/*
 * Writes the descriptors of the cgroup, the programs and the links, which stay ours, and returns
 * their number. NULL allowed.
 */
size_t skw_conn_udp_fds(const struct skw_conn_udp *u, int fds[SKW_CONN_UDP_FDS]);

#endif
