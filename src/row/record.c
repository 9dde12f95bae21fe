// SPDX-License-Identifier: BSD-2-Clause
#include "row/record.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "row/row.h"

/* include/net/tcp_states.h: a request socket's own. */
#define NEW_SYN_RECV  12

#define STATE_BIT(st) (1U << (st))

/* Which states a record of a kind may have, and what they are shown as where that differs. */
static const struct {
	uint32_t states;
	uint8_t shown; /* 0: as it is */
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

static const size_t event_sizes[SKW_EVENT_TYPES] = {
	[SKW_EVENT_CONNECT] = sizeof(struct skw_event_rec),
	[SKW_EVENT_ESTABLISHED] = sizeof(struct skw_event_rec),
	[SKW_EVENT_STATE] = sizeof(struct skw_event_rec),
	[SKW_EVENT_RTT] = sizeof(struct skw_event_rec),
	[SKW_EVENT_RTO] = sizeof(struct skw_event_rec),
	[SKW_EVENT_RETRANS] = sizeof(struct skw_event_rec),
	[SKW_EVENT_CLOSE] = sizeof(struct skw_close_rec),
	[SKW_EVENT_LISTEN] = sizeof(struct skw_event_rec),
	[SKW_EVENT_CREATOR] = sizeof(struct skw_creator_rec),
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

static uint64_t bits(uint64_t bytes_per_s)
{
	return bytes_per_s > (SKW_NONE64 - 1) / 8 ? SKW_NONE64 : bytes_per_s * 8;
}

/* What stands behind the address of an IPv4 socket is nobody's business. */
static void copy_addr(uint8_t out[16], const uint8_t in[16], uint8_t family)
{
	if (family == AF_INET6) {
		memcpy(out, in, 16);
		return;
	}
	memset(out, 0, 16);
	memcpy(out, in, 4);
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
	/* 0 is no cookie: the kernel counts them from 1. */
	row->cookie = rec.cookie ? rec.cookie : SKW_NONE64;
	copy_addr(row->tuple.local_addr, rec.local_addr, rec.family);
	copy_addr(row->tuple.remote_addr, rec.remote_addr, rec.family);
	row->tuple.local_port = rec.local_port;
	row->tuple.remote_port = rec.remote_port;
	row->netns = rec.netns;
	row->cgroup_id = rec.cgroup_id;
	row->uid = rec.uid;
	row->inode = rec.inode;
	row->tuple.proto = kinds[rec.kind].proto;
	row->tuple.family = rec.family;
	row->state = shown_state(&rec);
	row->direction = rec.direction;
	row->timer = rec.timer;
	row->flags = rec.flags;
	row->ts_ns = rec.ts_ns;
	row->opened_ns = rec.opened_ns;
	row->state_ns = rec.state_ns;
	row->last_rto_ns = rec.last_rto_ns;
	row->bytes_acked = rec.bytes_acked;
	row->bytes_received = rec.bytes_received;
	row->bytes_retrans = rec.bytes_retrans;
	row->delivery_rate_bps = bits(rec.delivery_rate);
	row->pacing_rate_bps = bits(rec.pacing_rate);
	row->busy_us = rec.busy_us;
	row->rwnd_limited_us = rec.rwnd_limited_us;
	row->sndbuf_limited_us = rec.sndbuf_limited_us;
	row->srtt_us = rec.srtt_us;
	row->rttvar_us = rec.rttvar_us;
	row->min_rtt_us = rec.min_rtt_us;
	row->last_rtt_us = rec.last_rtt_us;
	row->rtt_samples = rec.rtt_samples;
	memcpy(row->rtt_hist, rec.rtt_hist, sizeof(row->rtt_hist));
	row->rto_us = rec.rto_us;
	row->rto_count = rec.rto_count;
	row->retrans_segs = rec.retrans_segs;
	row->retrans_events = rec.retrans_events;
	row->lost_segs = rec.lost_segs;
	row->cwnd = rec.cwnd;
	row->ssthresh = rec.ssthresh;
	row->mss = rec.mss;
	row->segs_out = rec.segs_out;
	row->segs_in = rec.segs_in;
	row->notsent = rec.notsent;
	row->recv_q = rec.recv_q;
	row->send_q = rec.send_q;
	row->unacked = rec.unacked;
	row->sacked = rec.sacked;
	row->reordering = rec.reordering;
	row->rcv_rtt_us = rec.rcv_rtt_us;
	row->snd_wnd = rec.snd_wnd;
	row->timer_left_us = rec.timer_left_us;
	row->drops = rec.drops;
	out->kind = rec.kind;
	memcpy(out->congestion, rec.congestion, SKW_CA_LEN);
	out->congestion[SKW_CA_LEN] = '\0';
	return 0;
}

void skw_record_comm(char out[SKW_COMM_LEN + 1], const char comm[SKW_COMM_LEN])
{
	size_t len = strnlen(comm, SKW_COMM_LEN);

	/* Whole, as sets of owners are compared by their bytes. */
	memset(out, 0, SKW_COMM_LEN + 1);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)comm[i];

		out[i] = c < ' ' || c == 0x7f ? '?' : comm[i];
	}
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
	skw_record_comm(owner->comm, rec.comm);
	return 0;
}

static bool is_tcp_state(uint8_t state)
{
	return state >= SKW_STATE_ESTABLISHED && state <= NEW_SYN_RECV;
}

/* Of the records that are struct skw_event_rec. */
static bool is_event_sane(const struct skw_event_rec *rec)
{
	if (!is_family(rec->family))
		return false;
	return rec->head.type != SKW_EVENT_STATE ||
	       (is_tcp_state(rec->head.old_state) && is_tcp_state(rec->head.new_state));
}

int skw_record_event(const void *bytes, size_t len, struct skw_event_head *head)
{
	struct skw_event_head h;

	if (len < sizeof(h))
		return -EBADMSG;
	memcpy(&h, bytes, sizeof(h));
	if (h.type >= SKW_EVENT_TYPES || len != event_sizes[h.type] || h.direction > SKW_CONN_OUT)
		return -EBADMSG;
	if (h.type == SKW_EVENT_CLOSE && !is_tcp_state(h.old_state))
		return -EBADMSG;
	if (len == sizeof(struct skw_event_rec)) {
		struct skw_event_rec rec;

		memcpy(&rec, bytes, sizeof(rec));
		if (!is_event_sane(&rec))
			return -EBADMSG;
	}
	*head = h;
	return 0;
}

/* States in which a socket that closes without an error had sent or got a FIN already. */
#define AFTER_FIN                                                                                  \
	(STATE_BIT(SKW_STATE_FIN_WAIT2) | STATE_BIT(SKW_STATE_TIME_WAIT) |                         \
	 STATE_BIT(SKW_STATE_LAST_ACK) | STATE_BIT(SKW_STATE_CLOSING))

enum skw_close_reason skw_record_close_reason(uint8_t old_state, uint32_t sk_err)
{
	/*
	 * tcp_reset() tells a refused connect, a reset after the peer's FIN (EPIPE) and all
	 * others; tcp_abort() ends a socket from outside; the rest of the errors comes from
	 * tcp_write_err(), which prefers what ICMP said to ETIMEDOUT.
	 */
	static const struct {
		uint32_t err;
		enum skw_close_reason reason;
	} by_error[] = {
		{ ECONNREFUSED, SKW_CLOSE_REFUSED },     { ECONNRESET, SKW_CLOSE_RESET_BY_PEER },
		{ EPIPE, SKW_CLOSE_RESET_BY_PEER },      { ETIMEDOUT, SKW_CLOSE_TIMEOUT },
		{ ECONNABORTED, SKW_CLOSE_RESET_BY_US },
	};

	if (old_state >= SKW_STATE_UNCONN && old_state != NEW_SYN_RECV)
		return SKW_CLOSE_UNKNOWN;
	/* A listener has no other end that could have closed it. */
	if (old_state == SKW_STATE_LISTEN)
		return SKW_CLOSE_UNKNOWN;
	for (size_t i = 0; i < sizeof(by_error) / sizeof(by_error[0]); i++) {
		if (by_error[i].err == sk_err)
			return by_error[i].reason;
	}
	/* ICMP ends a connect at once (tcp_v4_err()); later it only tells why it timed out. */
	if (sk_err)
		return old_state == SKW_STATE_SYN_SENT ? SKW_CLOSE_REFUSED : SKW_CLOSE_TIMEOUT;
	/* Before FIN_WAIT2 only a close with unread data, SO_LINGER or a given up connect does it.
	 */
	return AFTER_FIN & STATE_BIT(old_state) ? SKW_CLOSE_FIN : SKW_CLOSE_RESET_BY_US;
}
