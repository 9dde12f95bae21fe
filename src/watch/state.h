/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside a watch: what its set-up makes, and its loop and sweeps use. */
#ifndef SKW_WATCH_STATE_H
#define SKW_WATCH_STATE_H

#include "kern/conn.h"
#include "sink/lines.h"
#include "verbs/namespaces.h"
#include "watch/watch.h"
#include "watch/watch_names.h"

struct skw_watch {
	const struct skw_watch_plan *plan;
	const struct skw_watch_hooks *hooks;
	struct skw_conn *conn;
	struct skw_table *table;
	struct skw_keeper *keeper;
	struct skw_watch_verbs verbs;
	struct skw_watch_status status;
	struct skw_watch_names names;

	/* Namespaces that are swept, owned; `home` is the one this process is in. */
	struct skw_watch_netns *netns;
	size_t netns_len;
	size_t netns_at; /* the last one that was looked for */
	uint32_t home;
	struct skw_id_set readable; /* of those, the ones that the last sweep could read */
	uint64_t netns_ns;          /* when they were looked for */
	bool strange_netns;         /* an event came from one that is not among them */

	uint64_t holders_ns; /* when holders were last looked for; 0: never */

	uint32_t said; /* troubles that were said already */
	uint64_t interval_ns;
	bool paused;
	bool stop;

	struct skw_lines out;
	int epoll_fd, signal_fd, tick_fd, duration_fd;
};

/*
 * From the plan to programs that run: attached, split, privileges gone. Whatever is there must
 * be torn down, also after a failure.
 */
int skw_watch_set_up(struct skw_watch *w, struct skw_error *err);
void skw_watch_tear_down(struct skw_watch *w);

/* Whether this namespace is among those that are swept. */
bool skw_watch_lists(struct skw_watch *w, uint64_t netns);

/* Everything that is in the rings by now_ns, just read (UINT64_MAX: no more will come). */
int skw_watch_drain(struct skw_watch *w, uint64_t now_ns, struct skw_error *err);

/*
 * One sweep of every namespace into the table, holders and names included as they are due.
 * Fills in the status. 0 or -errno with err.
 */
int skw_watch_sweep(struct skw_watch *w, struct skw_error *err);

#endif
