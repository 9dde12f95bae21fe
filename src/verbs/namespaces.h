/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Network namespaces for a watch: the keeper finds them, and starts iterators in them. Requests
 * carry inode numbers of namespaces that the keeper found itself.
 */
#ifndef SKW_VERBS_NAMESPACES_H
#define SKW_VERBS_NAMESPACES_H

#include <stdint.h>

#include "keeper/keeper.h"
#include "kern/conn.h"
#include "kern/netns.h"

/* What the keeper knows. It must stay valid for good. */
struct skw_verbs_namespaces {
	/* Of the iterators; -1: this kernel has none of that kind. */
	int links[SKW_ITERS];
	/* Look for namespaces; otherwise those in `list` are all. */
	bool scan;
	struct skw_netns_list list;
	/* Owned: what stays open in the keeper. */
	int *keep_fds;
	struct skw_keeper_table table;
};

/* A namespace as the worker knows it. */
struct skw_verbs_netns {
	uint32_t inode;
	char name[SKW_NETNS_NAME_LEN]; /* empty: none */
};

/* Fills in the table for skw_keeper_split(), from what the caller has set. 0 or -ENOMEM. */
int skw_verbs_namespaces_prepare(struct skw_verbs_namespaces *ctx);
/* Frees the list: at the split, after which the keeper has its own; also where none came. */
void skw_verbs_namespaces_settle(struct skw_verbs_namespaces *ctx);

/*
 * The namespaces there are now: an array that the caller frees. 0 or -errno. Those that sockets
 * of older lists were in stay reachable until the next call.
 */
int skw_verbs_namespaces_find(const struct skw_verbs_namespaces *ctx, struct skw_keeper *k,
			      struct skw_verbs_netns **out, size_t *len);

/* A new run of an iterator in that namespace: a descriptor the caller owns, or -errno. */
int skw_verbs_namespaces_iter(const struct skw_verbs_namespaces *ctx, struct skw_keeper *k,
			      uint32_t netns, enum skw_conn_iter which);

#endif
