// SPDX-License-Identifier: BSD-2-Clause
#include "row/record.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "row/close_reason.h"
#include "row/row.h"

/* include/net/tcp_states.h: the state of a request socket. */
#define NEW_SYN_RECV  12

#define STATE_BIT(st) (1U << (st))

/* The states that a record of each kind may have, and how they are shown. */
static const struct {
	uint32_t states;
	uint8_t shown; /* 0: the state itself */
	uint8_t proto;
} kinds[] = {
	[SKW_ROW_TCP] = { .states = STATE_BIT(SKW_STATE_UNCONN) - 2, .proto = IPPROTO_TCP },
	[SKW_ROW_TIME_WAIT] = { .states = STATE_BIT(SKW_STATE_TIME_WAIT) |
					  STATE_BIT(SKW_STATE_FIN_WAIT2),
				.proto = IPPROTO_TCP },
	[SKW_ROW_SYN_RECV] = { .states = STATE_BIT(SKW_STATE_SYN_RECV) | STATE_BIT(NEW_SYN_RECV),
			       .shown = SKW_STATE_SYN_RECV,
			       .proto = IPPROTO_TCP },
	[SKW_ROW_UDP] = { .states = STATE_BIT(SKW_STATE_ESTABLISHED) | STATE_BIT(SKW_STATE_CLOSED),
			  .proto = IPPROTO_UDP },
};

static bool is_family(uint8_t family)
{
	return family == AF_INET || family == AF_INET6;
}

static bool is_sane(const struct skw_conn_rec *rec)
{
	if (rec->kind < SKW_ROW_TCP || rec->kind > SKW_ROW_UDP || !is_family(rec->family))
		return false;
	if (rec->state > NEW_SYN_RECV || !(kinds[rec->kind].states & STATE_BIT(rec->state)))
		return false;
	if (rec->timer > SKW_TIMER_PERSIST && rec->timer != SKW_NONE8)
		return false;
	return rec->direction <= SKW_CONN_OUT;
}

static uint8_t shown_state(const struct skw_conn_rec *rec)
{
	/* A UDP socket without a peer is in the state that TCP calls closed. */
	if (rec->kind == SKW_ROW_UDP && rec->state == SKW_STATE_CLOSED)
		return SKW_STATE_UNCONN;
	return kinds[rec->kind].shown ? kinds[rec->kind].shown : rec->state;
}

/* 0 is no cookie: the kernel counts them from 1. */
static uint64_t known_cookie(uint64_t cookie)
{
	return cookie ? cookie : SKW_NONE64;
}

static uint64_t bits(uint64_t bytes_per_s)
{
	return bytes_per_s > (SKW_NONE64 - 1) / 8 ? SKW_NONE64 : bytes_per_s * 8;
}

/* Only the first four bytes of an IPv4 socket's address mean something. */
static void copy_addr(uint8_t out[16], const uint8_t in[16], uint8_t family)
{
	memset(out, 0, 16);
	memcpy(out, in, 4);
	if (family == AF_INET6)
		memcpy(out + 4, in + 4, 12);
}

static void copy_figures(struct skw_row *row, const struct skw_conn_rec *rec)
{
	row->ts_ns = rec->ts_ns;
	row->opened_ns = rec->opened_ns;
	row->state_ns = rec->state_ns;
	row->bytes_acked = rec->bytes_acked;
	row->bytes_received = rec->bytes_received;
	row->bytes_retrans = rec->bytes_retrans;
	row->delivery_rate_bps = bits(rec->delivery_rate);
	row->pacing_rate_bps = bits(rec->pacing_rate);
	row->busy_us = rec->busy_us;
	row->rwnd_limited_us = rec->rwnd_limited_us;
	row->sndbuf_limited_us = rec->sndbuf_limited_us;
	row->srtt_us = rec->srtt_us;
	row->rttvar_us = rec->rttvar_us;
	row->min_rtt_us = rec->min_rtt_us;
	row->last_rtt_us = rec->last_rtt_us;
	row->rtt_samples = rec->rtt_samples;
	row->rto_us = rec->rto_us;
	row->rto_count = rec->rto_count;
	row->retrans_segs = rec->retrans_segs;
	row->retrans_events = rec->retrans_events;
	row->lost_segs = rec->lost_segs;
	row->cwnd = rec->cwnd;
	row->ssthresh = rec->ssthresh;
	row->mss = rec->mss;
	row->segs_out = rec->segs_out;
	row->segs_in = rec->segs_in;
	row->notsent = rec->notsent;
	row->recv_q = rec->recv_q;
	row->send_q = rec->send_q;
	row->unacked = rec->unacked;
	row->sacked = rec->sacked;
	row->reordering = rec->reordering;
	row->rcv_rtt_us = rec->rcv_rtt_us;
	row->snd_wnd = rec->snd_wnd;
	row->timer_left_us = rec->timer_left_us;
	row->drops = rec->drops;
}

/*
 * Our programs have counted the datagrams of a socket of UDP. That is all that the socket has moved
 * if its opening was seen, too.
 */
static void copy_counts(struct skw_row *row, struct skw_row_datagrams *d,
			const struct skw_conn_rec *rec)
{
	row->busy_us = row->rwnd_limited_us = row->sndbuf_limited_us = SKW_NONE64;
	d->seen_out = rec->bytes_acked;
	d->seen_in = rec->bytes_received;
	d->seen_packets_out = (uint32_t)rec->packets_out;
	d->seen_packets_in = (uint32_t)rec->packets_in;
	d->quic = (uint32_t)rec->quic;
	if (rec->opened_ns == SKW_NONE64) {
		row->bytes_acked = row->bytes_received = SKW_NONE64;
		return;
	}
	d->packets_out = rec->packets_out;
	d->packets_in = rec->packets_in;
}

/* A name of 16 characters comes without a NUL. */
void skw_record_text(char out[SKW_COMM_LEN + 1], const char text[SKW_COMM_LEN])
{
	size_t len = strnlen(text, SKW_COMM_LEN);

	/* The rest of it is 0, so that equal names have equal bytes. */
	memset(out, 0, SKW_COMM_LEN + 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		out[i] = c < ' ' || c == 0x7f ? '?' : text[i];
	}
}

_Static_assert(SKW_SCOPE_LEN == SKW_COMM_LEN, "skw_record_text() copies both");

/* The name of an interface, or its number if the name was not found. */
static void copy_scope(char out[SKW_SCOPE_LEN + 1], const char name[SKW_SCOPE_LEN], uint32_t id)
{
	skw_record_text(out, name);
	/* Addresses are ASCII in every output. */
	for (char *p = out; *p; p++)
		if ((unsigned char)*p > 0x7e)
			*p = '?';
	if (id && !out[0])
		snprintf(out, SKW_SCOPE_LEN + 1, "%" PRIu32, id);
}

int skw_record_row(const void *bytes, size_t len, struct skw_row_sample *out)
{
	struct skw_row *row = &out->row;
	struct skw_conn_rec rec;

	if (len != sizeof(rec))
		return -EBADMSG;
	memcpy(&rec, bytes, sizeof(rec));
	if (!is_sane(&rec))
		return -EBADMSG;

	skw_row_blank(row);
	row->cookie = known_cookie(rec.cookie);
	copy_addr(row->tuple.local_addr, rec.local_addr, rec.family);
	copy_addr(row->tuple.remote_addr, rec.remote_addr, rec.family);
	row->tuple.local_port = rec.local_port;
	row->tuple.remote_port = rec.remote_port;
	row->netns = rec.netns;
	row->cgroup_id = rec.cgroup_id;
	row->uid = rec.uid;
	row->inode = rec.inode;
	skw_row_set_proto(row, kinds[rec.kind].proto);
	row->tuple.family = rec.family;
	row->state = shown_state(&rec);
	row->direction = rec.direction;
	row->timer = rec.timer;
	row->flags = rec.flags;
	copy_figures(row, &rec);
	memcpy(out->rtt_hist, rec.rtt_hist, sizeof(out->rtt_hist));
	if (rec.kind == SKW_ROW_UDP) {
		memset(&out->datagrams, 0xff, sizeof(out->datagrams));
		copy_counts(row, &out->datagrams, &rec);
	}
	out->kind = rec.kind;
	out->data_segs_in = rec.data_segs_in;
	out->last_rto_ns = rec.last_rto_ns;
	copy_scope(out->scope, rec.scope, rec.scope_id);
	memcpy(out->congestion, rec.congestion, SKW_CA_LEN);
	out->congestion[SKW_CA_LEN] = '\0';
	return 0;
}

int skw_record_steady(const void *bytes, size_t len, struct skw_row_steady *out)
{
	struct skw_steady_rec rec;

	if (len != sizeof(rec))
		return -EBADMSG;
	memcpy(&rec, bytes, sizeof(rec));
	if (rec.mark || rec.timer > SKW_TIMER_PERSIST || rec.flags & ~SKW_ROW_ENROLLED ||
	    !is_family(rec.family))
		return -EBADMSG;
	*out = (struct skw_row_steady){ .ts_ns = rec.ts_ns,
					.cookie = known_cookie(rec.cookie),
					.cgroup_id = rec.cgroup_id,
					.pacing_rate_bps = bits(rec.pacing_rate),
					.timer_left_us = rec.timer_left_us,
					.inode = rec.inode,
					.uid = rec.uid,
					.rto_us = rec.rto_us,
					.cwnd = rec.cwnd,
					.ssthresh = rec.ssthresh,
					.mss = rec.mss,
					.segs_out = rec.segs_out,
					.segs_in = rec.segs_in,
					.notsent = rec.notsent,
					.recv_q = rec.recv_q,
					.send_q = rec.send_q,
					.flags = rec.flags,
					.timer = rec.timer,
					.family = rec.family };
	memcpy(out->congestion, rec.congestion, SKW_CA_LEN);
	return 0;
}

int skw_record_holder(const void *bytes, size_t len, uint32_t *inode, struct skw_owner *owner)
{
	struct skw_holder_rec rec;

	if (len != sizeof(rec))
		return -EBADMSG;
	memcpy(&rec, bytes, sizeof(rec));
	if (!rec.inode || !rec.tgid)
		return -EBADMSG;
	*inode = rec.inode;
	memset(owner, 0, sizeof(*owner));
	owner->pid = rec.tgid;
	skw_record_text(owner->comm, rec.comm);
	return 0;
}

static bool is_tcp_state(uint8_t state)
{
	return state >= SKW_STATE_ESTABLISHED && state <= NEW_SYN_RECV;
}

static uint8_t shown_tcp_state(uint8_t state)
{
	return state == NEW_SYN_RECV ? SKW_STATE_SYN_RECV : state;
}

static void begin_event(struct skw_event_told *out, const struct skw_event_head *head)
{
	out->event = (struct skw_event){ .ts_ns = head->ts_ns,
					 .type = head->type,
					 .rtt_us = SKW_NONE32,
					 .rto_us = SKW_NONE32,
					 .old_cwnd = SKW_NONE32,
					 .handshake_us = SKW_NONE32 };
	memset(&out->process, 0, sizeof(out->process));
}

/* The socket of an event that tells no figures. */
static void begin_socket(struct skw_row_sample *socket, const struct skw_event_head *head)
{
	memset(socket, 0xff, sizeof(*socket));
	skw_row_blank(&socket->row);
	socket->row.cookie = known_cookie(head->cookie);
	socket->row.netns = head->netns;
	socket->row.direction = head->direction;
	socket->kind = 0;
	socket->congestion[0] = socket->scope[0] = '\0';
}

static void tell_established(struct skw_event *event, const struct skw_event_rec *rec)
{
	event->handshake_us = rec->handshake_us;
}

static void tell_state(struct skw_event *event, const struct skw_event_rec *rec)
{
	event->old_state = shown_tcp_state(rec->head.old_state);
	event->new_state = shown_tcp_state(rec->head.new_state);
}

static void tell_rtt(struct skw_event *event, const struct skw_event_rec *rec)
{
	event->rtt_us = rec->rtt_us;
}

static void tell_rto(struct skw_event *event, const struct skw_event_rec *rec)
{
	event->rto_us = rec->rto_us;
	event->backoff = rec->retransmits;
	event->old_cwnd = rec->old_cwnd;
}

static void tell_retrans(struct skw_event *event, const struct skw_event_rec *rec)
{
	event->seq = rec->seq;
	event->segs = rec->segs;
	event->error = rec->error;
}

static void tell_failed(struct skw_event *event, const struct skw_event_rec *rec)
{
	event->error = rec->error;
}

static void tell_listen(struct skw_event *event, const struct skw_event_rec *rec)
{
	event->backlog = rec->backlog;
}

/* The figures that each type of struct skw_event_rec has. */
static void (*const tellers[SKW_EVENT_TYPES])(struct skw_event *event,
					      const struct skw_event_rec *rec) = {
	[SKW_EVENT_ESTABLISHED] = tell_established,
	[SKW_EVENT_STATE] = tell_state,
	[SKW_EVENT_RTT] = tell_rtt,
	[SKW_EVENT_RTO] = tell_rto,
	[SKW_EVENT_RETRANS] = tell_retrans,
	[SKW_EVENT_LISTEN] = tell_listen,
	[SKW_EVENT_FAILED] = tell_failed,
	[SKW_EVENT_SYNACK] = tell_retrans,
};

static int take_plain(const void *bytes, struct skw_event_told *out)
{
	struct skw_row *row = &out->socket.row;
	struct skw_event_rec rec;

	memcpy(&rec, bytes, sizeof(rec));
	if (!is_family(rec.family))
		return -EBADMSG;
	if (rec.head.type == SKW_EVENT_STATE &&
	    !(is_tcp_state(rec.head.old_state) && is_tcp_state(rec.head.new_state)))
		return -EBADMSG;
	begin_event(out, &rec.head);
	if (tellers[rec.head.type])
		tellers[rec.head.type](&out->event, &rec);
	begin_socket(&out->socket, &rec.head);
	copy_scope(out->socket.scope, rec.scope, rec.scope_id);
	copy_addr(row->tuple.local_addr, rec.local_addr, rec.family);
	copy_addr(row->tuple.remote_addr, rec.remote_addr, rec.family);
	row->tuple.local_port = rec.local_port;
	row->tuple.remote_port = rec.remote_port;
	row->tuple.family = rec.family;
	row->cgroup_id = rec.cgroup_id;
	row->uid = rec.uid;
	row->inode = rec.inode;
	return 0;
}

static int take_close(const void *bytes, struct skw_event_told *out)
{
	struct skw_row *row = &out->socket.row;
	struct skw_close_rec rec;

	memcpy(&rec, bytes, sizeof(rec));
	if (!is_tcp_state(rec.head.old_state) || rec.row.kind != SKW_ROW_TCP ||
	    skw_record_row(&rec.row, sizeof(rec.row), &out->socket))
		return -EBADMSG;
	begin_event(out, &rec.head);
	out->event.old_state = shown_tcp_state(rec.head.old_state);
	out->event.new_state = SKW_STATE_CLOSED;
	if (rec.head.cookie)
		row->cookie = rec.head.cookie;
	row->ts_ns = rec.head.ts_ns;
	/* The new state is CLOSED, which the event says already: the row has the old one. */
	row->state = out->event.old_state;
	row->close_reason = (uint8_t)skw_close_reason(rec.head.old_state, (int)rec.row.sk_err,
						      rec.row.ending, rec.row.inode != 0);
	if (rec.head.direction != SKW_CONN_UNKNOWN)
		row->direction = rec.head.direction;
	else if (row->state == SKW_STATE_SYN_SENT)
		row->direction = SKW_CONN_OUT;
	return 0;
}

/* Of UDP: it has no states that would tell why. */
static int take_last(const void *bytes, struct skw_event_told *out)
{
	struct skw_close_rec rec;

	memcpy(&rec, bytes, sizeof(rec));
	if (rec.row.kind != SKW_ROW_UDP ||
	    skw_record_row(&rec.row, sizeof(rec.row), &out->socket) ||
	    known_cookie(rec.head.cookie) == SKW_NONE64)
		return -EBADMSG;
	begin_event(out, &rec.head);
	out->event.old_state = out->socket.row.state;
	out->event.new_state = SKW_STATE_CLOSED;
	out->socket.row.cookie = rec.head.cookie;
	return 0;
}

static int take_process(const void *bytes, struct skw_event_told *out)
{
	struct skw_creator_rec rec;

	memcpy(&rec, bytes, sizeof(rec));
	/* Without a cookie it is not known which socket it is about. */
	if (known_cookie(rec.head.cookie) == SKW_NONE64)
		return -EBADMSG;
	begin_event(out, &rec.head);
	begin_socket(&out->socket, &rec.head);
	out->socket.row.cgroup_id = rec.cgroup_id;
	out->socket.row.uid = rec.uid;
	out->process.pid = rec.tgid;
	skw_record_text(out->process.comm, rec.comm);
	out->socket.data_segs_in = rec.data_segs_in;
	return 0;
}

static int take_wire(const void *bytes, struct skw_event_told *out)
{
	struct skw_tuple *tuple = &out->socket.row.tuple;
	struct skw_wire_rec rec;

	memcpy(&rec, bytes, sizeof(rec));
	if (known_cookie(rec.head.cookie) == SKW_NONE64 || !is_family(rec.family) ||
	    (rec.proto != IPPROTO_TCP && rec.proto != IPPROTO_UDP))
		return -EBADMSG;
	begin_event(out, &rec.head);
	begin_socket(&out->socket, &rec.head);
	out->event.new_state = rec.head.new_state == SKW_STATE_LISTEN ? SKW_STATE_LISTEN : 0;
	copy_addr(tuple->local_addr, rec.local_addr, rec.family);
	copy_addr(tuple->remote_addr, rec.remote_addr, rec.family);
	tuple->local_port = rec.local_port;
	tuple->remote_port = rec.remote_port;
	tuple->family = rec.family;
	tuple->proto = rec.proto;
	return 0;
}

static int take_release(const void *bytes, struct skw_event_told *out)
{
	struct skw_release_rec rec;

	memcpy(&rec, bytes, sizeof(rec));
	if (known_cookie(rec.head.cookie) == SKW_NONE64)
		return -EBADMSG;
	begin_event(out, &rec.head);
	begin_socket(&out->socket, &rec.head);
	return 0;
}

static const struct {
	size_t size;
	int (*take)(const void *bytes, struct skw_event_told *out);
} takers[SKW_EVENT_TYPES] = {
	[SKW_EVENT_CONNECT] = { sizeof(struct skw_event_rec), take_plain },
	[SKW_EVENT_ESTABLISHED] = { sizeof(struct skw_event_rec), take_plain },
	[SKW_EVENT_STATE] = { sizeof(struct skw_event_rec), take_plain },
	[SKW_EVENT_RTT] = { sizeof(struct skw_event_rec), take_plain },
	[SKW_EVENT_RTO] = { sizeof(struct skw_event_rec), take_plain },
	[SKW_EVENT_RETRANS] = { sizeof(struct skw_event_rec), take_plain },
	[SKW_EVENT_CLOSE] = { sizeof(struct skw_close_rec), take_close },
	[SKW_EVENT_LISTEN] = { sizeof(struct skw_event_rec), take_plain },
	[SKW_EVENT_CREATOR] = { sizeof(struct skw_creator_rec), take_process },
	[SKW_EVENT_CLOSER] = { sizeof(struct skw_creator_rec), take_process },
	[SKW_EVENT_FAILED] = { sizeof(struct skw_event_rec), take_plain },
	[SKW_EVENT_SYNACK] = { sizeof(struct skw_event_rec), take_plain },
	[SKW_EVENT_WIRE] = { sizeof(struct skw_wire_rec), take_wire },
	[SKW_EVENT_RELEASE] = { sizeof(struct skw_release_rec), take_release },
	[SKW_EVENT_LAST] = { sizeof(struct skw_close_rec), take_last },
};

int skw_record_event(const void *bytes, size_t len, struct skw_event_told *out)
{
	struct skw_event_head head;

	if (len < sizeof(head))
		return -EBADMSG;
	memcpy(&head, bytes, sizeof(head));
	if (head.type >= SKW_EVENT_TYPES || len != takers[head.type].size ||
	    head.direction > SKW_CONN_OUT)
		return -EBADMSG;
	return takers[head.type].take(bytes, out);
}
