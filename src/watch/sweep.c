// SPDX-License-Identifier: BSD-2-Clause
#include "watch/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "row/record.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/* Namespaces come and go seldom, and to look for them costs a walk through /proc. */
#define NETNS_EVERY_NS (5 * SKW_NS_PER_S)
/* Holders change seldom: every third sweep, if sweeps are close together. */
#define HOLDERS_SWEEPS   3
#define HOLDERS_EVERY_NS (3 * SKW_NS_PER_S)
/* How often, and from which fill on, events are taken while a sweep goes on. */
#define DRAIN_ROWS  256
#define DRAIN_BYTES (256U << 10)

enum trouble { TROUBLE_NAMESPACES, TROUBLE_HOLDERS, TROUBLE_CGROUPS, TROUBLE_SOCKETS };

static const char *const troubles[] = {
	[TROUBLE_NAMESPACES] = "new network namespaces can't be found",
	[TROUBLE_HOLDERS] = "who holds which socket can't be read",
	[TROUBLE_SOCKETS] = "sockets of a network namespace can't be read",
	[TROUBLE_CGROUPS] = "names of cgroups can't be read",
};

/* Where there is a screen, that tells it. */
static void say_once(struct skw_watch *w, enum trouble what, int ret)
{
	if (!w->hooks->input && !(w->said & 1U << what))
		skw_say("%s: %s", troubles[what], strerror(-ret));
	w->said |= 1U << what;
}

/*
 * What a watch can do without is said once and tried again with the next sweep. Out of memory and a
 * dead keeper end it.
 */
static int do_without(struct skw_watch *w, int ret, enum trouble what, struct skw_error *err)
{
	if (ret == -ENOMEM || ret == -EPIPE || (ret && !w->netns))
		return skw_error_set(err, ret, "%s: %s", troubles[what],
				     ret == -EPIPE ? "skwatch's privileged process has died"
						   : strerror(-ret));
	if (ret)
		say_once(w, what, ret);
	return 0;
}

bool skw_watch_lists(struct skw_watch *w, uint64_t netns)
{
	/* Mostly it is the one that was asked for last. */
	if (w->netns_at < w->netns_len && w->netns[w->netns_at].inode == netns)
		return true;
	for (size_t i = 0; i < w->netns_len; i++) {
		if (w->netns[i].inode == netns) {
			w->netns_at = i;
			return true;
		}
	}
	return false;
}

static int find_namespaces(struct skw_watch *w, uint64_t now_ns)
{
	struct skw_watch_netns *all = NULL;
	size_t len = 0;

	if (w->netns && w->verbs.scan && !w->strange_netns && now_ns - w->netns_ns < NETNS_EVERY_NS)
		return 0;
	if (w->netns && !w->verbs.scan)
		return 0;
	int ret = skw_watch_verbs_namespaces(w->keeper, &all, &len);
	if (ret)
		return ret;
	free(w->netns);
	w->netns = all;
	w->netns_len = len;
	w->netns_ns = now_ns;
	w->strange_netns = false;
	for (size_t i = w->readable.len; i-- > 0;)
		if (!skw_watch_lists(w, w->readable.all[i]))
			skw_id_set_remove(&w->readable, w->readable.all[i]);
	for (size_t i = 0; i < len; i++) {
		ret = skw_table_name_netns(w->table, all[i].inode, all[i].name);
		if (ret)
			return ret;
	}
	return 0;
}

/* A record of a socket outside the subtree is left out; one that does not tell follows its row. */
static bool is_wanted(struct skw_watch *w, const struct skw_row *row)
{
	if (!w->names.top[0])
		return true;
	if (row->cgroup_id == SKW_NONE64)
		return skw_table_find(w->table, row->cookie) != NULL;
	return skw_watch_names_inside(&w->names, row->cgroup_id);
}

/* One that is going on. */
struct sweep {
	struct skw_watch *w;
	struct skw_error *err;
	uint32_t rows;
	bool failed; /* by an event or what was made of it: the watch ends */
};

/* A sweep of many sockets takes longer than the rings can hold what happens meanwhile. */
static int drain_if_full(struct sweep *s)
{
	if (++s->rows % DRAIN_ROWS || skw_rings_fill(skw_conn_rings(s->w->conn)) < DRAIN_BYTES)
		return 0;
	int ret = skw_watch_drain(s->w, skw_clock_monotonic_ns(), s->err);

	s->failed = ret < 0;
	return ret;
}

static int take_row(void *ctx, const void *record, size_t len)
{
	struct sweep *s = ctx;
	struct skw_watch *w = s->w;
	struct skw_row_sample sample;
	int ret = drain_if_full(s);

	if (ret)
		return ret;
	if (skw_record_row(record, len, &sample)) {
		skw_table_count_bad_record(w->table);
		return 0;
	}
	return is_wanted(w, &sample.row) ? skw_table_sweep_row(w->table, &sample) : 0;
}

static int take_holder(void *ctx, const void *record, size_t len)
{
	struct skw_table *table = ((struct skw_watch *)ctx)->table;
	struct skw_owner owner;
	uint32_t inode;

	if (skw_record_holder(record, len, &inode, &owner)) {
		skw_table_count_bad_record(table);
		return 0;
	}
	return skw_table_holder(table, inode, &owner);
}

/* A run of an iterator in that namespace: ours without help, any other by the keeper. */
static int open_iter(struct skw_watch *w, uint32_t netns, enum skw_conn_iter which)
{
	if (netns == w->home)
		return skw_conn_iter_open(skw_conn_iter_link(w->conn, which));
	return skw_watch_verbs_iter(w->keeper, netns, which);
}

static int sweep_one(struct sweep *s, uint32_t netns, enum skw_conn_iter which)
{
	SKW_AUTO_FD int fd = open_iter(s->w, netns, which);

	if (fd < 0)
		return fd;
	return skw_conn_iter_read(fd, sizeof(struct skw_conn_rec), take_row, s);
}

/*
 * Counts how it went with a namespace. One that can't be read although it could makes the sweep
 * incomplete, once: its rows stay for now, but if it goes on they are gone.
 */
static int note_swept(struct skw_watch *w, uint32_t netns, int ret, bool *complete)
{
	if (!ret) {
		w->status.netns++;
		return skw_id_set_add(&w->readable, netns);
	}
	/* One that has gone meanwhile has no rows any more. */
	if (ret != -ENOENT) {
		w->status.netns_failed++;
		say_once(w, TROUBLE_SOCKETS, ret);
		if (skw_id_set_has(&w->readable, netns))
			*complete = false;
	}
	skw_id_set_remove(&w->readable, netns);
	return 0;
}

static int sweep_all(struct skw_watch *w, bool *complete, struct skw_error *err)
{
	const bool udp = w->plan->udp && skw_conn_iter_link(w->conn, SKW_ITER_UDP) >= 0;

	struct sweep s = { .w = w, .err = err };

	w->status.netns = w->status.netns_failed = 0;
	*complete = true;
	for (size_t i = 0; i < w->netns_len; i++) {
		int ret = sweep_one(&s, w->netns[i].inode, SKW_ITER_TCP);

		if (!ret && udp)
			ret = sweep_one(&s, w->netns[i].inode, SKW_ITER_UDP);
		if (s.failed)
			return ret;
		if (ret != -ENOMEM && ret != -EPIPE)
			ret = note_swept(w, w->netns[i].inode, ret, complete);
		if (ret)
			return skw_error_set(err, ret, "%s",
					     ret == -EPIPE ? "skwatch's privileged process has died"
							   : "out of memory");
	}
	return 0;
}

static bool holders_are_due(const struct skw_watch *w, uint64_t now_ns)
{
	uint64_t every_ns = w->interval_ns * HOLDERS_SWEEPS;

	if (skw_conn_iter_link(w->conn, SKW_ITER_HOLDERS) < 0)
		return false;
	if (!w->holders_ns)
		return true;
	if (every_ns > HOLDERS_EVERY_NS)
		every_ns = HOLDERS_EVERY_NS;
	/* The timer is never exactly on time: half a sweep early is due as well. */
	return now_ns - w->holders_ns + w->interval_ns / 2 >= every_ns;
}

/* Which processes hold which sockets: of all namespaces at once. */
static int sweep_holders(struct skw_watch *w, uint64_t now_ns)
{
	SKW_AUTO_FD int fd = skw_conn_iter_open(skw_conn_iter_link(w->conn, SKW_ITER_HOLDERS));

	if (fd < 0)
		return fd;
	skw_table_holders_begin(w->table);
	int ret = skw_conn_iter_read(fd, sizeof(struct skw_holder_rec), take_holder, w);
	if (ret)
		return ret;
	w->holders_ns = now_ns;
	return skw_table_holders_end(w->table);
}

int skw_watch_sweep(struct skw_watch *w, struct skw_error *err)
{
	uint64_t begin_ns = skw_clock_monotonic_ns();
	bool complete;
	int ret = do_without(w, find_namespaces(w, begin_ns), TROUBLE_NAMESPACES, err);

	if (ret)
		return ret;
	skw_table_sweep_begin(w->table, begin_ns);
	ret = sweep_all(w, &complete, err);
	if (ret)
		return ret;
	uint64_t end_ns = skw_clock_monotonic_ns();
	skw_table_sweep_end(w->table, end_ns, complete);
	if (holders_are_due(w, end_ns))
		ret = do_without(w, sweep_holders(w, end_ns), TROUBLE_HOLDERS, err);
	if (!ret)
		ret = do_without(w, skw_watch_names_fill(&w->names, w->table), TROUBLE_CGROUPS,
				 err);
	if (ret)
		return ret;
	w->status.now_ns = end_ns;
	w->status.sweep_ns = skw_clock_monotonic_ns() - begin_ns;
	w->status.offset_ns = skw_clock_offset_ns();
	w->status.interval_ns = w->interval_ns;
	return 0;
}
