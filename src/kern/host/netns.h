/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Network namespaces: the namespaces of all processes, and the namespaces that a mount keeps
 * (`ip netns`, containers) although no process is in them. Seeing the namespaces of other users'
 * processes needs CAP_SYS_PTRACE, entering a namespace CAP_SYS_ADMIN.
 */
#ifndef SKW_KERN_HOST_NETNS_H
#define SKW_KERN_HOST_NETNS_H

#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define SKW_NETNS_NAME_LEN 64

struct skw_netns {
	uint32_t inode;
	int fd;     /* owned; -1: the namespace is entered by its path */
	char *path; /* owned; NULL if there is a descriptor */
	/* The name of its mount under /run/netns, cut if it is too long. Empty if there is none. */
	char name[SKW_NETNS_NAME_LEN];
};

struct skw_netns_list {
	struct skw_netns *all; /* owned */
	size_t len;
	size_t size;
};

/*
 * Brings the list up to date. The list has paths and no descriptors, because a descriptor would
 * keep a namespace, with its devices and addresses, after all its processes have ended. Returns
 * 0, or -errno, and then the list is unchanged.
 */
int skw_netns_scan(struct skw_netns_list *list);
void skw_netns_list_free(struct skw_netns_list *list);

/* Describes the namespace of this process; out->fd is -1. Returns 0 or -errno. */
int skw_netns_self(struct skw_netns *out);

/*
 * Opens a namespace by its name in `ip netns`, by its path, or by the number of a process in it.
 * The caller owns out->fd, which keeps the namespace that the user asked for. Returns 0, or -errno
 * with a text.
 */
int skw_netns_open(const char *name, struct skw_netns *out, struct skw_error *err);

/*
 * Enters the namespace with this thread, calls `call` and returns to the old namespace. Returns
 * the result of `call`, or -errno: -ENOENT if the path no longer leads to the namespace.
 */
int skw_netns_inside(const struct skw_netns *netns, int (*call)(void *ctx), void *ctx);

#endif
