/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one event loop. It owns the order of preparing, splitting, dropping privileges, starting,
 * merging by time and ending, and what is the same for every command: signals, the duration, a
 * keeper that has died, a clock that was set, a reader that has stopped.
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

#define SKW_LOOP_SOURCES_MAX 8
#define SKW_LOOP_TABLES_MAX  16

/* What runs. All of it is lent and outlives the run. */
struct skw_loop_plan {
	const struct skw_source *sources;
	/* At most SKW_LOOP_SOURCES_MAX. */
	size_t sources_len;
	const struct skw_sink *sink;
	/* Verbs beside those of the sources. Without any verb there is no keeper. */
	struct skw_keeper_table *const *tables;
	size_t tables_len;
	/* Whom the worker becomes; NULL: the user stays. */
	const struct skw_identity *who;
	/* 0: for ever. */
	uint64_t duration_ns;
	/* Says it when the clock is set, and tells the sink. */
	bool tells_clock;
	/* SIGWINCH and SIGCONT go to the sink. */
	bool has_screen;
	/*
	 * Tells the figures: on SIGUSR1, and at the end (`final`), when all is closed and before
	 * the keeper ends. NULL: nothing.
	 */
	void (*report)(void *ctx, bool final);
	void *ctx;
};

/* Runs until a signal, the duration, enough of everything or an error ends it. 0 or -errno. */
int skw_loop_run(const struct skw_loop_plan *plan, struct skw_error *err);

/* For sources and sinks, from `begin` and `open` on. */

/*
 * Calls `handler` when the descriptor has one of `events` (EPOLLIN, ...; EPOLLERR and EPOLLHUP
 * always). The descriptor stays the caller's and is watched until it is closed. 0 or -errno.
 */
int skw_loop_watch(struct skw_loop *l, int fd, uint32_t events,
		   int (*handler)(void *ctx, struct skw_error *err), void *ctx);

/* For descriptors that need no handler but wake the loop: add them here, with this data. */
#define SKW_LOOP_NO_HANDLER UINT64_MAX
int skw_loop_epoll_fd(const struct skw_loop *l);

/*
 * Becomes readable when the session is to end (a signal, the duration, a dead keeper): poll it
 * beside whatever else is waited for. It stays the loop's.
 */
int skw_loop_interrupt_fd(const struct skw_loop *l);
/* How long the end may wait for a reader that has stopped; shorter where the keeper has died. */
unsigned skw_loop_linger_ms(const struct skw_loop *l);

struct skw_keeper *skw_loop_keeper(const struct skw_loop *l); /* NULL: there is none */

/* Real time of a CLOCK_MONOTONIC one, right across clock steps. */
struct skw_loop_clock {
	int64_t offset_ns;
	/* Of times before set_ns. */
	int64_t before_ns;
	uint64_t set_ns;
};
const struct skw_loop_clock *skw_loop_clock(const struct skw_loop *l);

static inline uint64_t skw_loop_real_ns(const struct skw_loop_clock *clock, uint64_t ns)
{
	return ns + (uint64_t)(ns < clock->set_ns ? clock->before_ns : clock->offset_ns);
}

/* For sources: to the sink. As the sink's functions of the same name. */
int skw_loop_packets(struct skw_loop *l, const struct skw_packet *run, size_t n,
		     struct skw_error *err);
int skw_loop_event(struct skw_loop *l, const struct skw_event *event, struct skw_error *err);
int skw_loop_tick(struct skw_loop *l, const struct skw_table *table,
		  const struct skw_watch_status *status, struct skw_error *err);

/* An orderly end, what is in sight included. */
void skw_loop_stop(struct skw_loop *l);
/* An orderly end; nothing more is wanted, also of what is in sight. */
void skw_loop_enough(struct skw_loop *l);
/* The session fails with `ret`, but what is in sight still goes to the sink. Returns 0. */
int skw_loop_fail(struct skw_loop *l, int ret);
/* Whether the end has come: a source hands on nothing more once it is so. */
bool skw_loop_is_over(const struct skw_loop *l);
/* Whether it has come by a failure. */
bool skw_loop_has_failed(const struct skw_loop *l);
/* For a source that is about to wait by itself: what the sink holds back goes out now. */
int skw_loop_pause(struct skw_loop *l, struct skw_error *err);

#endif
