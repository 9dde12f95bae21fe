// SPDX-License-Identifier: BSD-2-Clause
#include "table/table_rows.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "row/history.h"
#include "row/rates.h"
#include "row/row.h"

static const char *intern_congestion(struct skw_table *t, const char *name)
{
	if (!*name)
		return NULL;
	for (size_t i = 0; i < SKW_CONGESTIONS; i++) {
		char *known = t->congestions[i];

		if (!*known)
			memcpy(known, name, strlen(name) + 1);
		if (!strcmp(known, name))
			return known;
	}
	return NULL;
}

void skw_table_row_set_congestion(struct skw_table *t, struct skw_row *row, const char *name)
{
	if (!row->congestion || strcmp(row->congestion, name) != 0)
		row->congestion = intern_congestion(t, name);
}

static int enter_netns(struct skw_table *t, struct skw_entry *e)
{
	if (e->row.netns == SKW_NONE32)
		return 0;
	int ret = skw_names_ref(&t->netns, e->row.netns, e->slot, &e->row.netns_name);

	e->in_netns = !ret;
	return ret;
}

static void leave_netns(struct skw_table *t, struct skw_entry *e)
{
	if (e->in_netns)
		skw_names_unref(&t->netns, e->row.netns);
	e->in_netns = false;
}

static int set_cgroup(struct skw_table *t, struct skw_entry *e, uint64_t cgroup_id)
{
	const char *name = NULL;

	if (cgroup_id == SKW_NONE64 || cgroup_id == e->row.cgroup_id)
		return 0;
	int ret = skw_names_ref(&t->cgroups, cgroup_id, e->slot, &name);

	if (ret)
		return ret;
	if (e->row.cgroup_id != SKW_NONE64)
		skw_names_unref(&t->cgroups, e->row.cgroup_id);
	e->row.cgroup_id = cgroup_id;
	e->row.cgroup = name;
	return 0;
}

/*
 * A request in a listener's queue has a row without a cookie. The connection that comes of it has
 * another row, which takes its place.
 */
static void drop_request(struct skw_table *t, const struct skw_row *row)
{
	struct skw_row like = *row;

	like.cookie = SKW_NONE64;
	struct skw_entry *request = skw_slots_find(&t->slots, &like);

	if (request && request->kind == SKW_ROW_SYN_RECV)
		skw_table_row_drop(t, request);
}

struct skw_entry *skw_table_row_add(struct skw_table *t, const struct skw_row *row)
{
	if (t->requests && row->tuple.proto == IPPROTO_TCP && row->cookie != SKW_NONE64)
		drop_request(t, row);

	struct skw_entry *e = skw_slots_add(&t->slots, row);

	if (!e)
		return NULL;
	skw_closed_forget(&t->closed, e->slot);
	e->row.remote = NULL; /* it is the caller's */
	e->row.cgroup_id = SKW_NONE64;
	e->closing_segs = SKW_NONE32;
	if (row->cookie == SKW_NONE64)
		t->requests++;
	if (skw_by_tuple_put(&t->by_tuple, &t->slots, e) || enter_netns(t, e) ||
	    set_cgroup(t, e, row->cgroup_id) ||
	    (row->state == SKW_STATE_LISTEN && skw_listeners_add(&t->listeners, e))) {
		skw_table_row_drop(t, e);
		return NULL;
	}
	return e;
}

void skw_table_row_bare(struct skw_row *out, const struct skw_row *row)
{
	skw_row_blank(out);
	skw_row_set_proto(out, row->tuple.proto);
	out->tuple = row->tuple;
	out->cookie = row->cookie;
	out->netns = row->netns;
	out->cgroup_id = row->cgroup_id;
	out->uid = row->uid;
	out->inode = row->inode;
}

void skw_table_row_show(struct skw_table *t, struct skw_entry *e)
{
	if (!e->hidden)
		return;
	e->hidden = false;
	t->hidden--;
}

void skw_table_row_drop(struct skw_table *t, struct skw_entry *e)
{
	if (e->row.state == SKW_STATE_LISTEN)
		skw_listeners_changed(&t->listeners);
	leave_netns(t, e);
	if (e->row.cgroup_id != SKW_NONE64)
		skw_names_unref(&t->cgroups, e->row.cgroup_id);
	if (e->row.cookie == SKW_NONE64)
		t->requests--;
	if (t->doomed == e->slot + 1)
		t->doomed = 0;
	skw_table_row_show(t, e);
	skw_owner_sets_put(&t->owners, e->row.owners);
	/* A pointer that somebody still has to the row must not lead to freed memory. */
	e->row.owners = NULL;
	e->row.netns_name = e->row.cgroup = NULL;
	e->row.remote = NULL;
	skw_extras_drop(&t->extras, &e->row);
	skw_talks_drop(&t->talks, e->slot);
	skw_by_tuple_take(&t->by_tuple, e);
	skw_closed_note_none(&t->closed, e->slot);
	skw_slots_remove(&t->slots, e);
}

void skw_table_row_drop_doomed(struct skw_table *t)
{
	if (!t->doomed)
		return;
	struct skw_entry *e = skw_slots_at(&t->slots, t->doomed - 1);

	t->doomed = 0;
	if (e->row.cookie != t->timeline.cookie && skw_table_row_is_closed(e))
		skw_table_row_drop(t, e);
}

static int set_tuple(struct skw_table *t, struct skw_entry *e, const struct skw_tuple *tuple)
{
	if (!memcmp(&e->row.tuple, tuple, sizeof(*tuple)))
		return 0;
	skw_by_tuple_take(&t->by_tuple, e);
	if (e->row.tuple.proto != tuple->proto)
		skw_extras_drop_history(&t->extras, &e->row);
	skw_row_set_proto(&e->row, tuple->proto);
	e->row.tuple = *tuple;
	/* A socket of UDP may have another peer now. */
	if (e->row.remote && e->row.remote->name) {
		struct skw_remote other = *e->row.remote;

		other.name = other.name_source = NULL;
		e->row.remote = skw_remotes_put(&t->remotes, e->slot, &other);
	}
	return skw_by_tuple_put(&t->by_tuple, &t->slots, e);
}

int skw_table_row_identify(struct skw_table *t, struct skw_entry *e, const struct skw_row *now,
			   const char *scope)
{
	struct skw_row *row = &e->row;
	int ret = 0;

	/* The tuple is the key of a row without a cookie, so it must not change. */
	if (row->cookie != SKW_NONE64) {
		ret = set_tuple(t, e, &now->tuple);
		if (!ret && row->netns != now->netns && now->netns != SKW_NONE32) {
			leave_netns(t, e);
			row->netns = now->netns;
			row->netns_name = NULL;
			ret = enter_netns(t, e);
		}
	}
	if (now->uid != SKW_NONE32)
		row->uid = now->uid;
	/* Also 0: the number of a socket that no process holds will soon belong to another. */
	if (now->inode != SKW_NONE32)
		row->inode = now->inode;
	if (now->direction != SKW_CONN_UNKNOWN)
		row->direction = now->direction;
	if (!ret && now->remote)
		ret = skw_table_row_set_remote(t, e, now->remote);
	if (!ret)
		ret = set_cgroup(t, e, now->cgroup_id);
	return ret ? ret : skw_table_row_set_scope(t, e, scope);
}

int skw_table_row_set_state(struct skw_table *t, struct skw_entry *e, uint8_t state, uint64_t ts_ns)
{
	struct skw_row *row = &e->row;
	uint8_t before = row->state;

	skw_closed_forget(&t->closed, e->slot);
	if (before == state)
		return 0;
	row->state = state;
	row->state_ns = ts_ns;
	if (before == SKW_STATE_LISTEN)
		skw_listeners_changed(&t->listeners);
	return state == SKW_STATE_LISTEN ? skw_listeners_add(&t->listeners, e) : 0;
}

void skw_table_row_step_history(struct skw_table *t, struct skw_row *row, const struct skw_row *now,
				uint32_t samples_before)
{
	bool sampled = now->rtt_samples != SKW_NONE32 && now->rtt_samples &&
		       now->rtt_samples != samples_before;

	skw_history_add(row, &t->extras, t->seconds, sampled ? now->last_rtt_us : now->srtt_us);
}

/* The figures of the kernel lie together in a row, so they are copied as one block. */
static void copy_figures(struct skw_row *row, const struct skw_row *now)
{
	size_t from = offsetof(struct skw_row, bytes_acked);
	size_t to = offsetof(struct skw_row, drops) + sizeof(row->drops);

	memcpy((char *)row + from, (const char *)now + from, to - from);
	row->ts_ns = now->ts_ns;
	row->flags = now->flags;
	row->timer = now->timer;
}

/* The same with the counts of RTT samples, which only change if there is another sample. */
static int copy_samples(struct skw_table *t, struct skw_row *row,
			const struct skw_row_sample *sample)
{
	uint32_t before = row->rtt_samples;

	copy_figures(row, &sample->row);
	if (row->rtt_samples == before)
		return 0;
	return skw_extras_set_hist(&t->extras, row, sample->rtt_hist);
}

bool skw_table_row_is_born(const struct skw_table *t, const struct skw_row *row)
{
	return row->opened_ns != SKW_NONE64 && t->prev_begin_ns != SKW_NONE64 &&
	       row->opened_ns >= t->prev_begin_ns;
}

static int merge_figures(struct skw_table *t, struct skw_entry *e,
			 const struct skw_row_sample *sample, bool final)
{
	const struct skw_row *now = &sample->row;
	struct skw_row *row = &e->row;

	/* connect() is earlier than the establishment, which the kernel may have kept. */
	if (now->opened_ns < row->opened_ns)
		row->opened_ns = now->opened_ns;

	bool born = skw_table_row_is_born(t, row);

	skw_totals_add(&t->tick, row, now, sample->rtt_hist, born);
	if (now->retrans_segs != SKW_NONE32 &&
	    (row->retrans_segs == SKW_NONE32 ? born && now->retrans_segs
					     : now->retrans_segs > row->retrans_segs))
		e->retrans_ms = skw_table_row_trouble(now->ts_ns);
	if (!final) {
		skw_rates_of_bytes(row, now, born, t->prev_begin_ns);
		skw_table_row_step_history(t, row, now, row->rtt_samples);
	}
	return copy_samples(t, row, sample);
}

static int merge_datagrams(struct skw_table *t, struct skw_row *row,
			   const struct skw_row_sample *sample, bool final)
{
	struct skw_row_datagrams datagrams = sample->datagrams;
	const struct skw_row *now = &sample->row;

	if (now->opened_ns < row->opened_ns)
		row->opened_ns = now->opened_ns;

	bool born = skw_table_row_is_born(t, row);

	skw_totals_add_datagrams(&t->tick, row, &datagrams, born);
	if (!final)
		skw_rates_of_datagrams(row, now, born, t->prev_begin_ns, &datagrams);
	copy_figures(row, now);
	return skw_extras_set_datagrams(&t->extras, row, &datagrams);
}

/* Our programs count what a listener sends again, and its drops are those of the kernel. */
static int merge_listener(struct skw_table *t, struct skw_entry *e,
			  const struct skw_row_sample *sample)
{
	const struct skw_row *now = &sample->row;
	struct skw_row *row = &e->row;
	uint32_t retrans = row->retrans_events, drops = row->drops;

	int ret = copy_samples(t, row, sample);

	row->retrans_events = retrans;
	if (drops != SKW_NONE32 && now->drops != SKW_NONE32 && now->drops > drops)
		e->retrans_ms = skw_table_row_trouble(now->ts_ns);
	return ret;
}

/* A TIME_WAIT tells that the connection is over, and has none of its figures. */
static int merge_time_wait(struct skw_table *t, struct skw_entry *e, const struct skw_row *now)
{
	struct skw_row *row = &e->row;

	if (!e->kind) {
		e->kind = SKW_ROW_TIME_WAIT;
		row->ts_ns = now->ts_ns;
	}
	skw_rates_stop(row);
	row->timer = SKW_TIMER_TIMEWAIT;
	row->timer_left_us = now->timer_left_us;
	/* Until the peer's FIN comes, the state is FIN_WAIT2. */
	if (row->close_reason == SKW_CLOSE_HALF_CLOSED && now->state == SKW_STATE_TIME_WAIT)
		row->close_reason = SKW_CLOSE_FIN;
	return skw_table_row_set_state(t, e, now->state, now->ts_ns);
}

/* If the kernel told when the state changed, that time is taken. */
static int merge_state(struct skw_table *t, struct skw_entry *e, const struct skw_row *now)
{
	struct skw_row *row = &e->row;
	uint8_t before = row->state;
	bool older = row->state_ns != SKW_NONE64 && now->ts_ns < row->state_ns;

	if (older || before == now->state)
		return 0;
	int ret = skw_table_row_set_state(t, e, now->state,
					  now->state_ns != SKW_NONE64 ? now->state_ns : now->ts_ns);

	/* No event tells the change of a socket without callbacks, so it is logged here. */
	if (ret || now->flags & SKW_ROW_ENROLLED || before == SKW_STATE_CLOSED)
		return ret;
	struct skw_happening what = { .ts_ns = now->ts_ns,
				      .type = SKW_EVENT_STATE,
				      .old_state = before,
				      .new_state = now->state };

	return skw_timeline_add(&t->timeline, row->cookie, &what);
}

int skw_table_row_merge(struct skw_table *t, struct skw_entry *e,
			const struct skw_row_sample *sample, bool final)
{
	const struct skw_row *now = &sample->row;
	struct skw_row *row = &e->row;
	uint8_t kind = sample->kind;

	if (kind == SKW_ROW_TIME_WAIT)
		return merge_time_wait(t, e, now);
	/* The request was read before the connection came of it. */
	if (kind == SKW_ROW_SYN_RECV && e->kind == SKW_ROW_TCP)
		return 0;

	if (skw_table_row_identify(t, e, now, sample->scope))
		return -ENOMEM;
	e->kind = kind & 7;
	if (sample->last_rto_ns != SKW_NONE64 &&
	    now->ts_ns < sample->last_rto_ns + SKW_TROUBLE_MS * 1000000ULL)
		e->rto_ms = skw_table_row_trouble(sample->last_rto_ns);
	skw_table_row_set_congestion(t, row, sample->congestion);
	if (!final && merge_state(t, e, now))
		return -ENOMEM;
	if (kind == SKW_ROW_TCP && row->state != SKW_STATE_LISTEN)
		return merge_figures(t, e, sample, final);
	if (row->state == SKW_STATE_LISTEN)
		return merge_listener(t, e, sample);
	if (kind == SKW_ROW_UDP)
		return merge_datagrams(t, row, sample, final);
	copy_figures(row, now);
	return 0;
}

int skw_table_row_merge_steady(struct skw_table *t, struct skw_entry *e,
			       const struct skw_row_steady *now)
{
	struct skw_row *row = &e->row;

	row->inode = now->inode;
	row->uid = now->uid;
	skw_table_row_set_congestion(t, row, now->congestion);
	if (now->segs_out > row->segs_out)
		t->tick.segs_out += now->segs_out - row->segs_out;
	skw_rates_of_rest(row, now->ts_ns);
	skw_history_add(row, &t->extras, t->seconds, row->srtt_us);
	row->ts_ns = now->ts_ns;
	row->pacing_rate_bps = now->pacing_rate_bps;
	row->timer_left_us = now->timer_left_us;
	row->timer = now->timer;
	row->rto_us = now->rto_us;
	row->cwnd = now->cwnd;
	row->ssthresh = now->ssthresh;
	row->segs_out = now->segs_out;
	row->segs_in = now->segs_in;
	row->notsent = now->notsent;
	row->recv_q = now->recv_q;
	row->send_q = now->send_q;
	return set_cgroup(t, e, now->cgroup_id);
}

void skw_table_row_close(struct skw_table *t, struct skw_entry *e, enum skw_close_reason reason,
			 uint64_t ts_ns)
{
	struct skw_row *row = &e->row;

	if (row->closed_ns == SKW_NONE64) {
		row->closed_ns = ts_ns;
		row->close_reason = (uint8_t)reason;
	}
	skw_rates_stop(row);
	row->timer = SKW_NONE8;
	row->timer_left_us = SKW_NONE64;
	/* Only a change to LISTEN can fail. */
	(void)skw_table_row_set_state(t, e, SKW_STATE_CLOSED, ts_ns);
	row->state_ns = ts_ns;
}

void skw_table_row_reopen(struct skw_table *t, struct skw_entry *e)
{
	struct skw_row fresh;
	const struct skw_row *row = &e->row;
	char scope[SKW_SCOPE_LEN + 1] = "";

	skw_table_row_bare(&fresh, row);
	fresh.netns_name = row->netns_name;
	fresh.cgroup = row->cgroup;
	fresh.owners = row->owners;
	fresh.owner_source = row->owner_source;
	if (skw_row_scope(row))
		memcpy(scope, row->remote->scope, sizeof(scope));
	skw_extras_drop(&t->extras, &e->row);
	e->row = fresh;
	/* The slot has its place for a remote, so this can't fail. */
	(void)skw_table_row_set_scope(t, e, scope);
	skw_closed_forget(&t->closed, e->slot);
	e->kind = 0;
	e->rto_ms = e->retrans_ms = 0;
	e->closing_segs = SKW_NONE32;
	e->tick_state = 0;
}

bool skw_table_row_expire(struct skw_table *t, struct skw_entry *e, uint64_t now_ns)
{
	const struct skw_row *row = &e->row;

	if (!skw_table_row_is_closed(e) || (e->hidden && row->closed_ns == SKW_NONE64))
		return false;
	if (row->cookie == t->timeline.cookie)
		return true;
	/* The end of its TIME_WAIT, or its close if it had none. */
	uint64_t since = row->state_ns;

	if (now_ns < since || now_ns - since < t->keep_ns)
		return true;
	skw_table_row_drop(t, e);
	return false;
}

void skw_table_row_expired(struct skw_table *t, uint32_t closed)
{
	if (closed > SKW_CLOSED_MANY)
		t->keep_ns /= 2;
	else if (closed < SKW_CLOSED_MANY / 2)
		t->keep_ns += t->keep_ns / 4 + 1;
	if (t->keep_ns > t->opt.closed_ns)
		t->keep_ns = t->opt.closed_ns;
}
