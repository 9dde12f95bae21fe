// SPDX-License-Identifier: BSD-2-Clause
/* Events change rows, and are remembered in the timeline. */
#include "table/table.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "table/table_rows.h"
#include "table/table_state.h"

/* A creator makes no row if this many rows are hidden. */
#define HIDDEN_MAX 65536

/*
 * Closed rows are looked for after this many events, but not before there were a quarter as many
 * events as there are rows: then the cost per event does not grow with the rows.
 */
#define EXPIRY_EVENTS 4096

void skw_table_expire(struct skw_table *t, uint64_t now_ns)
{
	uint32_t closed = 0;

	t->since_expiry = 0;
	skw_closed_fit(&t->closed, t->slots.end);
	for (uint32_t slot = 0; slot < t->slots.end; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);

		if (skw_closed_is_none(&t->closed, slot))
			continue;
		if (skw_closed_is_recent(&t->closed, slot, now_ns, t->keep_ns)) {
			closed++;
		} else if (!e->used) {
			skw_closed_note_none(&t->closed, slot);
		} else if (skw_table_row_expire(t, e, now_ns)) {
			closed++;
			skw_closed_note(&t->closed, slot, e->row.state_ns);
		}
	}
	skw_table_row_expired(t, closed);
	t->generation++;
}

static void expire(struct skw_table *t, uint64_t now_ns)
{
	skw_table_row_drop_doomed(t);
	/* A sweep does this too, but a watch that is paused does not sweep. */
	if (++t->since_expiry >= EXPIRY_EVENTS && t->since_expiry >= t->slots.len / 4)
		skw_table_expire(t, now_ns);
}

/* The row of a socket whose state is not known yet: nobody sees it. */
static struct skw_entry *add_hidden(struct skw_table *t, const struct skw_row *row)
{
	struct skw_entry *e = skw_table_row_add(t, row);

	if (!e)
		return NULL;
	e->hidden = true;
	t->hidden++;
	return e;
}

/* The row that a process is told for, which may be new. *e is NULL if there are too many. */
static int find_or_hide(struct skw_table *t, const struct skw_row *row, struct skw_entry **e)
{
	*e = skw_slots_find_cookie(&t->slots, row->cookie);
	if (*e || t->hidden >= HIDDEN_MAX)
		return 0;
	*e = add_hidden(t, row);
	return *e ? 0 : -ENOMEM;
}

/* The process in connect(): it comes before the connection has a source port. */
static int take_creator(struct skw_table *t, const struct skw_event_told *told)
{
	struct skw_entry *e;
	int ret = find_or_hide(t, &told->socket.row, &e);

	if (ret || !e)
		return ret;
	/* The process is in connect(), so this is when the connection is opened. */
	if (e->hidden && e->row.opened_ns == SKW_NONE64)
		e->row.opened_ns = told->event.ts_ns;
	/* As long as the socket is open, its holders are the better owners. */
	if (e->row.owner_source == SKW_OWNER_HOLDER && e->row.closed_ns == SKW_NONE64)
		return 0;
	return skw_table_row_own(t, e, &told->process, 1, SKW_OWNER_CREATOR);
}

static bool is_among(const struct skw_owners *owners, uint32_t pid)
{
	for (uint32_t i = 0; owners && i < owners->len; i++)
		if (owners->list[i].pid == pid)
			return true;
	return false;
}

/*
 * The process in close() or shutdown(), which certainly holds the socket. If it is among the
 * holders that were found, they are the better answer; if it is not, they are out of date.
 */
static int take_closer(struct skw_table *t, const struct skw_event_told *told)
{
	struct skw_entry *e;
	int ret = find_or_hide(t, &told->socket.row, &e);

	if (ret || !e)
		return ret;
	/* The socket serves another connection already. */
	if (e->row.closed_ns == SKW_NONE64 && e->kind && e->row.ts_ns != SKW_NONE64 &&
	    e->row.ts_ns > told->event.ts_ns + SKW_CLOSING_NS)
		return 0;
	e->closing_segs = told->socket.data_segs_in;
	if (e->row.owner_source == SKW_OWNER_HOLDER && is_among(e->row.owners, told->process.pid))
		return 0;
	return skw_table_row_own(t, e, &told->process, 1, SKW_OWNER_CLOSER);
}

/* Whether a sweep has read the socket after this time, and so has told of it already. */
static bool is_swept(const struct skw_entry *e, uint64_t ts_ns)
{
	return e->kind && e->row.ts_ns != SKW_NONE64 && ts_ns < e->row.ts_ns;
}

/*
 * Sets the state that an event tells, unless a sweep or another event told a newer one. From now on
 * everybody sees the row.
 */
static int move(struct skw_table *t, struct skw_entry *e, uint8_t state, uint64_t ts_ns)
{
	const struct skw_row *row = &e->row;

	if (row->closed_ns != SKW_NONE64 || (row->state_ns != SKW_NONE64 && ts_ns < row->state_ns))
		return 0;
	if (is_swept(e, ts_ns))
		return 0;
	skw_table_row_show(t, e);
	return skw_table_row_set_state(t, e, state, ts_ns);
}

static int connected(struct skw_table *t, struct skw_entry *e, const struct skw_event *event)
{
	e->row.direction = SKW_CONN_OUT;
	if (e->row.opened_ns == SKW_NONE64)
		e->row.opened_ns = event->ts_ns;
	return move(t, e, SKW_STATE_SYN_SENT, event->ts_ns);
}

static int established(struct skw_table *t, struct skw_entry *e, const struct skw_event *event)
{
	if (e->row.opened_ns == SKW_NONE64)
		e->row.opened_ns = event->ts_ns;
	int ret = move(t, e, SKW_STATE_ESTABLISHED, event->ts_ns);

	skw_table_row_accept(t, e);
	return ret;
}

static int changed_state(struct skw_table *t, struct skw_entry *e, const struct skw_event *event)
{
	/* The close, which comes as an event of its own, does this. */
	if (event->new_state == SKW_STATE_CLOSED)
		return 0;
	return move(t, e, event->new_state, event->ts_ns);
}

static int sampled(struct skw_table *t, struct skw_entry *e, const struct skw_event *event)
{
	(void)t;
	/* While a connection is at rest, no sweep would put an older sample right again. */
	if (event->rtt_us != SKW_NONE32 && !is_swept(e, event->ts_ns))
		e->row.last_rtt_us = event->rtt_us;
	return 0;
}

/* A timeout or a retransmission. */
static int troubled(struct skw_table *t, struct skw_entry *e, const struct skw_event *event)
{
	skw_totals_raise(&t->tick, &e->row, event);
	skw_table_row_note_trouble(e, event);
	return 0;
}

static int listening(struct skw_table *t, struct skw_entry *e, const struct skw_event *event)
{
	return move(t, e, SKW_STATE_LISTEN, event->ts_ns);
}

static const struct {
	int (*apply)(struct skw_table *t, struct skw_entry *e, const struct skw_event *event);
	bool opens;     /* a closed row is a new connection from then on */
	bool is_logged; /* it goes into the timeline */
} types[SKW_EVENT_TYPES] = {
	[SKW_EVENT_CONNECT] = { connected, true, true },
	[SKW_EVENT_ESTABLISHED] = { established, true, true },
	[SKW_EVENT_STATE] = { changed_state, false, true },
	[SKW_EVENT_RTT] = { sampled, false, false },
	[SKW_EVENT_RTO] = { troubled, false, true },
	[SKW_EVENT_RETRANS] = { troubled, false, true },
	[SKW_EVENT_LISTEN] = { listening, true, true },
};

int skw_table_log(struct skw_table *t, const struct skw_event *event)
{
	struct skw_happening what = { .ts_ns = event->ts_ns,
				      .type = event->type,
				      .old_state = event->old_state,
				      .new_state = event->new_state,
				      .error = event->error };

	if (event->type == SKW_EVENT_RTO) {
		what.args[0] = event->rto_us;
		what.args[1] = event->backoff;
	} else if (event->type == SKW_EVENT_RETRANS) {
		what.args[0] = event->seq;
		what.args[1] = event->segs;
	} else if (event->type == SKW_EVENT_ESTABLISHED) {
		what.args[0] = event->handshake_us;
	} else if (event->type == SKW_EVENT_CLOSE) {
		what.close_reason = event->row->close_reason;
	}
	return skw_timeline_add(&t->timeline, event->row->cookie, &what);
}

static int take_plain(struct skw_table *t, const struct skw_event_told *told,
		      struct skw_event *event)
{
	const struct skw_row *row = &told->socket.row;
	struct skw_entry *e = skw_slots_find(&t->slots, row);
	bool opens = types[event->type].opens;
	int ret = 0;

	/* A request becomes a connection in the state SYN_RECV, which is shown as the same. */
	if (event->type == SKW_EVENT_STATE && event->old_state == event->new_state)
		return 0;
	if (!e)
		e = add_hidden(t, row);
	else if (e->row.closed_ns != SKW_NONE64 && opens && event->ts_ns > e->row.closed_ns)
		skw_table_row_reopen(t, e);
	if (!e)
		return -ENOMEM;
	if (e->row.closed_ns == SKW_NONE64)
		ret = skw_table_row_identify(t, e, row, told->socket.scope);
	if (ret)
		return ret;

	ret = types[event->type].apply(t, e, event);
	event->row = &e->row;
	/* A change to CLOSED is not logged, as the close is. */
	if (!ret && types[event->type].is_logged && event->new_state != SKW_STATE_CLOSED)
		ret = skw_table_log(t, event);
	return ret ? ret : 1;
}

/* Whether the socket serves another connection already, whose row must stay as it is. */
static bool is_reused(const struct skw_entry *e, uint64_t ts_ns)
{
	return e->kind == SKW_ROW_TCP && e->row.closed_ns == SKW_NONE64 &&
	       !skw_table_row_is_waiting(e) && e->row.ts_ns != SKW_NONE64 &&
	       e->row.ts_ns > ts_ns + SKW_CLOSING_NS;
}

/*
 * A row for an event alone, which is not in the table, with what is known of `e`. NULL: no memory.
 */
static struct skw_row *scratch(struct skw_table *t, const struct skw_entry *e,
			       const struct skw_row_sample *socket)
{
	struct skw_row *row = &t->scratch.row;

	skw_extras_drop(&t->extras, row);
	t->scratch.slot = SKW_TABLE_NO_PLACE;
	*row = socket->row;
	row->netns_name = e->row.netns_name;
	row->owners = e->row.owners;
	row->owner_source = e->row.owner_source;
	row->cgroup = row->cgroup_id == e->row.cgroup_id ? e->row.cgroup : NULL;
	if (socket->scope[0]) {
		t->scratch_remote = skw_remotes_of(row);
		memcpy(t->scratch_remote.scope, socket->scope, sizeof(socket->scope));
		row->remote = &t->scratch_remote;
	}
	if (skw_extras_set_hist(&t->extras, row, socket->rtt_hist) ||
	    (row->tuple.proto == IPPROTO_UDP &&
	     skw_extras_set_datagrams(&t->extras, row, &socket->datagrams)))
		return NULL;
	return row;
}

/*
 * The last row of a connection whose socket serves another one already. The table has the row of
 * the other connection.
 */
static const struct skw_row *forgotten(struct skw_table *t, const struct skw_entry *e,
				       const struct skw_row_sample *last)
{
	struct skw_row *row = scratch(t, e, last);

	if (!row)
		return NULL;
	row->state = SKW_STATE_CLOSED;
	row->closed_ns = row->state_ns = row->ts_ns;
	return row;
}

static struct skw_entry *add_bare(struct skw_table *t, const struct skw_row *row)
{
	struct skw_row bare;

	skw_table_row_bare(&bare, row);
	return add_hidden(t, &bare);
}

/*
 * tcp_rcv_state_process() answers data that comes after close() with a reset, and leaves the same
 * error as a reset by the peer.
 */
static enum skw_close_reason reason_of(const struct skw_entry *e, const struct skw_row_sample *last)
{
	bool after_fin =
		last->row.state == SKW_STATE_FIN_WAIT1 || last->row.state == SKW_STATE_FIN_WAIT2;

	if (last->row.close_reason == SKW_CLOSE_RESET_BY_PEER && after_fin &&
	    e->closing_segs != SKW_NONE32 && last->data_segs_in != SKW_NONE32 &&
	    last->data_segs_in != e->closing_segs)
		return SKW_CLOSE_RESET_BY_US;
	return (enum skw_close_reason)last->row.close_reason;
}

/*
 * The row gets its last figures and is closed. A row that is in TIME_WAIT stays in that state until
 * it ends.
 */
static int finish(struct skw_table *t, struct skw_entry *e, const struct skw_row_sample *sample)
{
	const struct skw_row *last = &sample->row;
	bool waits = skw_table_row_is_waiting(e);
	uint64_t left_us = e->row.timer_left_us;
	enum skw_close_reason reason = reason_of(e, sample);
	int ret = skw_table_row_merge(t, e, sample, true);

	if (ret)
		return ret;
	skw_table_row_show(t, e);
	if (waits) {
		e->row.closed_ns = last->ts_ns;
		e->row.close_reason = (uint8_t)reason;
		if (reason == SKW_CLOSE_HALF_CLOSED && e->row.state == SKW_STATE_TIME_WAIT)
			e->row.close_reason = SKW_CLOSE_FIN;
		e->row.timer = SKW_TIMER_TIMEWAIT;
		e->row.timer_left_us = left_us;
		return 0;
	}
	skw_table_row_close(t, e, reason, last->ts_ns);
	if (!t->opt.closed_ns || last->state == SKW_STATE_LISTEN)
		t->doomed = e->slot + 1;
	return 0;
}

static int take_close(struct skw_table *t, const struct skw_event_told *told,
		      struct skw_event *event)
{
	const struct skw_row *last = &told->socket.row;
	struct skw_entry *e = skw_slots_find(&t->slots, last);
	int ret;

	if (e && is_reused(e, last->ts_ns)) {
		event->row = forgotten(t, e, &told->socket);
		if (!event->row)
			return -ENOMEM;
	} else {
		/*
		 * The socket was used and closed again between two sweeps, most likely by a
		 * connect() that was refused.
		 */
		if (e && e->row.closed_ns != SKW_NONE64 && last->ts_ns > e->row.closed_ns)
			skw_table_row_reopen(t, e);
		if (!e)
			e = add_bare(t, last);
		if (!e)
			return -ENOMEM;
		ret = finish(t, e, &told->socket);
		if (ret)
			return ret;
		event->row = &e->row;
	}
	ret = skw_table_log(t, event);
	return ret ? ret : 1;
}

/*
 * A connect() that failed at once leaves no connection. Its row is for the event alone: it is the
 * hidden one that its creator made, or another one if the socket has a row.
 */
static int take_failed(struct skw_table *t, const struct skw_event_told *told,
		       struct skw_event *event)
{
	const struct skw_row *row = &told->socket.row;
	struct skw_entry *e = skw_slots_find_cookie(&t->slots, row->cookie);
	int ret;

	event->type = SKW_EVENT_CONNECT;
	if (e && !e->hidden) {
		event->row = scratch(t, e, &told->socket);
		return event->row ? 1 : -ENOMEM;
	}
	if (!e)
		e = add_hidden(t, row);
	if (!e)
		return -ENOMEM;
	ret = skw_table_row_identify(t, e, row, told->socket.scope);
	if (ret)
		return ret;
	t->doomed = e->slot + 1;
	event->row = &e->row;
	return 1;
}

/* A listener has sent a SYN-ACK again. Its connection has no cookie yet. */
static int take_synack(struct skw_table *t, const struct skw_event_told *told,
		       struct skw_event *event)
{
	struct skw_entry *e = skw_slots_find_cookie(&t->slots, told->socket.row.cookie);
	struct skw_row *row;

	if (!e)
		e = add_hidden(t, &told->socket.row);
	if (!e)
		return -ENOMEM;
	if (e->row.state == SKW_STATE_LISTEN)
		e->row.retrans_events =
			e->row.retrans_events == SKW_NONE32 ? 1 : e->row.retrans_events + 1;
	row = scratch(t, e, &told->socket);
	if (!row)
		return -ENOMEM;
	row->cookie = SKW_NONE64;
	row->inode = 0;
	row->state = SKW_STATE_SYN_RECV;
	row->owner_source = row->owners ? SKW_OWNER_LISTENER : SKW_OWNER_UNKNOWN;
	event->type = SKW_EVENT_RETRANS;
	event->row = row;
	return 1;
}

static int take_wire(struct skw_table *t, const struct skw_event_told *told)
{
	const struct skw_row *row = &told->socket.row;
	const struct skw_wire wire = { .tuple = row->tuple,
				       .netns = row->netns,
				       .is_handshake = told->event.new_state == SKW_STATE_LISTEN,
				       .cookie = row->cookie,
				       .ts_ns = told->event.ts_ns };

	return t->opt.packets ? skw_wires_put(&t->wires, &t->slots, &wire) : 0;
}

/* Its last packets may still come, so the row stays for a while. */
static void take_release(struct skw_table *t, const struct skw_event_told *told)
{
	struct skw_entry *e = skw_slots_find_cookie(&t->slots, told->socket.row.cookie);

	if (e)
		skw_table_row_close(t, e, SKW_CLOSE_UNKNOWN, told->event.ts_ns);
}

int skw_table_event(struct skw_table *t, const struct skw_event_told *told, struct skw_event *event)
{
	t->generation++;
	expire(t, told->event.ts_ns);
	if (told->event.type == SKW_EVENT_WIRE)
		return take_wire(t, told);
	if (told->event.type == SKW_EVENT_RELEASE) {
		take_release(t, told);
		return 0;
	}
	if (told->event.type == SKW_EVENT_CREATOR)
		return take_creator(t, told);
	if (told->event.type == SKW_EVENT_CLOSER)
		return take_closer(t, told);
	t->tick.events++;
	*event = told->event;
	switch (event->type) {
	case SKW_EVENT_LAST:
		event->type = SKW_EVENT_CLOSE; /* from now on like that of a connection */
		return take_close(t, told, event);
	case SKW_EVENT_CLOSE:
		return take_close(t, told, event);
	case SKW_EVENT_FAILED:
		return take_failed(t, told, event);
	case SKW_EVENT_SYNACK:
		return take_synack(t, told, event);
	default:
		return take_plain(t, told, event);
	}
}
