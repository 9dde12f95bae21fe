/* SPDX-License-Identifier: BSD-2-Clause */
/* The iterator that finds the processes that hold sockets (bpf/owner.bpf.c), for kern/conn.c. */
#ifndef SKW_KERN_CONN_OWNER_H
#define SKW_KERN_CONN_OWNER_H

#include <stdint.h>

struct skw_types;
struct skw_conn_owner;

/* Loads the iterator. Returns NULL if the kernel does not have it. */
struct skw_conn_owner *skw_conn_owner_open(const struct skw_types *types);
void skw_conn_owner_close(struct skw_conn_owner *o); /* NULL allowed */

/* Returns the iterator's descriptor, which stays ours, or -1 if `o` is NULL. */
int skw_conn_owner_link(const struct skw_conn_owner *o);

/*
 * Inode number of this process's pid namespace, 0 for the initial one. Owners get their process
 * numbers from this namespace.
 */
uint32_t skw_conn_owner_pidns(void);

#endif
