/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds and ends single sockets of TCP and UDP by the kernel's sock_diag (sock_diag(7), and
 * net/ipv4/inet_diag.c). A socket is only met if its cookie is right, however its addresses are.
 */
#ifndef SKW_KERN_HOST_SOCK_DIAG_H
#define SKW_KERN_HOST_SOCK_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#include "model/socket_id.h"
#include "util/error.h"

/* The kernel's answer about a socket. */
struct skw_sock_diag {
	uint8_t state;  /* enum skw_row_state; a UDP socket without a peer is SKW_STATE_UNCONN */
	uint32_t inode; /* 0: no process has it open */
	uint32_t interface; /* it is bound to this one; 0: to none */
	uint32_t uid;
	uint64_t cgroup_id; /* of the cgroup that it was made in; 0: unknown */
	/*
	 * Its program has called connect(), and that is sure. False: it was accepted, or it can't
	 * be known at the moment, see skw_sock_opened().
	 */
	bool opened;
};

/*
 * Opens the way to the sockets of the network namespace that this thread is in. The caller owns
 * the descriptor. Returns it, or -errno.
 */
int skw_sock_diag_open(void);

/*
 * Checks that this kernel tells of sockets of TCP and UDP, and loads what it needs for that.
 * Returns 0, or -errno with err filled.
 */
int skw_sock_diag_check(int fd, struct skw_error *err);

/* Returns 0, or -EOPNOTSUPP if this kernel can't end any. */
int skw_sock_diag_can_end(int fd);

/*
 * Calls `each` for the sockets in one of these states, bits of enum skw_row_state. The kernel tells
 * no namespace, so id->netns is 0. Sockets that come or go meanwhile may be missed or told twice.
 * `each` must not use fd. Returns 0, -errno, or the first non-zero return of `each`, after which it
 * is not called any more.
 */
int skw_sock_diag_each(int fd, uint8_t family, uint8_t proto, uint32_t states,
		       int (*each)(void *ctx, const struct skw_socket_id *id,
				   const struct skw_sock_diag *socket),
		       void *ctx);

/* Returns 0, -ENOENT if there is no such socket, or another -errno. */
int skw_sock_diag_find(int fd, const struct skw_socket_id *id, struct skw_sock_diag *out);

/*
 * Ends the socket that was found: a peer of TCP gets a reset, and its holders ECONNABORTED. Needs
 * CAP_NET_ADMIN. Returns 0, -ENOENT if it has gone, -EOPNOTSUPP if the kernel can't end it,
 * -ENOTUNIQ if it shares its address with others and the kernel does not find this one, or another
 * -errno.
 */
int skw_sock_diag_end(int fd, const struct skw_socket_id *id, const struct skw_sock_diag *found);

#endif
