// SPDX-License-Identifier: BSD-2-Clause
/* Events: which process, the begin and the end of each connection. */
#include "metrics/meter_state.h"

#include <errno.h>
#include <string.h>

static uint32_t find(const struct skw_meter *m, const struct skw_row *row)
{
	return row->cookie == SKW_NONE64 ? SKW_METER_NOWHERE
					 : skw_tallies_find(&m->tallies, row->cookie, m->at);
}

/* The tally of an event's socket, which may be new. 0 or -ENOMEM. */
static int find_or_add(struct skw_meter *m, const struct skw_row *row, uint32_t *place)
{
	*place = find(m, row);
	if (*place != SKW_METER_NOWHERE)
		return 0;
	int ret = skw_tallies_add(&m->tallies, row->cookie, place);

	if (ret)
		return ret;
	struct skw_tally *t = skw_tallies_at(&m->tallies, *place);

	t->kind = SKW_TALLY_CALLER;
	t->seen = m->sweep;
	t->inode = row->inode;
	return 0;
}

/* Of a socket that only a call has told about: the name of its process, and its figures are 0. */
static void take_comm(struct skw_tally *t, char comm[SKW_COMM_LEN + 1])
{
	memcpy(comm, t->comm, SKW_COMM_LEN);
	comm[SKW_COMM_LEN] = '\0';
	t->sent_bytes = t->received_bytes = 0;
}

/* Such a socket becomes a connection. */
static int become_tcp(struct skw_meter *m, struct skw_tally *t, const struct skw_row *row,
		      uint8_t direction)
{
	char comm[SKW_COMM_LEN + 1];
	struct skw_set_key key;

	take_comm(t, comm);
	if (direction == SKW_CONN_IN && !comm[0])
		skw_meter_accepted(m, row, comm);
	int ret = skw_meter_key(m, SKW_SET_TCP, row, direction, comm, &key);

	if (!ret)
		ret = skw_meter_join(m, t, &key);
	if (!ret)
		t->kind = SKW_TALLY_TCP;
	return ret;
}

/* The process in connect() or listen(). */
static int take_caller(struct skw_meter *m, const struct skw_event_told *told)
{
	uint32_t place;
	int ret = find_or_add(m, &told->socket.row, &place);

	if (ret)
		return ret;
	struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	if (t->kind == SKW_TALLY_CALLER) {
		memcpy(t->comm, told->process.comm, SKW_COMM_LEN);
		return 0;
	}
	if (!(t->flags & SKW_TALLY_HELD))
		ret = skw_meter_own(m, t, told->process.comm);
	/* Its owner is known now, whose connection it was from the begin. */
	if (!ret && t->kind == SKW_TALLY_TCP && t->flags & SKW_TALLY_FRESH &&
	    told->socket.row.direction == SKW_CONN_OUT)
		skw_meter_add_begun(m, t);
	return ret;
}

/* The process in close() or shutdown(). */
static int take_closer(struct skw_meter *m, const struct skw_event_told *told)
{
	uint32_t place = find(m, &told->socket.row);

	if (place == SKW_METER_NOWHERE)
		return 0;
	struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	t->flags |= SKW_TALLY_CLOSING;
	t->inode = told->socket.data_segs_in;
	if (t->kind == SKW_TALLY_CALLER) {
		memcpy(t->comm, told->process.comm, SKW_COMM_LEN);
		return 0;
	}
	return t->flags & SKW_TALLY_HELD ? 0 : skw_meter_own(m, t, told->process.comm);
}

/* connect() has begun: also of the kernel's own, which has no process. */
static int take_connect(struct skw_meter *m, const struct skw_event_told *told)
{
	uint32_t place;

	return told->socket.row.cookie == SKW_NONE64 ? 0
						     : find_or_add(m, &told->socket.row, &place);
}

/* The direction is known for certain now. */
static int turn(struct skw_meter *m, struct skw_tally *t, uint8_t direction)
{
	struct skw_set_key key = skw_label_sets_get(&m->sets, t->set)->key;

	if (!(m->opt.labels & SKW_LABEL_DIRECTION) || key.other || key.direction == direction)
		return 0;
	key.direction = direction;
	return skw_meter_move(m, t, &key);
}

static int take_established(struct skw_meter *m, const struct skw_event_told *told)
{
	const struct skw_row *row = &told->socket.row;
	uint32_t place;
	int ret = find_or_add(m, row, &place);

	if (ret)
		return ret;
	struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	if (t->kind == SKW_TALLY_CALLER)
		ret = become_tcp(m, t, row, row->direction);
	else if (t->kind == SKW_TALLY_TCP)
		ret = turn(m, t, row->direction);
	if (ret || t->kind != SKW_TALLY_TCP)
		return ret;
	if (t->flags & SKW_TALLY_FRESH && t->state != SKW_STATE_SYN_SENT)
		skw_meter_add_begun(m, t);
	t->state = SKW_STATE_ESTABLISHED;
	skw_meter_set_of(m, t)->tcp.opened[row->direction]++;
	return told->event.handshake_us == SKW_NONE32
		       ? 0
		       : skw_meter_add_handshake(m, t, told->event.handshake_us, told->event.ts_ns);
}

static int take_listen(struct skw_meter *m, const struct skw_event_told *told)
{
	const struct skw_row *row = &told->socket.row;
	char comm[SKW_COMM_LEN + 1];
	struct skw_set_key key;
	uint32_t place;
	int ret = find_or_add(m, row, &place);

	if (ret)
		return ret;
	struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	if (t->kind != SKW_TALLY_CALLER)
		return 0;
	take_comm(t, comm);
	ret = skw_meter_key(m, SKW_SET_LISTENER, row, SKW_CONN_UNKNOWN, comm, &key);
	if (!ret)
		ret = skw_meter_join(m, t, &key);
	if (ret)
		return ret;
	t->kind = SKW_TALLY_LISTENER;
	t->state = SKW_STATE_LISTEN;
	t->limit = told->event.backlog;
	return skw_meter_listen(m, place, row);
}

static enum skw_failure failure_of(uint8_t reason)
{
	static const uint8_t failures[SKW_CLOSE_REASONS] = {
		[SKW_CLOSE_RESET_BY_PEER] = SKW_FAILURE_RESET,
		[SKW_CLOSE_RESET_BY_US] = SKW_FAILURE_RESET,
		[SKW_CLOSE_TIMEOUT] = SKW_FAILURE_TIMEOUT,
		[SKW_CLOSE_REFUSED] = SKW_FAILURE_REFUSED,
		[SKW_CLOSE_ABORTED] = SKW_FAILURE_ABORTED,
	};

	return (enum skw_failure)failures[reason];
}

/* Data that comes after close() is answered by a reset of ours, see table/table_events.c. */
static uint8_t reason_of(const struct skw_tally *t, const struct skw_row_sample *last)
{
	uint8_t state = last->row.state;

	if (last->row.close_reason == SKW_CLOSE_RESET_BY_PEER && t &&
	    (state == SKW_STATE_FIN_WAIT1 || state == SKW_STATE_FIN_WAIT2) &&
	    t->flags & SKW_TALLY_CLOSING && t->inode != SKW_NONE32 &&
	    last->data_segs_in != SKW_NONE32 && last->data_segs_in != t->inode)
		return SKW_CLOSE_RESET_BY_US;
	return last->row.close_reason;
}

static void count_end(struct skw_label_set *set, const struct skw_row *row, uint8_t reason)
{
	if (row->state == SKW_STATE_SYN_SENT || row->state == SKW_STATE_SYN_RECV)
		set->tcp.failed[failure_of(reason)]++;
	else
		set->tcp.closed[reason]++;
}

/* The begin of this connection was not seen: its figures are not known to be of our time. */
static int end_unknown(struct skw_meter *m, const struct skw_row_sample *last)
{
	char comm[SKW_COMM_LEN + 1] = "";
	struct skw_set_key key;
	struct skw_tally t = { 0 };
	uint8_t direction = last->row.direction;

	if (direction != SKW_CONN_OUT && skw_meter_accepted(m, &last->row, comm))
		direction = SKW_CONN_IN;
	int ret = skw_meter_key(m, SKW_SET_TCP, &last->row, direction, comm, &key);

	if (!ret)
		ret = skw_label_sets_find(&m->sets, &key, m->now_ns, &t.set);
	if (!ret)
		count_end(skw_meter_set_of(m, &t), &last->row, last->row.close_reason);
	return ret;
}

static int take_close(struct skw_meter *m, const struct skw_event_told *told)
{
	const struct skw_row *row = &told->socket.row;
	uint32_t place = find(m, row);
	int ret = 0;

	if (place == SKW_METER_NOWHERE)
		return row->state == SKW_STATE_LISTEN ? 0 : end_unknown(m, &told->socket);
	struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	if (row->state == SKW_STATE_LISTEN) {
		if (t->kind == SKW_TALLY_LISTENER)
			skw_meter_add_listener(m, t, row);
		skw_meter_drop(m, place);
		return 0;
	}
	if (t->kind == SKW_TALLY_CALLER)
		ret = become_tcp(m, t, row, row->direction);
	if (ret || t->kind != SKW_TALLY_TCP)
		return ret;
	ret = skw_meter_add_tcp(m, t, &told->socket);
	count_end(skw_meter_set_of(m, t), row, reason_of(t, &told->socket));
	skw_meter_drop(m, place);
	return ret;
}

static enum skw_failure failure_of_errno(int error)
{
	switch (error < 0 ? -error : error) {
	case ECONNREFUSED:
		return SKW_FAILURE_REFUSED;
	case ETIMEDOUT:
		return SKW_FAILURE_TIMEOUT;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
		return SKW_FAILURE_UNREACHABLE;
	case EADDRNOTAVAIL:
	case EADDRINUSE:
		return SKW_FAILURE_ADDRESS;
	case EPERM:
	case EACCES:
		return SKW_FAILURE_DENIED;
	default:
		return SKW_FAILURE_UNKNOWN;
	}
}

/* A connect() that has failed at once leaves no connection. */
static int take_failed(struct skw_meter *m, const struct skw_event_told *told)
{
	const struct skw_row *row = &told->socket.row;
	uint32_t place = find(m, row);
	char comm[SKW_COMM_LEN + 1] = "";
	struct skw_set_key key;
	struct skw_tally failed = { 0 };

	if (place != SKW_METER_NOWHERE &&
	    skw_tallies_at(&m->tallies, place)->kind == SKW_TALLY_CALLER) {
		take_comm(skw_tallies_at(&m->tallies, place), comm);
		skw_meter_drop(m, place);
	}
	int ret = skw_meter_key(m, SKW_SET_TCP, row, SKW_CONN_OUT, comm, &key);

	if (!ret)
		ret = skw_label_sets_find(&m->sets, &key, m->now_ns, &failed.set);
	if (!ret)
		skw_meter_set_of(m, &failed)->tcp.failed[failure_of_errno(told->event.error)]++;
	return ret;
}

/* The end of a socket of UDP, which may have lived between two sweeps. */
static int take_last(struct skw_meter *m, const struct skw_event_told *told)
{
	const struct skw_row *row = &told->socket.row;
	char comm[SKW_COMM_LEN + 1];
	struct skw_set_key key;
	uint32_t place;
	int ret = find_or_add(m, row, &place);

	if (ret)
		return ret;
	struct skw_tally *t = skw_tallies_at(&m->tallies, place);

	if (t->kind == SKW_TALLY_CALLER) {
		take_comm(t, comm);
		ret = skw_meter_key(m, SKW_SET_UDP, row, SKW_CONN_UNKNOWN, comm, &key);
		if (!ret)
			ret = skw_meter_join(m, t, &key);
		if (ret)
			return ret;
		t->kind = SKW_TALLY_UDP;
	}
	if (t->kind == SKW_TALLY_UDP)
		skw_meter_add_udp(m, t, &told->socket);
	skw_meter_drop(m, place);
	return 0;
}

static int (*const takers[SKW_EVENT_TYPES])(struct skw_meter *m,
					    const struct skw_event_told *told) = {
	[SKW_EVENT_CREATOR] = take_caller,  [SKW_EVENT_CLOSER] = take_closer,
	[SKW_EVENT_CONNECT] = take_connect, [SKW_EVENT_ESTABLISHED] = take_established,
	[SKW_EVENT_LISTEN] = take_listen,   [SKW_EVENT_CLOSE] = take_close,
	[SKW_EVENT_FAILED] = take_failed,   [SKW_EVENT_LAST] = take_last,
};

int skw_meter_event(void *meter, const struct skw_event_told *told, struct skw_event *event)
{
	struct skw_meter *m = meter;

	(void)event;
	if (told->event.ts_ns > m->now_ns)
		m->now_ns = told->event.ts_ns;
	if (!takers[told->event.type] || told->socket.row.cookie == SKW_NONE64)
		return 0;
	return takers[told->event.type](m, told);
}
