/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets of other processes: which they have, copies of their descriptors, and what such a socket
 * is. Another user's process takes CAP_SYS_PTRACE.
 */
#ifndef SKW_KERN_HOST_FOREIGN_H
#define SKW_KERN_HOST_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

/* A copy of a descriptor, which the caller owns and which is closed on exec, or -errno with err. */
int skw_foreign_get(uint32_t pid, int fd, struct skw_error *err);

/*
 * Calls `each` for the sockets of a process with their descriptor and inode number. Stops at the
 * first result other than 0 and returns it. Returns 0 at the end, or -errno.
 */
int skw_foreign_each(uint32_t pid, int (*each)(void *ctx, int fd, uint32_t inode), void *ctx);

/*
 * Finds a process that holds the socket: first among those of the cgroup (a path below the mount
 * point; empty: none), then among all. Returns 0, or -ENOENT.
 */
int skw_foreign_find(uint32_t inode, const char *cgroup, uint32_t *pid, int *fd);

/* The cgroup of a process, its path below the mount point. Empty if it is unknown. */
void skw_foreign_cgroup(uint32_t pid, char *out, size_t size);
/* The name of a process; "?" if it is unknown. */
void skw_foreign_comm(uint32_t pid, char out[17]);
/* When a process was started, by CLOCK_BOOTTIME in nanoseconds; 0 if it is unknown. */
uint64_t skw_foreign_started_ns(uint32_t pid);
/* The inode number of the network namespace of a process (0: this thread); 0 if it is unknown. */
uint32_t skw_foreign_netns(uint32_t pid);

struct skw_foreign_socket {
	int family;   /* AF_INET, AF_INET6, AF_UNIX... */
	int type;     /* SOCK_STREAM... */
	int protocol; /* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_MPTCP... */
	bool listens;
	bool connected;
	bool v6only;
	bool nonblock; /* O_NONBLOCK, which all that have the socket share */
	uint8_t addr[16];
	uint16_t port; /* 0: not bound */
	uint32_t uid;  /* its owner */
	uint32_t inode;
	uint64_t cookie;
	uint64_t netns_cookie; /* of its network namespace; 0: this kernel does not tell */
};

/* Describes a socket. Returns 0, or -errno: -ENOTSOCK. */
int skw_foreign_describe(int fd, struct skw_foreign_socket *out);
/* The cookie of this process's network namespace; 0: this kernel does not tell. */
uint64_t skw_foreign_netns_cookie(void);

#endif
