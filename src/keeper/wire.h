/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket between worker and keeper: one header, a payload and file
 * descriptors per SOCK_SEQPACKET message.
 */
#ifndef SKW_KEEPER_WIRE_H
#define SKW_KEEPER_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Not the number of a verb: this asks for the orderly end. */
#define SKW_WIRE_FINISH   UINT32_MAX

#define SKW_WIRE_NO_REPLY 0x1

struct skw_wire_header {
	uint32_t seq;   /* an answer has the number of its request */
	uint32_t verb;  /* requests only */
	uint32_t flags; /* requests only */
	int32_t error;  /* answers only */
};

/*
 * Sends one message and waits while the queue is full. Returns 0, -EPIPE when the other side has
 * gone, or another -errno.
 */
int skw_wire_send(int fd, const struct skw_wire_header *h, const void *payload, size_t len,
		  const int *fds, size_t n_fds);

/* Whether the queue has room for a message within `ms` milliseconds. */
bool skw_wire_has_room(int fd, int ms);

/*
 * Waits for one message. *len is the size of `payload` on entry and the payload's length on return.
 * The same holds for fds and *n_fds. If fds is NULL, descriptors that arrive are closed. Returns 0;
 * -EPIPE at the end of the stream; -EBADMSG for a message without a header; -EMSGSIZE if something
 * did not fit: then the header is filled, nothing else, and no descriptor is left open; or another
 * -errno.
 */
int skw_wire_receive(int fd, struct skw_wire_header *h, void *payload, size_t *len, int *fds,
		     size_t *n_fds);

#endif
