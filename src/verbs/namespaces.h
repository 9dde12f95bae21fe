/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network namespaces of a watch: the keeper finds them, and starts iterators in them. Requests
 * carry inode numbers, which must belong to namespaces that the keeper found itself.
 */
#ifndef SKW_VERBS_NAMESPACES_H
#define SKW_VERBS_NAMESPACES_H

#include <stdint.h>

#include "keeper/keeper.h"
#include "kern/conn.h"
#include "kern/netns.h"

/* The data of the keeper's part. It must stay valid for the rest of the program. */
struct skw_verbs_namespaces {
	/* The links of the iterators. -1: this kernel has no iterator of that kind. */
	int links[SKW_ITERS];
	/* Look for namespaces. Otherwise `list` is complete. */
	bool scan;
	struct skw_netns_list list;
	/* Owned: the descriptors that stay open in the keeper. */
	int *keep_fds;
	struct skw_keeper_table table;
};

/* A namespace in the worker's view. */
struct skw_verbs_netns {
	uint32_t inode;
	char name[SKW_NETNS_NAME_LEN]; /* empty if it has no name */
};

/*
 * Fills in the table for skw_keeper_split(). The caller has set the fields above. Returns 0 or
 * -ENOMEM.
 */
int skw_verbs_namespaces_prepare(struct skw_verbs_namespaces *ctx);
/* Frees the list: at the split, after which the keeper has its own; also where none came. */
void skw_verbs_namespaces_settle(struct skw_verbs_namespaces *ctx);

/* Finds the current namespaces. *out is an array that the caller frees. Returns 0 or -errno. */
int skw_verbs_namespaces_find(const struct skw_verbs_namespaces *ctx, struct skw_keeper *k,
			      struct skw_verbs_netns **out, size_t *len);

/*
 * Starts a new run of an iterator in that namespace. Returns a descriptor that the caller owns, or
 * -errno: -ENOENT if the namespace has gone.
 */
int skw_verbs_namespaces_iter(const struct skw_verbs_namespaces *ctx, struct skw_keeper *k,
			      uint32_t netns, enum skw_conn_iter which);

#endif
