/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and attaches the programs that count datagrams (bpf/udp.bpf.c). They are optional, and may
 * be attached and taken off again while the watch runs: the process that does it has all that this
 * takes among the descriptors below.
 */
#ifndef SKW_KERN_CONN_UDP_H
#define SKW_KERN_CONN_UDP_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

struct skw_types;
struct skw_conn_udp;

struct skw_conn_udp_options {
	const struct skw_types *types; /* open */
	const char *cgroup;            /* the folder in cgroup v2 that they are attached to */
	uint32_t events;               /* SKW_EVENT_BIT()s of the events that go into the rings */
	uint32_t netns;                /* inode number of the only network namespace; 0: all */
	/* Maps of the watch, and its number of rings: they stay the caller's. */
	int rings_fd;
	uint32_t rings_len;
	int counters_fd, storage_fd;
};

/* Loads them and attaches none. NULL: the kernel refuses them. */
struct skw_conn_udp *skw_conn_udp_open(const struct skw_conn_udp_options *opt);
void skw_conn_udp_close(struct skw_conn_udp *u); /* NULL allowed */

/*
 * Attaches all of them, for sockets that are made from now on to have a time of opening that is not
 * before `since_ns`; 0: takes them off. 0 also if nothing is to do. -EBUSY: a program of another is
 * attached there that does not run beside others. Or another -errno. `err` (may be NULL)
 * tells it, and after a failure none is attached. NULL allowed: -EOPNOTSUPP.
 */
int skw_conn_udp_attach(struct skw_conn_udp *u, uint64_t since_ns, struct skw_error *err);

#define SKW_CONN_UDP_PROGRAMS 4
#define SKW_CONN_UDP_FDS      (2 * SKW_CONN_UDP_PROGRAMS + 1)
/*
 * Writes the descriptors of the cgroup, the programs and the links, which stay ours, and returns
 * their number. NULL allowed.
 */
size_t skw_conn_udp_fds(const struct skw_conn_udp *u, int fds[SKW_CONN_UDP_FDS]);

#endif
