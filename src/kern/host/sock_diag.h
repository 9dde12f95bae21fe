/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds and ends single sockets of TCP and UDP by the kernel's sock_diag (sock_diag(7), and
 * net/ipv4/inet_diag.c). A socket is only met if its cookie is right, however its addresses are.
 */
#ifndef SKW_KERN_HOST_SOCK_DIAG_H
#define SKW_KERN_HOST_SOCK_DIAG_H

#include "model/socket_id.h"
#include "util/error.h"

/* The kernel's answer about a socket. */
struct skw_sock_diag {
	uint8_t state;  /* enum skw_row_state; a UDP socket without a peer is SKW_STATE_UNCONN */
	uint32_t inode; /* 0: no process has it open */
	uint32_t interface; /* it is bound to this one; 0: to none */
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
