// SPDX-License-Identifier: BSD-2-Clause
#include "watch/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "keeper/keeper.h"
#include "row/record.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/say.h"

/* Namespaces come and go seldom, and to look for them costs a walk through /proc. */
#define NETNS_EVERY_NS (5 * SKW_NS_PER_S)
/* Holders change seldom: every third sweep, if sweeps are close together. */
#define HOLDERS_SWEEPS   3
#define HOLDERS_EVERY_NS (3 * SKW_NS_PER_S)

enum trouble { TROUBLE_NAMESPACES, TROUBLE_HOLDERS, TROUBLE_CGROUPS, TROUBLE_SOCKETS };

static const char *const troubles[] = {
	[TROUBLE_NAMESPACES] = "new network namespaces can't be found",
	[TROUBLE_HOLDERS] = "who holds which socket can't be read",
	[TROUBLE_SOCKETS] = "sockets of a network namespace can't be read",
	[TROUBLE_CGROUPS] = "names of cgroups can't be read",
};

/* The sink finds it in the status, and a screen tells it by itself. */
static void note_trouble(struct skw_watch *w, enum trouble what, int ret)
{
	w->sweep.trouble = troubles[what];
	w->sweep.trouble_error = ret;
	if (!w->plan->quiet && !(w->said & 1U << what))
		skw_say("%s: %s", troubles[what], skw_error_why(ret));
	w->said |= 1U << what;
}

/*
 * The failure of a step that a watch can do without is reported once, and the step is tried again
 * with the next sweep. Lack of memory and a dead keeper end the watch.
 */
static int do_without(struct skw_watch *w, int ret, enum trouble what, struct skw_error *err)
{
	if (ret == -ENOMEM || ret == -EPIPE || (ret && !w->netns))
		return skw_error_set(err, ret, "%s: %s", troubles[what],
				     ret == -EPIPE ? skw_keeper_fate(skw_loop_keeper(w->loop))
						   : strerror(-ret));
	if (ret)
		note_trouble(w, what, ret);
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
	struct skw_verbs_netns *all = NULL;
	size_t len = 0;

	if (w->netns && w->verbs.scan && !w->strange_netns && now_ns - w->netns_ns < NETNS_EVERY_NS)
		return 0;
	if (w->netns && !w->verbs.scan)
		return 0;
	int ret = skw_verbs_watch_find(&w->verbs, skw_loop_keeper(w->loop), &all, &len);
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
		ret = w->taker.ops->name_netns(w->taker.ctx, all[i].inode, all[i].name);
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
		return w->taker.ops->has(w->taker.ctx, row->cookie);
	return skw_watch_names_inside(&w->names, row->cgroup_id);
}

/* All else that a connection at rest has told before is still true. */
static int take_steady(struct skw_watch *w, const void *record, size_t len)
{
	struct skw_row_steady now;

	if (skw_record_steady(record, len, &now)) {
		w->taker.ops->bad_record(w->taker.ctx);
		return 0;
	}
	int ret = w->taker.ops->sweep_steady(w->taker.ctx, &now);

	if (!ret)
		w->sweep.steady_failed = true;
	return ret < 0 ? ret : 0;
}

static int take_row(void *ctx, const void *record, size_t len)
{
	struct skw_watch *w = ctx;
	struct skw_row_sample sample;
	struct skw_remote remote;

	if (len == sizeof(struct skw_steady_rec))
		return take_steady(w, record, len);
	if (skw_record_row(record, len, &sample)) {
		w->taker.ops->bad_record(w->taker.ctx);
		return 0;
	}
	skw_watch_ask_peer(w, &sample.row, &remote);
	if (!is_wanted(w, &sample.row))
		return 0;
	int ret = skw_watch_names_before(&w->names, &w->taker, sample.row.cgroup_id);

	return ret ? ret : w->taker.ops->sweep_row(w->taker.ctx, &sample);
}

static int take_holder(void *ctx, const void *record, size_t len)
{
	const struct skw_row_taker *taker = &((struct skw_watch *)ctx)->taker;
	struct skw_owner owner;
	uint32_t inode;

	if (skw_record_holder(record, len, &inode, &owner)) {
		taker->ops->bad_record(taker->ctx);
		return 0;
	}
	return taker->ops->holder(taker->ctx, inode, &owner);
}

static int open_iter(struct skw_watch *w, uint32_t netns, enum skw_conn_iter which)
{
	return skw_verbs_watch_iter(&w->verbs, skw_loop_keeper(w->loop), netns, which,
				    w->sweep.steady_ns);
}

static bool has_iter(const struct skw_watch *w, enum skw_conn_iter which)
{
	return w->iters & 1U << which;
}

static int begin(struct skw_watch *w, struct skw_error *err)
{
	struct skw_sweep *s = &w->sweep;

	w->due = false;
	s->trouble = NULL;
	/*
	 * With these, it takes the whole row to tell what becomes of it. Where the table asks for
	 * rows again and again, every second sweep is without such records.
	 */
	s->steady_ns = w->names.top[0] || w->peers.len || s->steady_failed ? 0 : s->begin_ns;
	s->steady_failed = false;
	s->begin_ns = skw_clock_monotonic_ns();
	int ret = do_without(w, find_namespaces(w, s->begin_ns), TROUBLE_NAMESPACES, err);
	if (ret)
		return ret;
	s->phase = SKW_SWEEP_SOCKETS;
	s->at = 0;
	s->which = SKW_ITER_TCP;
	s->swept = s->failed = 0;
	s->complete = true;
	w->taker.ops->sweep_begin(w->taker.ctx, s->begin_ns);
	return 1;
}

/*
 * Counts how the reading of a namespace ended. If it failed, although the last sweep could read
 * that namespace, this sweep is incomplete and the namespace's rows stay. The next sweep does not
 * count on the namespace any more, and its rows go.
 */
static int note_swept(struct skw_watch *w, uint32_t netns, int ret)
{
	struct skw_sweep *s = &w->sweep;

	if (!ret) {
		s->swept++;
		return skw_id_set_add(&w->readable, netns);
	}
	/* A namespace that has gone meanwhile has no rows any more. */
	if (ret != -ENOENT) {
		s->failed++;
		note_trouble(w, TROUBLE_SOCKETS, ret);
		if (skw_id_set_has(&w->readable, netns))
			s->complete = false;
	}
	skw_id_set_remove(&w->readable, netns);
	return 0;
}

static int end_namespace(struct skw_watch *w, int ret, struct skw_error *err)
{
	struct skw_sweep *s = &w->sweep;

	skw_conn_reader_end(&s->reader);
	if (ret != -ENOMEM && ret != -EPIPE)
		ret = note_swept(w, w->netns[s->at].inode, ret);
	if (ret)
		return skw_error_set(err, ret, "%s",
				     ret == -EPIPE ? skw_keeper_fate(skw_loop_keeper(w->loop))
						   : "out of memory");
	s->at++;
	s->which = SKW_ITER_TCP;
	return 1;
}

/* The iterator of this namespace that comes after s->which. False: there is none. */
static bool has_next_iter(struct skw_watch *w)
{
	if (w->sweep.which != SKW_ITER_TCP || !w->plan->udp || !has_iter(w, SKW_ITER_UDP))
		return false;
	w->sweep.which = SKW_ITER_UDP;
	return true;
}

static bool holders_are_due(const struct skw_watch *w, uint64_t now_ns)
{
	uint64_t every_ns = w->interval_ns * HOLDERS_SWEEPS;

	if (!has_iter(w, SKW_ITER_HOLDERS))
		return false;
	if (!w->holders_ns)
		return true;
	if (every_ns > HOLDERS_EVERY_NS)
		every_ns = HOLDERS_EVERY_NS;
	if (w->plan->holders_ns)
		every_ns = w->plan->holders_ns;
	/* The timer is never exactly on time: half a sweep early is due as well. */
	return now_ns - w->holders_ns + w->interval_ns / 2 >= every_ns;
}

static void end_sockets(struct skw_watch *w)
{
	struct skw_sweep *s = &w->sweep;

	s->end_ns = skw_clock_monotonic_ns();
	w->taker.ops->sweep_end(w->taker.ctx, s->end_ns, s->complete);
	s->phase = holders_are_due(w, s->end_ns) ? SKW_SWEEP_HOLDERS : SKW_SWEEP_NAMES;
}

/* If the table needs rows of connections at rest, the same sockets are read again, in full. */
static bool is_read_again(struct skw_sweep *s)
{
	bool again = s->steady_failed && s->steady_ns;

	if (again)
		s->steady_ns = 0;
	return again;
}

static int sweep_sockets(struct skw_watch *w, struct skw_error *err)
{
	struct skw_sweep *s = &w->sweep;

	if (s->at == w->netns_len) {
		end_sockets(w);
		return 1;
	}
	bool is_empty = false;
	int ret = 0;

	if (s->reader.fd < 0) {
		int fd = open_iter(w, w->netns[s->at].inode, s->which);

		is_empty = fd == -ENODATA;
		if (fd >= 0)
			ret = skw_conn_reader_begin(&s->reader, fd, sizeof(struct skw_conn_rec),
						    sizeof(struct skw_steady_rec));
		else if (!is_empty)
			ret = fd;
	}
	if (!ret && !is_empty)
		ret = skw_conn_reader_slice(&s->reader, take_row, w);
	if (ret > 0 || (ret == 0 && (is_read_again(s) || has_next_iter(w))))
		return 1;
	return end_namespace(w, ret, err);
}

/* Which processes hold which sockets: of all namespaces at once. 1: more is left. */
static int read_holders(struct skw_watch *w)
{
	struct skw_sweep *s = &w->sweep;

	if (s->reader.fd < 0) {
		int fd = open_iter(w, 0, SKW_ITER_HOLDERS);

		if (fd < 0)
			return fd;
		int ret = skw_conn_reader_begin(&s->reader, fd, sizeof(struct skw_holder_rec), 0);
		if (ret)
			return ret;
		w->taker.ops->holders_begin(w->taker.ctx);
	}
	int ret = skw_conn_reader_slice(&s->reader, take_holder, w);
	if (ret)
		return ret;
	w->holders_ns = s->end_ns;
	return w->taker.ops->holders_end(w->taker.ctx);
}

static int sweep_holders(struct skw_watch *w, struct skw_error *err)
{
	int ret = read_holders(w);

	if (ret > 0)
		return ret;
	skw_conn_reader_end(&w->sweep.reader);
	w->sweep.phase = SKW_SWEEP_NAMES;
	ret = do_without(w, ret, TROUBLE_HOLDERS, err);
	return ret ? ret : 1;
}

static int finish(struct skw_watch *w, struct skw_error *err)
{
	struct skw_sweep *s = &w->sweep;
	int ret = do_without(w, skw_watch_names_fill(&w->names, &w->taker), TROUBLE_CGROUPS, err);

	if (ret)
		return ret;
	s->phase = SKW_SWEEP_IDLE;
	w->status.netns = s->swept;
	w->status.netns_failed = s->failed;
	if (s->trouble) {
		w->status.incomplete++;
		w->status.trouble = s->trouble;
		w->status.trouble_error = s->trouble_error;
	}
	w->status.now_ns = s->end_ns;
	w->status.sweep_ns = skw_clock_monotonic_ns() - s->begin_ns;
	w->status.interval_ns = w->interval_ns;
	return 0;
}

int skw_sweep_slice(struct skw_watch *w, struct skw_error *err)
{
	static int (*const phases[])(struct skw_watch * w, struct skw_error * err) = {
		[SKW_SWEEP_IDLE] = begin,
		[SKW_SWEEP_SOCKETS] = sweep_sockets,
		[SKW_SWEEP_HOLDERS] = sweep_holders,
		[SKW_SWEEP_NAMES] = finish,
	};

	return phases[w->sweep.phase](w, err);
}
