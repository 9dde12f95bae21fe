/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lane moves the bytes of one direction. It holds at most one portion that the receiver did not
 * take yet, and reads no more before that is gone. So a receiver that has stopped makes the sender
 * wait, as it would without a relay.
 */
#ifndef SKW_ACT_RELAY_LANE_H
#define SKW_ACT_RELAY_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "act/relay/pipes.h"
#include "act/relay/watch.h"

struct skw_conduit;
struct skw_relay_conn;

/*
 * A receiver that has stopped must stop the sender soon. Without this limit the kernel takes 4 MB
 * more, and while it takes them, it lets the sender's window grow by as much again.
 */
#define SKW_RELAY_UNSENT_BYTES 1048576

/*
 * A socket of a connection. Its epoll is edge-triggered: readable and writable stay true until the
 * kernel says EAGAIN.
 */
struct skw_relay_end {
	struct skw_relay_watch watch; /* must be the first */
	struct skw_relay_conn *conn;
	bool readable, writable;
	bool ending; /* its FIN has come, so the queue must be read up to its end */
	bool urgent; /* urgent data has come: a read stops there, and splice(2) never gets on */
	bool failed; /* it was reset, or another error has ended it */
};

enum skw_relay_engine {
	/* Small portions are copied, as that costs less. Larger ones go through a pipe. */
	SKW_RELAY_SPLICE,
	SKW_RELAY_COPY,
	/* A program of the kernel redirects. The rest is spliced or copied. */
	SKW_RELAY_SOCKMAP,
	SKW_RELAY_ENGINES
};

/* All lanes share this. */
struct skw_relay_mover {
	enum skw_relay_engine engine;
	uint8_t *scratch; /* owned */
	struct skw_relay_pipes pipes;
};

/* Zero all but the first two, and set the pipe's descriptors to -1. */
struct skw_relay_lane {
	struct skw_relay_end *from, *to;
	struct skw_relay_pipe pipe; /* owned while there are bytes in it */
	size_t in_pipe;
	uint8_t *held; /* owned: the rest of a portion */
	size_t held_at, held_len;
	/* Lent; NULL: the kernel does not move this lane. */
	struct skw_conduit *conduit;
	uint64_t taken;     /* of the receiver's TCP, before the conduit: see lane_kernel.c */
	uint64_t cleared;   /* redirected bytes that the receiver's TCP has taken, at least */
	uint64_t bytes;     /* passed on by this process */
	uint64_t lost;      /* read, but neither passed on nor held */
	size_t header_left; /* of the bytes that are held, these are not the sender's */
	bool bulk;          /* the last portion was large */
	bool no_splice;     /* the kernel can't splice this socket */
	bool eof;           /* everything was read */
	bool done;          /* ... and passed on, with its end; or the receiver is gone */
};

enum skw_relay_moved {
	SKW_RELAY_WAITS,  /* for an event of one of its sockets */
	SKW_RELAY_POLLS,  /* for the kernel, which makes no event */
	SKW_RELAY_MORE,   /* others had to have their turn */
	SKW_RELAY_DONE,   /* see `done` */
	SKW_RELAY_FAILED, /* the sender was reset */
};

/* Returns 0 or -ENOMEM. */
int skw_relay_mover_init(struct skw_relay_mover *m, enum skw_relay_engine engine);
void skw_relay_mover_free(struct skw_relay_mover *m);

/* Puts a header in front of all bytes. Returns 0 or -ENOMEM. */
int skw_relay_lane_head(struct skw_relay_lane *lane, const uint8_t *header, size_t len);

/* Sends what is held. Returns true if nothing is left. A failure is left to the next move. */
bool skw_relay_lane_flush(struct skw_relay_mover *m, struct skw_relay_lane *lane);

/* Moves what can be moved now, but not for ever. */
enum skw_relay_moved skw_relay_lane_move(struct skw_relay_mover *m, struct skw_relay_lane *lane);

/* Bytes that the receiver's socket has got. */
uint64_t skw_relay_lane_bytes(const struct skw_relay_lane *lane);

/* Bytes of the sender that were read and not passed on. */
uint64_t skw_relay_lane_held(const struct skw_relay_lane *lane);

/* Forgets what is held. */
void skw_relay_lane_free(struct skw_relay_mover *m, struct skw_relay_lane *lane);

#endif
