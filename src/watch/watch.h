/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A watch of the host's connections: programs attached, privileges given up, sweeps once a
 * tick, events as they come. What is made of it is the caller's business, told by hooks.
 */
#ifndef SKW_WATCH_WATCH_H
#define SKW_WATCH_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include "model/event.h"
#include "model/watch.h"
#include "table/table.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_watch_plan {
	uint32_t events;       /* SKW_EVENT_BIT()s for the event hook */
	uint32_t table_events; /* ... and those that only the table needs */
	uint64_t interval_ns;  /* between sweeps */
	uint64_t closed_ns;    /* closed rows are kept for so long */
	uint64_t duration_ns;  /* 0: for ever */
	const char *netns;     /* "self", "all", or a name or path */
	const char *cgroup;    /* subtree; NULL: all */
	uint64_t ring_bytes;   /* of the event rings; 0: the default */
	unsigned events_ms;    /* how long an event may wait in its ring */
	bool udp;
	/* Written to standard output by whoever outlives a SIGKILL: brings the terminal back. */
	const char *farewell;          /* NULL: nothing */
	const struct termios *termios; /* of standard output before; NULL: leave it */
};

struct skw_watch;

/*
 * Each hook returns 0, 1 to end the watch orderly, or -errno with err filled. All but `ctx` may
 * be NULL. They run in the worker, without privileges, one at a time.
 */
struct skw_watch_hooks {
	void *ctx;
	/* After privileges are gone, before the first sweep. */
	int (*start)(void *ctx, struct skw_watch *w, struct skw_error *err);
	int (*event)(void *ctx, const struct skw_event *event, int64_t offset_ns,
		     struct skw_error *err);
	/* After each burst of events. */
	int (*pause)(void *ctx, struct skw_error *err);
	/* At the end, once programs are detached and all events were handed out: exact figures. */
	int (*end)(void *ctx, const struct skw_watch_status *status, struct skw_error *err);
	/* After each sweep. */
	int (*tick)(void *ctx, struct skw_table *table, const struct skw_watch_status *status,
		    struct skw_error *err);
	/* `input_fd` (-1: none) is readable, or a signal that concerns the screen came. */
	int input_fd;
	int (*input)(void *ctx, int signal, struct skw_error *err); /* 0, SIGWINCH or SIGCONT */
};

/* Runs until a signal, the duration, a hook or an error ends it. 0 or -errno with err filled. */
int skw_watch_run(const struct skw_watch_plan *plan, const struct skw_watch_hooks *hooks,
		  struct skw_error *err);

/* For hooks. */
/* The connection that is kept in full, also after its close; 0: none. */
void skw_watch_follow(struct skw_watch *w, uint64_t cookie);
/* Gives text out on standard output and empties it, as session/lines.h tells. 0 or -errno. */
int skw_watch_print(struct skw_watch *w, struct skw_buf *text, struct skw_error *err);
void skw_watch_set_interval(struct skw_watch *w, uint64_t interval_ns);
/* Paused: no sweeps; events still go into the table and to the hook. */
void skw_watch_set_paused(struct skw_watch *w, bool paused);

#endif
