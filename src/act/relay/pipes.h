/* SPDX-License-Identifier: BSD-2-Clause */
/* Empty pipes that wait for their next use. */
#ifndef SKW_ACT_RELAY_PIPES_H
#define SKW_ACT_RELAY_PIPES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * All pipes of a user without privileges may have 64 MB (pipe-user-pages-soft), and new ones are
 * tiny then. This is as many as fit.
 */
#define SKW_RELAY_PIPES_MAX  256
#define SKW_RELAY_PIPE_BYTES 262144

struct skw_relay_pipe {
	int in, out; /* owned; -1: there is none */
};

/* Zeroed at first. */
struct skw_relay_pipes {
	struct skw_relay_pipe idle[SKW_RELAY_PIPES_MAX]; /* owned */
	size_t idle_len;
	size_t made; /* these, and those in use */
};

/* Gives an empty pipe. Returns false if there is none: all are used, or descriptors are out. */
bool skw_relay_pipes_take(struct skw_relay_pipes *p, struct skw_relay_pipe *out);

/* Takes a pipe back, which becomes -1. A pipe with bytes in it is closed. */
void skw_relay_pipes_put(struct skw_relay_pipes *p, struct skw_relay_pipe *pipe, bool empty);

void skw_relay_pipes_free(struct skw_relay_pipes *p);

#endif
