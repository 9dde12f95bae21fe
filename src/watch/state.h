/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a watch, for the files of this room only. */
#ifndef SKW_WATCH_STATE_H
#define SKW_WATCH_STATE_H

#include "kern/act/peers.h"
#include "kern/conn.h"
#include "kern/conn_reader.h"
#include "kern/host/addresses.h"
#include "loop/loop.h"
#include "row/record.h"
#include "row/taker.h"
#include "table/table.h"
#include "verbs/watch.h"
#include "watch/watch.h"
#include "watch/watch_names.h"

/* The phases of a sweep, in their order. */
enum skw_sweep_phase {
	SKW_SWEEP_IDLE,
	/*
	 * Reads the sockets of one namespace after the other, each with one iterator after the
	 * other.
	 */
	SKW_SWEEP_SOCKETS,
	SKW_SWEEP_HOLDERS,
	SKW_SWEEP_NAMES
};

struct skw_sweep {
	enum skw_sweep_phase phase;
	struct skw_conn_reader reader;
	uint64_t begin_ns, end_ns;
	uint64_t steady_ns; /* skw_conn_steady_since(): the begin of the sweep before; 0: no such */
	bool steady_failed; /* a record of a connection at rest did not do */
	size_t at;          /* the namespace that is being read, an index of skw_watch.netns */
	enum skw_conn_iter which; /* the iterator that reads it */
	uint32_t swept, failed;   /* the number of namespaces so far */
	bool complete;
	const char *trouble; /* words for the part that could not be read; NULL: all was read */
	int trouble_error;   /* why, a negative errno value */
};

struct skw_watch {
	const struct skw_watch_plan *plan;
	struct skw_loop *loop; /* borrowed */
	struct skw_conn *conn;
	struct skw_table *table;    /* owned; NULL: another takes the rows */
	struct skw_row_taker taker; /* of the rows, the holders, the events, the names */
	unsigned finders;           /* of enum skw_watch_finder */
	struct skw_verbs_watch verbs;
	/* SKW_ITERS bits: the iterators that this kernel has. */
	unsigned iters;
	struct skw_watch_status status;
	struct skw_watch_names names;

	/* The namespaces to sweep, owned. */
	struct skw_verbs_netns *netns;
	size_t netns_len;
	/* The index of the namespace that was searched for last. */
	size_t netns_at;
	/* The namespaces that the last sweep could read. */
	struct skw_id_set readable;
	/* The time when the list was made. */
	uint64_t netns_ns;
	/* An event came from a namespace that is not in the list. */
	bool strange_netns;

	struct skw_addresses addresses; /* open only with plan->packets */
	struct skw_peers peers;         /* they have told who they are, by marks */

	struct skw_sweep sweep;
	uint64_t expired_ns; /* when closed rows were dropped last, with plan->packets */
	uint64_t holders_ns; /* when holders were read last; 0: never */

	uint32_t said; /* the troubles that were already reported, as bits */
	uint64_t interval_ns;
	bool paused;
	bool due;              /* a sweep is due */
	uint64_t spent_ns;     /* by the steps of the sweep that runs */
	uint64_t not_until_ns; /* with plan->sweep_share: no sweep before this time */
	int tick_fd;
};

/* Loads and attaches the programs of the plan. Returns 0 or -errno. */
int skw_watch_prepare(void *watch, struct skw_error *err);

/* Gives a connection its other end, for which `remote` has room, if that has told who it is. */
static inline void skw_watch_ask_peer(const struct skw_watch *w, struct skw_row *row,
				      struct skw_remote *remote)
{
	struct skw_mark_peer peer;

	if (!w->peers.len || !skw_peers_find(&w->peers, row->cookie, &peer))
		return;
	*remote = (struct skw_remote){
		.cookie = peer.remote_cookie ? peer.remote_cookie : SKW_NONE64,
		.host = peer.remote_host,
	};
	skw_record_text(remote->comm, peer.remote_comm);
	row->remote = remote;
}

/* Whether this namespace is in the list. */
bool skw_watch_lists(struct skw_watch *w, uint64_t netns);

/*
 * Does a part of a sweep, or begins a new one: it reads at most 64 KiB from an iterator, so that
 * events and packets are taken in between, however many sockets there are. Returns 1 if there is
 * more to do, 0 if the sweep has ended (then its status is filled in), or -errno.
 */
int skw_sweep_slice(struct skw_watch *w, struct skw_error *err);

#endif
