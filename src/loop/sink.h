/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sink: packets, events and rows go there. A stage is a sink that forwards. Functions return 0
 * or -errno with err filled unless they say otherwise; those that are NULL have nothing to do.
 *
 * Order: open, start, then packets, event and tick as things come, pause after each burst, at the
 * end close. `close` is called in any case, also when `open` failed or was never reached.
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

struct skw_loop;
struct skw_table;

struct skw_sink_ops {
	/* Privileges are gone. May take for ever: a signal still ends the process. */
	int (*open)(void *ctx, struct skw_loop *loop, struct skw_error *err);
	/* Signals come through the loop from now on: give descriptors and timers to it. */
	int (*start)(void *ctx, struct skw_error *err);

	/*
	 * A run of n packets, in the order of time. Returns how many were taken, from the first on,
	 * or -errno: fewer where the file takes no more at the moment (then `ready` is false) or
	 * where no more are wanted (then skw_loop_enough() was called). `wait`: all, however long
	 * it takes.
	 */
	int (*packets)(void *ctx, const struct skw_packet *run, size_t n, bool wait,
		       struct skw_error *err);
	int (*event)(void *ctx, const struct skw_event *event, struct skw_error *err);
	/* The table was swept. */
	int (*tick)(void *ctx, const struct skw_table *table, const struct skw_watch_status *status,
		    struct skw_error *err);

	/*
	 * Nothing more is at hand just now: what was held back goes out. Everything older than
	 * until_ns (real time) has been handed on.
	 */
	int (*pause)(void *ctx, uint64_t until_ns, struct skw_error *err);
	/* Takes one more packet of any size without waiting? True after an error, too. */
	bool (*ready)(const void *ctx);
	/* The clock was set by by_ns; `text` says so to people. */
	void (*clock_set)(void *ctx, int64_t by_ns, uint64_t real_ns, const char *text);
	/* SIGWINCH or SIGCONT came. */
	int (*signal)(void *ctx, int signo, struct skw_error *err);
	/* The end is near: a reader that has stopped is given up after so many milliseconds. */
	void (*hurry)(void *ctx, unsigned ms);
	/* Completes and closes everything. real_ns: the time now. */
	int (*close)(void *ctx, uint64_t real_ns, struct skw_error *err);
};

struct skw_sink {
	const struct skw_sink_ops *ops;
	void *ctx;
};

#endif
