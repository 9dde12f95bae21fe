/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A source produces packets, events or rows. The loop knows a source only by these functions, and
 * calls one function at a time. They return 0 or -errno with err filled, unless their comments say
 * otherwise. A function that has nothing to do may be NULL.
 *
 * Order of the calls: prepare, (the split), begin, start; then rounds of look, peek, take, step and
 * rest; at the end quiesce, look, take and end. The loop calls `free` in any case, even after a
 * failure.
 *
 * A record is pending when `look` has found it and `take` has not yet passed it to the sink.
 */
#ifndef SKW_LOOP_SOURCE_H
#define SKW_LOOP_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "util/error.h"

struct skw_loop;
struct skw_keeper_table;

struct skw_source_ops {
	/* Loads, attaches and opens; the process still has all privileges. */
	int (*prepare)(void *ctx, struct skw_error *err);
	/*
	 * The verbs that this source needs in the keeper, called after `prepare`. NULL: none. The
	 * source owns the table.
	 */
	struct skw_keeper_table *(*verbs)(void *ctx);
	/* Reads the description of the input. Privileges are dropped, and no output exists yet. */
	int (*begin)(void *ctx, struct skw_loop *loop, struct skw_error *err);
	/* Gives descriptors and timers to the loop. The outputs exist by now. */
	int (*start)(void *ctx, struct skw_error *err);

	/*
	 * Makes all records pending that are older than now_ns, a CLOCK_MONOTONIC time that was
	 * read just before. UINT64_MAX: this is the last call, so all records become pending.
	 */
	int (*look)(void *ctx, uint64_t now_ns, struct skw_error *err);
	/*
	 * Returns true and the time of the oldest pending record, or false if no record is pending:
	 * then no record that is older than *ts_ns will come. The time is CLOCK_MONOTONIC.
	 */
	bool (*peek)(void *ctx, uint64_t *ts_ns);
	/*
	 * Passes pending records on in order, with skw_loop_packets() and similar functions, up to
	 * the time until_ns (included) or until the sink takes no more.
	 */
	int (*take)(void *ctx, uint64_t until_ns, struct skw_error *err);
	/* Does a part of the work that can wait. Returns 1 if more is left, 0 if not, or -errno. */
	int (*step)(void *ctx, struct skw_error *err);
	/* How long the source can sleep, in milliseconds. -1: until a descriptor wakes it. */
	int (*rest)(void *ctx);

	/* Stops the input: closes sockets, detaches programs. */
	void (*quiesce)(void *ctx);
	/* Reads the exact figures. All records have been passed on. */
	int (*end)(void *ctx, struct skw_error *err);
	void (*free)(void *ctx);

	/*
	 * Whether it may start threads after the split, which write no files. It is asked after
	 * `prepare`. NULL: no.
	 */
	bool (*has_threads)(const void *ctx);
};

struct skw_source {
	const struct skw_source_ops *ops;
	void *ctx;
};

#endif
