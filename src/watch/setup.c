// SPDX-License-Identifier: BSD-2-Clause
#include "watch/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keeper/privileges.h"
#include "kern/host/cgroup.h"
#include "util/cleanup.h"
#include "util/limits.h"
#include "util/say.h"

/* More than a watch opens: programs, maps, up to 16 rings, iterators, timers, and the keeper. */
#define DESCRIPTORS 96

/* Watches only this namespace. */
static int only(struct skw_watch *w, const struct skw_netns *netns)
{
	w->netns = calloc(1, sizeof(*w->netns));
	if (!w->netns)
		return -ENOMEM;
	w->netns_len = 1;
	w->netns[0].inode = netns->inode;
	memcpy(w->netns[0].name, netns->name, sizeof(w->netns[0].name));
	return netns->name[0] ? w->taker.ops->name_netns(w->taker.ctx, netns->inode, netns->name)
			      : 0;
}

static int choose_one(struct skw_watch *w, struct skw_error *err)
{
	struct skw_netns_list *list = &w->verbs.list;
	struct skw_netns one;
	int ret = skw_privileges_missing(SKW_USE_WATCH | SKW_USE_NAMESPACES, err);

	if (ret)
		return ret;
	ret = skw_netns_open(w->plan->netns, &one, err);
	if (ret)
		return ret;
	list->all = malloc(sizeof(*list->all));
	if (!list->all) {
		close(one.fd);
		return -ENOMEM;
	}
	list->all[0] = one;
	list->len = list->size = 1;
	return only(w, &one);
}

/*
 * Chooses the namespaces to sweep. The default is all of them, so without the privileges for that
 * only the own namespace is watched, and that is no error.
 */
static int choose_namespaces(struct skw_watch *w, struct skw_error *err)
{
	struct skw_error missing = { 0 };
	struct skw_netns home;
	int ret = skw_netns_self(&home);

	if (ret)
		return skw_error_set(err, ret, "network namespaces: %s", strerror(-ret));
	w->verbs.home = home.inode;
	if (strcmp(w->plan->netns, "all") == 0) {
		w->verbs.scan =
			skw_privileges_missing(SKW_USE_WATCH | SKW_USE_NAMESPACES, &missing) == 0;
		if (w->verbs.scan)
			return 0;
		skw_say("only this network namespace: %s", missing.text);
	} else if (strcmp(w->plan->netns, "self") != 0) {
		ret = choose_one(w, err);
		return ret ? skw_error_set(err, ret, "--netns %s: %s", w->plan->netns,
					   strerror(-ret))
			   : 0;
	}
	ret = only(w, &home);
	return ret ? skw_error_set(err, ret, "network namespaces: %s", strerror(-ret)) : 0;
}

static int find_cgroups(struct skw_watch *w, struct skw_error *err)
{
	int ret = skw_cgroup_mount(w->names.mount, err);

	if (!ret && w->plan->cgroup && !w->plan->cgroup[0])
		return skw_error_usage(err, "--cgroup: the name is empty; / is the root");
	if (!ret && w->plan->cgroup)
		ret = skw_cgroup_find(w->names.mount, w->plan->cgroup, w->names.top, err);
	if (ret)
		return ret;
	/* The topmost folder contains all cgroups, so it restricts nothing. */
	if (strcmp(w->names.top, w->names.mount) == 0)
		w->names.top[0] = '\0';
	ret = skw_watch_names_open(&w->names);
	return ret ? skw_error_set(err, ret, "cgroup v2: %s", strerror(-ret)) : 0;
}

static int open_conn(struct skw_watch *w, struct skw_error *err)
{
	const struct skw_conn_options opt = {
		.cgroup = w->names.top[0] ? w->names.top : w->names.mount,
		.netns = w->verbs.scan ? 0 : w->netns[0].inode,
		.events = w->plan->events | w->plan->table_events,
		/*
		 * Without the user's wish for state events, only the table needs them, and only
		 * those of connections that a sweep has met.
		 */
		.known_states = !(w->plan->events & SKW_EVENT_BIT(SKW_EVENT_STATE)),
		.enrol = true,
		.udp = w->plan->udp,
		.holders = !w->plan->no_holders,
		.counts = w->plan->counts != SKW_COUNTS_NEVER,
		.ring_bytes = w->plan->ring_bytes,
	};

	return skw_conn_open(&opt, &w->conn, err);
}

/* Without the counts, all else works. So this is said, and no error. */
static void begin_counts(struct skw_watch *w)
{
	struct skw_error why = { 0 };

	if (w->plan->counts != SKW_COUNTS_NOW)
		return;
	w->status.counts = skw_conn_count_udp(w->conn, true, &why) == 0;
	if (!w->status.counts)
		skw_say("datagrams are not counted: %s", why.text);
}

int skw_watch_prepare(void *watch, struct skw_error *err)
{
	struct skw_watch *w = watch;
	int ret = skw_privileges_missing(SKW_USE_WATCH, err);

	if (!ret)
		ret = skw_limits_descriptors(DESCRIPTORS, err);
	if (!ret)
		ret = choose_namespaces(w, err);
	if (!ret)
		ret = find_cgroups(w, err);
	if (!ret)
		ret = open_conn(w, err);
	if (ret)
		return ret;
	begin_counts(w);
	skw_peers_open(&w->peers);
	if (w->plan->packets) {
		ret = skw_addresses_open(&w->addresses);
		if (ret)
			return skw_error_set(err, ret, "addresses: %s", strerror(-ret));
	}
	for (unsigned i = 0; i < SKW_ITERS; i++)
		if (skw_conn_iter_link(w->conn, (enum skw_conn_iter)i) >= 0)
			w->iters |= 1U << i;
	w->verbs.conn = w->conn;
	ret = skw_verbs_watch_prepare(&w->verbs);
	return ret ? skw_error_set(err, ret, "out of memory") : 0;
}
