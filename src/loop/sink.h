/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sink receives packets, events and rows. A stage is a sink that forwards them. The functions
 * return 0 or -errno with err filled, unless their comments say otherwise. A function that has
 * nothing to do may be NULL.
 *
 * Order of the calls: prepare, (the split), open, start; then packets, event and tick as records
 * come, and pause after each burst; at the end close. The loop calls `close` in any case, even if
 * `open` failed or was never called.
 */
#ifndef SKW_LOOP_SINK_H
#define SKW_LOOP_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"
#include "model/packet.h"
#include "model/watch.h"
#include "util/error.h"

/* A sink that holds records back to write more at once holds them no longer than this. */
#define SKW_SINK_HOLD_MS 1000

struct skw_loop;
struct skw_raw_block;
struct skw_table;

struct skw_sink_ops {
	/*
	 * Opens what takes files that later can't be opened, after the sources were prepared; the
	 * process still has all privileges.
	 */
	int (*prepare)(void *ctx, struct skw_error *err);
	/*
	 * Opens the outputs; the privileges are dropped by now. May block for any time, because a
	 * signal still ends the process.
	 */
	int (*open)(void *ctx, struct skw_loop *loop, struct skw_error *err);
	/* Gives descriptors and timers to the loop. Signals come through the loop from now on. */
	int (*start)(void *ctx, struct skw_error *err);

	/*
	 * Takes a run of n packets, in order of time. Returns the number of packets taken, from the
	 * first on, or -errno. The number is less than n if the file is full for the moment (then
	 * `ready` returns false) or if the sink wants no more (then it has called
	 * skw_loop_enough()). With `wait`, takes all, however long it takes.
	 */
	int (*packets)(void *ctx, const struct skw_packet *run, size_t n, bool wait,
		       struct skw_error *err);
	/*
	 * Takes a block of a pcapng file that is no packet. Returns 1, 0 if it must be offered
	 * again, or -errno.
	 */
	int (*block)(void *ctx, const struct skw_raw_block *block, bool wait,
		     struct skw_error *err);
	int (*event)(void *ctx, const struct skw_event *event, struct skw_error *err);
	/* Receives the table after each sweep. */
	int (*tick)(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		    struct skw_error *err);

	/*
	 * No record is pending at the moment: writes what was held back. The sink has received
	 * everything that is older than until_ns (real time).
	 */
	int (*pause)(void *ctx, uint64_t until_ns, struct skw_error *err);
	/*
	 * Whether the sink takes one packet of any size without waiting. True after an error, too.
	 */
	bool (*ready)(const void *ctx);
	/* The clock was set by by_ns. `text` is the message to the user. */
	void (*clock_set)(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text);
	/*
	 * Receives SIGUSR2, on which everything that is held back is written out, and with a screen
	 * SIGWINCH and SIGCONT.
	 */
	int (*signal)(void *ctx, int signo, struct skw_error *err);
	/*
	 * The session ends soon: if a reader has stopped, the sink waits for it at most `ms`
	 * milliseconds.
	 */
	void (*hurry)(void *ctx, unsigned ms);
	/* Completes and closes everything. real_ns is the current time. */
	int (*close)(void *ctx, uint64_t real_ns, struct skw_error *err);
};

struct skw_sink {
	const struct skw_sink_ops *ops;
	void *ctx;
};

#endif
