/* SPDX-License-Identifier: BSD-2-Clause */
/* The connections that the kernel moves, with the sockmap engine. */
#ifndef SKW_ACT_RELAY_KERNEL_H
#define SKW_ACT_RELAY_KERNEL_H

#include "act/relay/state.h"
#include "util/error.h"

/* Loads the program, if this engine is chosen. Returns 0, or -errno with err filled. */
int skw_relay_kernel_open(struct skw_relay *r, struct skw_error *err);
void skw_relay_kernel_close(struct skw_relay *r);

/*
 * Gives the lanes of a connection to the kernel, as far as it takes them. The others stay as they
 * are. No byte was read yet.
 */
void skw_relay_kernel_take(struct skw_relay *r, struct skw_relay_conn *c);

/* Bytes that the kernel has moved for this connection. */
uint64_t skw_relay_kernel_moved(const struct skw_relay_conn *c);

/* The sockets of a connection are closed. */
void skw_relay_kernel_leave(struct skw_relay *r, struct skw_relay_conn *c);

#endif
