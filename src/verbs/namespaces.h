/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the keeper does for a watch: it finds network namespaces, and starts iterators in them.
 * Requests carry inode numbers of namespaces that the keeper found itself.
 */
#ifndef SKW_VERBS_NAMESPACES_H
#define SKW_VERBS_NAMESPACES_H

#include <stdint.h>
#include <termios.h>

#include "keeper/keeper.h"
#include "kern/conn.h"
#include "kern/netns.h"

/* What the keeper knows. Must stay valid for good. */
struct skw_watch_verbs {
	int links[SKW_ITERS]; /* -1: this kernel has none */
	bool scan;            /* look for namespaces; otherwise those in `list` are all */
	struct skw_netns_list list;
	const char *farewell; /* see struct skw_watch_plan */
	const struct termios *termios;
};

/* A namespace as the worker knows it. */
struct skw_watch_netns {
	uint32_t inode;
	char name[SKW_NETNS_NAME_LEN]; /* empty: none */
};

/* Splits; see skw_keeper_split(). */
int skw_watch_verbs_split(struct skw_watch_verbs *ctx, struct skw_keeper **out,
			  struct skw_error *err);

/*
 * The namespaces there are now: an array that the caller frees. 0 or -errno. Those that sockets
 * of older lists were in stay reachable until the next call.
 */
int skw_watch_verbs_namespaces(struct skw_keeper *k, struct skw_watch_netns **out, size_t *len);

/* A new run of an iterator in that namespace: a descriptor the caller owns, or -errno. */
int skw_watch_verbs_iter(struct skw_keeper *k, uint32_t netns, enum skw_conn_iter which);

#endif
