// SPDX-License-Identifier: BSD-2-Clause
#include "watch/state.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#include "keeper/privileges.h"
#include "keeper/unprivileged.h"
#include "kern/cgroup.h"
#include "loop/signals.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/* One namespace that never changes. */
static int only(struct skw_watch *w, const struct skw_netns *netns)
{
	w->netns = calloc(1, sizeof(*w->netns));
	if (!w->netns)
		return -ENOMEM;
	w->netns_len = 1;
	w->netns[0].inode = netns->inode;
	memcpy(w->netns[0].name, netns->name, sizeof(w->netns[0].name));
	return netns->name[0] ? skw_table_name_netns(w->table, netns->inode, netns->name) : 0;
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

/* Which namespaces are swept. All of them are the default, so too few rights are no error. */
static int choose_namespaces(struct skw_watch *w, struct skw_error *err)
{
	struct skw_error missing = { 0 };
	struct skw_netns home;
	int ret = skw_netns_self(&home);

	if (ret)
		return skw_error_set(err, ret, "network namespaces: %s", strerror(-ret));
	w->home = home.inode;
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

	if (ret || !w->plan->cgroup)
		return ret;
	if (!w->plan->cgroup[0])
		return skw_error_usage(err, "--cgroup: the name is empty; / is the root");
	ret = skw_cgroup_find(w->names.mount, w->plan->cgroup, w->names.top, err);
	/* The top of all is no restriction. */
	if (!ret && strcmp(w->names.top, w->names.mount) == 0)
		w->names.top[0] = '\0';
	return ret;
}

static int open_conn(struct skw_watch *w, struct skw_error *err)
{
	const struct skw_conn_options opt = {
		.cgroup = w->names.top[0] ? w->names.top : w->names.mount,
		.netns = w->verbs.scan ? 0 : w->netns[0].inode,
		.events = w->plan->events | w->plan->table_events,
		/* The table alone follows what lives long enough to be met by a sweep. */
		.known_states = !(w->plan->events & SKW_EVENT_BIT(SKW_EVENT_STATE)),
		.enrol = true,
		.udp = w->plan->udp,
		.holders = true,
		.ring_bytes = w->plan->ring_bytes,
	};

	return skw_conn_open(&opt, &w->conn, err);
}

static int count(void *conn)
{
	struct skw_conn_counters sum;

	return skw_conn_count(conn, &sum);
}

/* From here on there are two processes, and this one can do nothing any more but read. */
static int split(struct skw_watch *w, struct skw_error *err)
{
	bool keep_bpf = skw_unprivileged_keeps_bpf(count, w->conn);

	for (size_t i = 0; i < SKW_ITERS; i++)
		w->verbs.links[i] = skw_conn_iter_link(w->conn, (enum skw_conn_iter)i);
	w->verbs.farewell = w->plan->farewell;
	w->verbs.termios = w->plan->termios;
	int ret = skw_watch_verbs_split(&w->verbs, &w->keeper, err);

	if (ret)
		return ret;
	skw_netns_list_free(&w->verbs.list); /* the keeper has its own */
	return skw_privileges_drop(NULL, keep_bpf, err);
}

/* Blocked for good: what ends the watch, or concerns the screen, comes through the signalfd. */
static int block_signals(struct skw_watch *w, struct skw_error *err)
{
	sigset_t set;

	skw_signals_stop_set(&set);
	if (w->hooks->input) {
		sigaddset(&set, SIGWINCH);
		sigaddset(&set, SIGCONT);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	w->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	w->out.interrupt_fds[0] = w->signal_fd;
	w->out.interrupt_fds[1] = skw_keeper_fd(w->keeper);
	return w->signal_fd < 0 ? skw_error_set(err, -errno, "signals: %s", strerror(errno)) : 0;
}

int skw_watch_set_up(struct skw_watch *w, struct skw_error *err)
{
	const struct skw_table_options options = { .closed_ns = w->plan->closed_ns,
						   .owners = true };
	int ret = skw_privileges_missing(SKW_USE_WATCH, err);

	if (ret)
		return ret;
	w->interval_ns = w->plan->interval_ns;
	if (skw_table_new(&options, &w->table) < 0)
		return skw_error_set(err, -ENOMEM, "out of memory");
	ret = choose_namespaces(w, err);
	if (!ret)
		ret = find_cgroups(w, err);
	if (!ret)
		ret = open_conn(w, err);
	if (!ret)
		ret = split(w, err);
	if (!ret)
		ret = block_signals(w, err);
	return ret;
}

void skw_watch_tear_down(struct skw_watch *w)
{
	skw_conn_close(w->conn);
	skw_table_free(w->table);
	skw_netns_list_free(&w->verbs.list);
	skw_watch_names_free(&w->names);
	skw_id_set_free(&w->readable);
	free(w->netns);
}
