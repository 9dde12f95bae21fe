/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and attaches the programs that trace the kernel for what no callback tells
 * (bpf/trace.bpf.c). All of them are optional: many kernels can't be traced.
 */
#ifndef SKW_KERN_CONN_TRACE_H
#define SKW_KERN_CONN_TRACE_H

#include <stddef.h>
#include <stdint.h>

struct skw_types;
struct skw_conn_trace;

struct skw_conn_trace_options {
	const struct skw_types *types; /* open */
	/* SKW_EVENT_BIT()s of the events that go into the rings. */
	uint32_t events;
	uint32_t netns;   /* inode number of the only network namespace; 0: all */
	uint64_t subtree; /* kernfs id of the only cgroup; 0: all */
	/* The rings' map and its number of rings, and the map of counters: they stay the caller's.
	 */
	int rings_fd;
	uint32_t rings_len;
	int counters_fd;
};

/*
 * Attaches what is wanted and possible. *lacks gets the SKW_LACKS_* of what is wanted and not
 * possible. NULL: nothing is attached.
 */
struct skw_conn_trace *skw_conn_trace_open(const struct skw_conn_trace_options *opt,
					   uint32_t *lacks);

#define SKW_CONN_TRACE_LINKS 3
/* Writes the descriptors of the links, which stay ours, and returns their number. NULL allowed. */
size_t skw_conn_trace_links(const struct skw_conn_trace *t, int fds[SKW_CONN_TRACE_LINKS]);

/*
 * Takes the programs off. It closes the links and nothing else, because a process that keeps these
 * for the rest has no other descriptors. NULL allowed.
 */
void skw_conn_trace_detach(struct skw_conn_trace *t);
void skw_conn_trace_close(struct skw_conn_trace *t); /* NULL allowed */

#endif
