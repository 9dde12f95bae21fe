/* SPDX-License-Identifier: BSD-2-Clause */
/* Who holds sockets (bpf/owner.bpf.c). A part of kern/conn.h. */
#ifndef SKW_KERN_CONN_OWNER_H
#define SKW_KERN_CONN_OWNER_H

#include <stdint.h>

struct skw_conn_owner;

/* Loads the iterator of task files. NULL when this kernel has none. */
struct skw_conn_owner *skw_conn_owner_open(void);
void skw_conn_owner_close(struct skw_conn_owner *o); /* NULL allowed */

/* Of the iterator; stays ours. -1 without one. NULL allowed. */
int skw_conn_owner_link(const struct skw_conn_owner *o);

/* The pid namespace whose numbers processes get: its inode number, 0 for the first of all. */
uint32_t skw_conn_owner_pidns(void);

#endif
