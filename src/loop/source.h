/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A source: packets, events and rows come from it. The loop knows no more of it than this, and
 * calls one function at a time. Functions return 0 or -errno with err filled unless they say
 * otherwise; those that are NULL have nothing to do.
 *
 * Order: prepare, (the split), begin, start, then rounds of look, peek, take, step and rest, at
 * the end quiesce, look, take and end. `free` is called in any case, also after a failure.
 */
#ifndef SKW_LOOP_SOURCE_H
#define SKW_LOOP_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

struct skw_loop;
struct skw_keeper_table;

struct skw_source_ops {
	/* With all privileges: load, attach, open. */
	int (*prepare)(void *ctx, struct skw_error *err);
	/*
	 * The verbs that this source wants of the keeper, known once it is prepared. NULL: none.
	 * What is returned stays the source's.
	 */
	struct skw_keeper_table *(*verbs)(void *ctx);
	/* Whether it can read all it needs without privileges: 0, or -EPERM. A child asks. */
	int (*probe)(void *ctx);
	/* Privileges are gone, no output exists yet: read what describes the input. */
	int (*begin)(void *ctx, struct skw_loop *loop, struct skw_error *err);
	/* Outputs exist: give descriptors and timers to the loop. */
	int (*start)(void *ctx, struct skw_error *err);

	/*
	 * CLOCK_MONOTONIC now_ns was read just before: what came before it is in sight afterwards.
	 * UINT64_MAX: no more will come.
	 */
	int (*look)(void *ctx, uint64_t now_ns, struct skw_error *err);
	/*
	 * True: the oldest record in sight has this time. False: no record is in sight, and none
	 * that is older than *ts_ns will come. CLOCK_MONOTONIC.
	 */
	bool (*peek)(void *ctx, uint64_t *ts_ns);
	/*
	 * Hands on what is in sight and not younger than until_ns, in order, as far as it is taken:
	 * by skw_loop_packets() and the like.
	 */
	int (*take)(void *ctx, uint64_t until_ns, struct skw_error *err);
	/* A slice of work that can wait. 1: more is left; 0: none; -errno. */
	int (*step)(void *ctx, struct skw_error *err);
	/* How long it can sleep, in milliseconds; -1: until a descriptor wakes it. */
	int (*rest)(void *ctx);

	/* Nothing more comes in: sockets closed, programs detached. */
	void (*quiesce)(void *ctx);
	/* All was handed on: read the exact figures. */
	int (*end)(void *ctx, struct skw_error *err);
	void (*free)(void *ctx);
};

struct skw_source {
	const struct skw_source_ops *ops;
	void *ctx;
};

#endif
