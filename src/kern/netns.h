/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Network namespaces: those of all processes, and those that are kept by a mount (`ip netns`,
 * containers) though no process is in them. Needs CAP_SYS_PTRACE to see other users' and
 * CAP_SYS_ADMIN to enter them.
 */
#ifndef SKW_KERN_NETNS_H
#define SKW_KERN_NETNS_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define SKW_NETNS_NAME_LEN 64

struct skw_netns {
	uint32_t inode;
	int fd;                        /* to enter it; -1: by its path */
	char *path;                    /* owned; NULL where there is a descriptor */
	char name[SKW_NETNS_NAME_LEN]; /* of its mount under /run/netns, cut; empty: none */
};

struct skw_netns_list {
	struct skw_netns *all; /* owned */
	size_t len;
	size_t size;
};

/*
 * Brings the list up to date. It holds paths and no descriptors: one would keep a namespace, with
 * its devices and addresses, after everybody else has left it. 0 or -errno; the list stays then.
 */
int skw_netns_scan(struct skw_netns_list *list);
void skw_netns_list_free(struct skw_netns_list *list);

/* The namespace of this process; `fd` is -1. 0 or -errno. */
int skw_netns_self(struct skw_netns *out);

/*
 * One by name (as `ip netns` knows it) or path, held by its descriptor: what was asked for stays.
 * 0 or -errno with err->usage. fd is the caller's.
 */
int skw_netns_open(const char *name, struct skw_netns *out, struct skw_error *err);

/*
 * Runs `call` with this thread in that namespace, and comes back. What call returns, or -errno:
 * -ENOENT where its path leads to it no more.
 */
int skw_netns_inside(const struct skw_netns *netns, int (*call)(void *ctx), void *ctx);

#endif
