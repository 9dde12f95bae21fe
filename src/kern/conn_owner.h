/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose a socket is (bpf/owner.bpf.c). A part of kern/conn.h, whose rings and counters it uses. */
#ifndef SKW_KERN_CONN_OWNER_H
#define SKW_KERN_CONN_OWNER_H

#include <stdbool.h>
#include <stdint.h>

struct skw_conn_owner;

struct skw_conn_owner_options {
	bool holders; /* the iterator of task files */
	bool creator; /* the connect hooks */
	uint32_t rings_len;
	int rings_fd; /* the maps of bpf/conn.bpf.c; they stay the caller's */
	int counters_fd;
};

/*
 * Loads what is asked for as far as the kernel allows; the rest is added to *lacks (SKW_LACKS_*).
 * NULL when there is nothing of it.
 */
struct skw_conn_owner *skw_conn_owner_open(const struct skw_conn_owner_options *opt,
					   uint32_t *lacks);
void skw_conn_owner_close(struct skw_conn_owner *o); /* NULL allowed */

/* Connect hooks on a cgroup, beside others' there. NULL allowed. 0 or -errno. */
int skw_conn_owner_attach(struct skw_conn_owner *o, int cgroup_fd);
void skw_conn_owner_detach(struct skw_conn_owner *o); /* NULL allowed */

/* Of the iterator of task files; stays ours. -1 without one. NULL allowed. */
int skw_conn_owner_link(const struct skw_conn_owner *o);

#endif
