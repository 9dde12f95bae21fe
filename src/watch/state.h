/* SPDX-License-Identifier: BSD-2-Clause */
/* What a watch is made of, for the files that make it. */
#ifndef SKW_WATCH_STATE_H
#define SKW_WATCH_STATE_H

#include "kern/conn.h"
#include "loop/loop.h"
#include "table/table.h"
#include "verbs/namespaces.h"
#include "watch/watch.h"
#include "watch/watch_names.h"

/* Where a sweep is. */
enum skw_sweep_phase {
	SKW_SWEEP_IDLE,
	SKW_SWEEP_SOCKETS, /* of a namespace, one iterator after the other */
	SKW_SWEEP_HOLDERS,
	SKW_SWEEP_NAMES
};

struct skw_sweep {
	enum skw_sweep_phase phase;
	struct skw_conn_reader reader;
	uint64_t begin_ns, end_ns;
	size_t at;                /* the namespace that is read, in skw_watch.netns */
	enum skw_conn_iter which; /* ... by this iterator */
	uint32_t swept, failed;   /* namespaces so far */
	bool complete;
};

struct skw_watch {
	const struct skw_watch_plan *plan;
	struct skw_loop *loop; /* lent */
	struct skw_conn *conn;
	struct skw_table *table;
	struct skw_verbs_namespaces verbs;
	struct skw_watch_status status;
	struct skw_watch_names names;

	/* Namespaces that are swept, owned; `home` is the one this process is in. */
	struct skw_verbs_netns *netns;
	size_t netns_len;
	size_t netns_at; /* the last one that was looked for */
	uint32_t home;
	struct skw_id_set readable; /* of those, the ones that the last sweep could read */
	uint64_t netns_ns;          /* when they were looked for */
	bool strange_netns;         /* an event came from one that is not among them */

	struct skw_sweep sweep;
	uint64_t holders_ns; /* when holders were last looked for; 0: never */

	uint32_t said; /* troubles that were said already */
	uint64_t interval_ns;
	bool paused;
	bool due; /* for a sweep */
	int tick_fd;
};

/* From the plan to programs that are attached. 0 or -errno. */
int skw_watch_prepare(void *watch, struct skw_error *err);

/* Whether this namespace is among those that are swept. */
bool skw_watch_lists(struct skw_watch *w, uint64_t netns);

/*
 * A slice of a sweep: of at most 64 KiB of an iterator, so that events and packets are taken
 * between slices however many sockets there are. Starts one where none goes on. 1: there is more;
 * 0: the sweep has ended, its status is filled in; or -errno.
 */
int skw_sweep_slice(struct skw_watch *w, struct skw_error *err);

#endif
