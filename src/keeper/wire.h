/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket between worker and keeper: one header, a payload and file
 * descriptors per SOCK_SEQPACKET message.
 */
#ifndef SKW_KEEPER_WIRE_H
#define SKW_KEEPER_WIRE_H

#include <stddef.h>
#include <stdint.h>

/* Not a verb: the orderly end. */
#define SKW_WIRE_FINISH   UINT32_MAX

#define SKW_WIRE_NO_REPLY 0x1

struct skw_wire_header {
	uint32_t seq;   /* an answer carries its request's */
	uint32_t verb;  /* requests only */
	uint32_t flags; /* requests only */
	int32_t error;  /* answers only */
};

/* Sends one message, waiting for room. Returns 0, -EPIPE when the other side has gone, -errno. */
int skw_wire_send(int fd, const struct skw_wire_header *h, const void *payload, size_t len,
		  const int *fds, size_t n_fds);

/*
 * Waits for one message. *len is the room in `payload` on entry, its length on return; fds and
 * *n_fds likewise (fds may be NULL: what arrives is closed). Returns 0; -EPIPE at the end of the
 * stream; -EBADMSG for a message without a header; -EMSGSIZE if something did not fit, with the
 * header filled, nothing else, and no descriptor left open; or another -errno.
 */
int skw_wire_receive(int fd, struct skw_wire_header *h, void *payload, size_t *len, int *fds,
		     size_t *n_fds);

#endif
