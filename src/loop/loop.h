/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only event loop of the program. It owns the order of a session: prepare, split, drop
 * privileges, start, merge by time, end. It also handles what all commands have in common: signals,
 * the duration, the death of the keeper, a change of the clock, and a reader that has stopped.
 */
#ifndef SKW_LOOP_LOOP_H
#define SKW_LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop/sink.h"
#include "loop/source.h"
#include "util/error.h"

struct skw_identity;
struct skw_keeper;
struct skw_keeper_table;
struct skw_raw_block;
struct skw_sandbox_relay;

#define SKW_LOOP_SOURCES_MAX 8
#define SKW_LOOP_TABLES_MAX  16

/* The parts of a session. The caller owns all of them and keeps them until the loop has ended. */
struct skw_loop_plan {
	const struct skw_source *sources;
	/* At most SKW_LOOP_SOURCES_MAX. */
	size_t sources_len;
	const struct skw_sink *sink;
	/*
	 * Tables of verbs beside those of the sources. If there is no table at all, there is no
	 * keeper.
	 */
	struct skw_keeper_table *const *tables;
	size_t tables_len;
	/*
	 * The user that the worker becomes. NULL: skw_identity_default() if root has started it,
	 * otherwise the user stays the same.
	 */
	const struct skw_identity *who;
	/* The worker's sandbox leaves these open, see struct skw_sandbox. */
	bool writes_files, terminal, serves;
	/* A folder that the worker goes on reading, open after `prepare`. NULL: none. */
	const int *folder_fd;
	/* The sandbox lets the worker relay connections, see struct skw_sandbox. NULL: no. */
	const struct skw_sandbox_relay *relay;
	/* For debugging: the sandbox stays open. */
	bool no_sandbox;
	/* 0: no limit. */
	uint64_t duration_ns;
	/* Report a change of the clock to the user and to the sink. */
	bool tells_clock;
	/* Pass SIGWINCH and SIGCONT on to the sink. */
	bool has_screen;
	/*
	 * A signal that ends the session has come, from the kernel (that is from the terminal) or
	 * from a process. Returns true if the session goes on. May be NULL.
	 */
	bool (*takes_signal)(void *ctx, int signo, bool from_kernel);
	/*
	 * Reports the figures: on SIGUSR1, and at the end (`final`), when everything is closed but
	 * the keeper still runs. May be NULL.
	 */
	void (*report)(void *ctx, bool final);
	void *ctx;
};

/*
 * Runs until a signal, the duration, a limit of the sink or an error ends it. Returns 0 or -errno.
 */
int skw_loop_run(const struct skw_loop_plan *plan, struct skw_error *err);

/* The functions below are for sources and sinks, beginning with their `begin` and `open`. */

/*
 * Calls `handler` when the descriptor has one of `events` (EPOLLIN and so on; EPOLLERR and EPOLLHUP
 * are always included). The caller keeps the descriptor, which is watched until it is closed.
 * Returns 0 or -errno.
 */
int skw_loop_watch(struct skw_loop *l, int fd, uint32_t events,
		   int (*handler)(void *ctx, struct skw_error *err), void *ctx);

/*
 * For a source with a great many descriptors, which it adds to the loop's epoll and takes off by
 * itself. Events whose data is such a pointer go to this handler. After each burst of them `look`
 * and `step` are called; `look` may be called within a burst, too, and `step` may not. There can be
 * one such source.
 */
void skw_loop_take_events(struct skw_loop *l,
			  int (*handler)(void *ctx, void *data, uint32_t events,
					 struct skw_error *err),
			  void *ctx);

/* For descriptors that wake the loop but need no handler: add them to this epoll with this data. */
#define SKW_LOOP_NO_HANDLER UINT64_MAX
int skw_loop_epoll_fd(const struct skw_loop *l);

/*
 * Becomes readable when the session must end (a signal, the duration, a dead keeper). A source or a
 * sink that waits by itself must poll it too. The loop owns it.
 */
int skw_loop_interrupt_fd(const struct skw_loop *l);
/* Whether the keeper is there: 0, or -EPIPE with err filled when it has died. */
int skw_loop_check_keeper(const struct skw_loop *l, struct skw_error *err);
/* How long the end may wait for a reader that has stopped; shorter where the keeper has died. */
unsigned skw_loop_linger_ms(const struct skw_loop *l);

/* NULL if there is no keeper. */
struct skw_keeper *skw_loop_keeper(const struct skw_loop *l);

/*
 * Converts CLOCK_MONOTONIC to real time. Times before the last change of the clock have their own
 * offset, so they stay correct.
 */
struct skw_loop_clock {
	int64_t offset_ns;
	/* The offset for times before set_ns. */
	int64_t before_ns;
	uint64_t set_ns;
};
const struct skw_loop_clock *skw_loop_clock(const struct skw_loop *l);

static inline uint64_t skw_loop_real_ns(const struct skw_loop_clock *clock, uint64_t ns)
{
	return ns + (uint64_t)(ns < clock->set_ns ? clock->before_ns : clock->offset_ns);
}

/* A source passes its records to the sink with these. See the sink's functions of the same name. */
int skw_loop_packets(struct skw_loop *l, const struct skw_packet *run, size_t n,
		     struct skw_error *err);
int skw_loop_block(struct skw_loop *l, const struct skw_raw_block *block, struct skw_error *err);
int skw_loop_event(struct skw_loop *l, const struct skw_event *event, struct skw_error *err);
int skw_loop_tick(struct skw_loop *l, const struct skw_table *table,
		  const struct skw_watch_status *status, struct skw_error *err);

/* Ends the session in order. Pending records still go to the sink. */
void skw_loop_stop(struct skw_loop *l);
/* Ends the session in order. Pending records are dropped, because the sink wants no more. */
void skw_loop_enough(struct skw_loop *l);
/* Ends the session with the error `ret`, but pending records still go to the sink. Returns 0. */
int skw_loop_fail(struct skw_loop *l, int ret);
/* Whether skw_loop_enough() was called. A source must not pass on any record after that. */
bool skw_loop_is_over(const struct skw_loop *l);
/* Whether skw_loop_fail() was called with an error. */
bool skw_loop_has_failed(const struct skw_loop *l);
/* For a source that waits by itself: makes the sink write what it holds back. */
int skw_loop_pause(struct skw_loop *l, struct skw_error *err);

#endif
