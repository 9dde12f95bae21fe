// SPDX-License-Identifier: BSD-2-Clause
/* A recording tells rows as they were, with all that another table had derived. */
#include "table/table.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "row/row.h"
#include "table/table_rows.h"
#include "table/table_state.h"

static uint8_t kind_of(const struct skw_row *row)
{
	if (row->tuple.proto == IPPROTO_UDP)
		return SKW_ROW_UDP;
	if (row->cookie == SKW_NONE64 && row->state == SKW_STATE_SYN_RECV)
		return SKW_ROW_SYN_RECV;
	return SKW_ROW_TCP;
}

static struct skw_entry *add(struct skw_table *t, const struct skw_row *row)
{
	struct skw_row bare;

	skw_table_row_bare(&bare, row);
	bare.state = row->state;
	return skw_table_row_add(t, &bare);
}

/* Names are the table's own copies. */
static int set_names(struct skw_table *t, struct skw_entry *e, const struct skw_row *row)
{
	const char *netns = e->row.netns_name, *cgroup = e->row.cgroup;
	int ret = 0;

	if (row->netns_name && row->netns != SKW_NONE32 &&
	    (!netns || strcmp(netns, row->netns_name) != 0))
		ret = skw_table_name_netns(t, row->netns, row->netns_name);
	if (!ret && row->cgroup && row->cgroup_id != SKW_NONE64 &&
	    (!cgroup || strcmp(cgroup, row->cgroup) != 0))
		ret = skw_table_name_cgroup(t, row->cgroup_id, row->cgroup);
	return ret;
}

static int set_owners(struct skw_table *t, struct skw_entry *e, const struct skw_row *row)
{
	const struct skw_owners *owners = row->owners;

	return skw_table_row_own(t, e, owners ? owners->list : NULL, owners ? owners->len : 0,
				 row->owner_source);
}

/* All that is no other pointer and is not derived here. 0 or -ENOMEM. */
static int copy(struct skw_table *t, struct skw_row *to, const struct skw_row *from)
{
	const struct skw_row before = *to;
	bool udp = from->tuple.proto == IPPROTO_UDP;

	*to = *from;
	to->netns_name = before.netns_name;
	to->cgroup = before.cgroup;
	to->cgroup_id = before.cgroup_id;
	to->owners = before.owners;
	to->congestion = before.congestion;
	to->remote = before.remote;
	to->inode = before.inode;
	to->rtt_hist = before.rtt_hist;
	to->history = before.history;
	to->history_code = before.history_code;
	to->history_run = before.history_run;
	to->changed = before.changed;
	to->recent = before.recent;
	if (skw_extras_set_hist(&t->extras, to, from->rtt_hist))
		return -ENOMEM;
	return udp ? skw_extras_set_datagrams(&t->extras, to, from->datagrams) : 0;
}

static void count(struct skw_table *t, struct skw_entry *e, const struct skw_row *now)
{
	const struct skw_row *row = &e->row;

	if (e->kind != SKW_ROW_TCP || now->state == SKW_STATE_LISTEN)
		return;
	skw_totals_add(&t->tick, row, now, skw_row_hist(now), skw_table_row_is_born(t, now));
	if (now->retrans_segs != SKW_NONE32 && row->retrans_segs != SKW_NONE32 &&
	    now->retrans_segs > row->retrans_segs && now->ts_ns != SKW_NONE64)
		e->retrans_ms = skw_table_row_trouble(now->ts_ns);
}

static int take(struct skw_table *t, const struct skw_row *row, struct skw_entry **out)
{
	struct skw_entry *e = skw_slots_find(&t->slots, row);
	int ret;

	if (!e)
		e = add(t, row);
	if (!e)
		return -ENOMEM;
	e->kind = kind_of(row) & 7;
	ret = skw_table_row_identify(t, e, row, "");
	if (!ret)
		ret = set_names(t, e, row);
	if (!ret)
		ret = set_owners(t, e, row);
	if (!ret)
		ret = skw_table_row_set_state(t, e, row->state, row->ts_ns);
	if (ret)
		return ret;
	skw_table_row_set_congestion(t, &e->row, row->congestion ? row->congestion : "");
	count(t, e, row);
	ret = copy(t, &e->row, row);
	if (ret)
		return ret;
	e->seen = t->sweep;
	e->missed = 0;
	*out = e;
	return 0;
}

int skw_table_recorded_row(struct skw_table *t, const struct skw_row *row)
{
	const struct skw_entry *before = skw_slots_find(&t->slots, row);
	uint32_t samples = before ? before->row.rtt_samples : SKW_NONE32;
	struct skw_entry *e;
	int ret = take(t, row, &e);

	if (!ret && skw_table_row_is_live_tcp(e))
		skw_table_row_step_history(t, &e->row, &e->row, samples);
	return ret;
}

void skw_table_recorded_gone(struct skw_table *t, uint64_t cookie)
{
	struct skw_entry *e = skw_slots_find_cookie(&t->slots, cookie);

	if (e)
		skw_table_row_drop(t, e);
}

int skw_table_recorded_event(struct skw_table *t, const struct skw_event *event)
{
	struct skw_entry *e;

	t->tick.events++;
	/* A half-open connection has no row of its own. */
	if (event->row->cookie == SKW_NONE64)
		return 0;
	int ret = take(t, event->row, &e);

	if (ret)
		return ret;
	if (event->type == SKW_EVENT_RTO || event->type == SKW_EVENT_RETRANS)
		skw_table_row_note_trouble(e, event);
	return event->type == SKW_EVENT_RTT ? 0 : skw_table_log(t, event);
}

void skw_table_recorded_rest(struct skw_table *t, uint64_t now_ns)
{
	for (uint32_t slot = 0; slot < t->slots.end; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);
		struct skw_row *row = &e->row;

		/* The recording tells a row without a cookie each time. */
		if (!e->used || e->seen == t->sweep || row->cookie == SKW_NONE64 ||
		    skw_table_row_is_closed(e))
			continue;
		e->seen = t->sweep;
		e->missed = 0;
		if (row->ts_ns == SKW_NONE64 || row->ts_ns >= now_ns)
			continue;
		uint64_t passed_us = (now_ns - row->ts_ns) / 1000;

		if (row->timer_left_us != SKW_NONE64)
			row->timer_left_us -=
				row->timer_left_us < passed_us ? row->timer_left_us : passed_us;
		row->ts_ns = now_ns;
		if (skw_table_row_is_live_tcp(e))
			skw_table_row_step_history(t, row, row, row->rtt_samples);
	}
}
