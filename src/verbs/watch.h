/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper's part of a watch of connections: it holds the programs and the iterators, and
 * finds network namespaces. Requests carry inode numbers, which must belong to namespaces that the
 * keeper found itself.
 */
#ifndef SKW_VERBS_WATCH_H
#define SKW_VERBS_WATCH_H

#include <stdint.h>

#include "keeper/keeper.h"
#include "kern/conn.h"
#include "kern/host/netns.h"

/* The data of the keeper's part. It must stay valid for the rest of the program. */
struct skw_verbs_watch {
	struct skw_conn *conn; /* borrowed */
	/* Look for namespaces. Otherwise `list` is complete. */
	bool scan;
	/* The namespace of this process, which takes no privilege to enter. */
	uint32_t home;
	struct skw_netns_list list;
	int *keep_fds; /* owned: the descriptors that stay open in the keeper */
	struct skw_keeper_table table;
	enum skw_conn_iter which; /* the iterator that is asked for */
};

/* A namespace in the worker's view. */
struct skw_verbs_netns {
	uint32_t inode;
	char name[SKW_NETNS_NAME_LEN]; /* empty if it has no name */
};

/* Fills in the table for skw_keeper_split(). The fields above are set. Returns 0 or -ENOMEM. */
int skw_verbs_watch_prepare(struct skw_verbs_watch *ctx);
/* Gives up what only the keeper needs: at the split, also where none came. */
void skw_verbs_watch_settle(void *arg);

/* Finds the current namespaces. *out is an array that the caller frees. Returns 0 or -errno. */
int skw_verbs_watch_find(const struct skw_verbs_watch *ctx, struct skw_keeper *k,
			 struct skw_verbs_netns **out, size_t *len);

/*
 * Starts a new run of an iterator in that namespace; that of holders sees all. steady_ns is for
 * skw_conn_steady_since(). Returns an own descriptor, or -errno: -ENOENT, -ENODATA: none is there.
 */
int skw_verbs_watch_iter(const struct skw_verbs_watch *ctx, struct skw_keeper *k, uint32_t netns,
			 enum skw_conn_iter which, uint64_t steady_ns);

/* Counts datagrams or not, or takes all programs off: after that no event comes into the rings. */
enum { SKW_WATCH_COUNTS_NOT, SKW_WATCH_COUNTS, SKW_WATCH_STOPS };
int skw_verbs_watch_change(const struct skw_verbs_watch *ctx, struct skw_keeper *k,
			   uint32_t change);

#endif
