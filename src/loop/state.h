/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a loop, for the files of this room only. */
#ifndef SKW_LOOP_STATE_H
#define SKW_LOOP_STATE_H

#include "loop/loop.h"

struct skw_loop_watcher {
	int (*handler)(void *ctx, struct skw_error *err);
	void *ctx;
};

struct skw_loop {
	const struct skw_loop_plan *plan;
	struct skw_keeper *keeper; /* owned; NULL if there is none */
	struct skw_loop_clock clock;

	int epoll_fd;
	int interrupt_fd; /* an epoll over the descriptors that end the session */
	int stop_fd;      /* a signalfd for the signals that end a session */
	int signal_fd;    /* a signalfd for the other signals */
	int duration_fd, clock_fd;
	struct skw_loop_watcher *watchers; /* owned */
	size_t watchers_len;
	/* See skw_loop_take_events(). */
	int (*taker)(void *ctx, void *data, uint32_t events, struct skw_error *err);
	void *taker_ctx;

	bool stop;   /* no further round begins */
	bool enough; /* the sink wants no more, not even pending records */
	bool held;   /* the sink takes no more at the moment */
	bool waits;  /* the sink must take everything, however long it takes */
	int failure; /* the -errno of skw_loop_fail() */
};

/* Opens the descriptors and timers that the loop needs before it can wait. Returns 0 or -errno. */
int skw_loop_open_fds(struct skw_loop *l, struct skw_error *err);
/* Makes signals come through the loop, and starts the duration. Returns 0 or -errno. */
int skw_loop_catch_signals(struct skw_loop *l, struct skw_error *err);
void skw_loop_close_fds(struct skw_loop *l);

/*
 * Passes all records that are older than now_ns to the sink. now_ns was just read. Returns 0 or
 * -errno.
 */
int skw_loop_drain(struct skw_loop *l, uint64_t now_ns, struct skw_error *err);

/* Runs rounds until the session ends. Returns 0 or -errno. */
int skw_loop_rounds(struct skw_loop *l, struct skw_error *err);

#endif
