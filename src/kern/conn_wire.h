/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and attaches the programs that tell what packets are joined with their sockets by
 * (bpf/wire.bpf.c). They are optional: without them sockets of UDP are known by sweeps only, and
 * translated addresses and the listener of a handshake are not known.
 */
#ifndef SKW_KERN_CONN_WIRE_H
#define SKW_KERN_CONN_WIRE_H

#include <stddef.h>
#include <stdint.h>

struct skw_types;
struct skw_conn_wire;

struct skw_conn_wire_options {
	const struct skw_types *types; /* open */
	/* The folder in cgroup v2 that they are attached to, and its path; both stay the caller's.
	 */
	int cgroup_fd;
	const char *cgroup;
	uint32_t events; /* SKW_EVENT_BIT()s of the events that go into the rings */
	uint32_t netns;  /* inode number of the only network namespace; 0: all */
	/* The rings' map and its number of rings, and the map of counters: they stay the caller's.
	 */
	int rings_fd;
	uint32_t rings_len;
	int counters_fd;
};

/*
 * NULL: the kernel refuses them, or a program of others excludes one of them; nothing is attached.
 */
struct skw_conn_wire *skw_conn_wire_open(const struct skw_conn_wire_options *opt);

#define SKW_CONN_WIRE_LINKS 9
/* Writes the descriptors of the links, which stay ours, and returns their number. NULL allowed. */
size_t skw_conn_wire_links(const struct skw_conn_wire *w, int fds[SKW_CONN_WIRE_LINKS]);

/* As of skw_conn_trace_detach(): it closes the links and nothing else. NULL allowed. */
void skw_conn_wire_detach(struct skw_conn_wire *w);
void skw_conn_wire_close(struct skw_conn_wire *w); /* NULL allowed */

#endif
