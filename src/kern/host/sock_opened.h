/* SPDX-License-Identifier: BSD-2-Clause */
/* Which host has opened a connection of TCP, by the kernel's counters of one end. */
#ifndef SKW_KERN_HOST_SOCK_OPENED_H
#define SKW_KERN_HOST_SOCK_OPENED_H

#include <stdbool.h>
#include <stdint.h>

/* Counters of struct tcp_info, and of the queue that inet_diag tells. */
struct skw_sock_sent {
	uint64_t acked, sent, retrans; /* bytes */
	uint32_t queued, notsent;      /* bytes that are not acknowledged, and that are not sent */
};

/*
 * Whether these counters prove that this end has sent the SYN. `state` is an enum skw_row_state.
 * False: the peer has sent it, or it can't be known, because the counters were read while they
 * changed, or the socket was restored.
 */
bool skw_sock_opened(uint8_t state, const struct skw_sock_sent *n);

#endif
