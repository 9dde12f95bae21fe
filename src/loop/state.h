/* SPDX-License-Identifier: BSD-2-Clause */
/* What a loop is made of, for the files that make it. */
#ifndef SKW_LOOP_STATE_H
#define SKW_LOOP_STATE_H

#include "loop/loop.h"

struct skw_loop_watcher {
	int (*handler)(void *ctx, struct skw_error *err);
	void *ctx;
};

struct skw_loop {
	const struct skw_loop_plan *plan;
	struct skw_keeper *keeper; /* owned; NULL: none */
	struct skw_loop_clock clock;

	int epoll_fd;
	int interrupt_fd; /* epoll as well, of what ends the session */
	int stop_fd;      /* signalfd: the signals that end a session */
	int signal_fd;    /* signalfd: those that don't */
	int duration_fd, clock_fd;
	struct skw_loop_watcher *watchers; /* owned */
	size_t watchers_len;

	bool stop;   /* the rounds end */
	bool enough; /* nothing is wanted any more, also of what is in sight */
	bool held;   /* the sink takes no more just now */
	bool waits;  /* the sink takes everything, however long that takes */
	int failure; /* -errno of skw_loop_fail() */
};

/* Descriptors and timers: from a plan to a loop that can wait. 0 or -errno. */
int skw_loop_open_fds(struct skw_loop *l, struct skw_error *err);
/* From now on signals come through the loop, and the duration counts. 0 or -errno. */
int skw_loop_catch_signals(struct skw_loop *l, struct skw_error *err);
void skw_loop_close_fds(struct skw_loop *l);

/* Lets what is older than now_ns, just read, go to the sink. 0 or -errno. */
int skw_loop_drain(struct skw_loop *l, uint64_t now_ns, struct skw_error *err);

/* Until the end. 0 or -errno. */
int skw_loop_rounds(struct skw_loop *l, struct skw_error *err);

#endif
