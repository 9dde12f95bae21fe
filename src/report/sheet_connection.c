// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first span of a connection's traffic. */
#define TRAFFIC_NS 1000000
/* So that a byte before the first one is not below 0. */
#define BASE (1ULL << 32)

int skw_sheet_connection_new(uint32_t points, struct skw_sheet_connection **out)
{
	struct skw_sheet_connection *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->traffic = (struct skw_sheet_bins){ .max = SKW_SHEET_TRAFFIC,
					      .counters = 1,
					      .width_ns = TRAFFIC_NS };
	c->points = points;
	c->numbers[0].wscale = c->numbers[1].wscale = -1;
	c->srtt_us = c->rto_count = c->retrans_segs = SKW_SHEET_UNKNOWN;
	c->detail = calloc(1, sizeof(*c->detail));
	if (!c->detail) {
		free(c);
		return -ENOMEM;
	}
	*out = c;
	return 0;
}

void skw_sheet_connection_drop_detail(struct skw_sheet_connection *c)
{
	struct skw_sheet_detail *d = c->detail;

	c->no_detail = true;
	if (!d)
		return;
	for (unsigned i = 0; i < 2 * SKW_SHEET_SIDE_SERIES; i++)
		skw_sheet_series_free(&d->sides[i % 2][i / 2]);
	free(d->events);
	free(d->messages);
	free(d);
	c->detail = NULL;
}

void skw_sheet_connection_free(struct skw_sheet_connection *c)
{
	skw_sheet_connection_drop_detail(c);
	skw_sheet_bins_free(&c->traffic);
	free(c->cgroup);
	free(c);
}

int skw_sheet_connection_thin(struct skw_sheet_connection *c, uint32_t points)
{
	int ret = 0;

	c->points = points;
	for (unsigned i = 0; !ret && c->detail && i < 2 * SKW_SHEET_SIDE_SERIES; i++)
		ret = skw_sheet_series_shrink(&c->detail->sides[i % 2][i / 2], points);
	return ret;
}

size_t skw_sheet_connection_memory(const struct skw_sheet_connection *c)
{
	const struct skw_sheet_detail *d = c->detail;
	size_t bytes = 0;

	if (!d)
		return 0;
	for (unsigned i = 0; i < 2 * SKW_SHEET_SIDE_SERIES; i++)
		bytes += skw_sheet_series_memory(&d->sides[i % 2][i / 2]);
	if (d->events)
		bytes += SKW_SHEET_EVENTS * sizeof(*d->events);
	if (d->messages)
		bytes += SKW_SHEET_MESSAGES * sizeof(*d->messages);
	return bytes + sizeof(*d);
}

/* ---- packets ---- */

static int add(const struct skw_sheet_connection *c, struct skw_sheet_series *s, uint64_t ts_ns,
	       uint64_t lo, uint64_t hi)
{
	const struct skw_sheet_point p = { ts_ns, ts_ns, lo, hi };

	return skw_sheet_series_add(s, c->points, &p);
}

/* The place of a sequence number: that near the ones before. */
static uint64_t place_of(struct skw_sheet_numbers *n, uint32_t seq)
{
	if (!n->known) {
		n->known = true;
		n->first = seq;
		n->next = BASE;
	}
	return n->next + (uint64_t)(int64_t)(int32_t)(seq - (n->first + (uint32_t)n->next));
}

/* Bytes since the first one. */
static uint64_t bytes_to(uint64_t place)
{
	return place > BASE ? place - BASE : 0;
}

static int add_event(struct skw_sheet_connection *c, const struct skw_packet *pkt, unsigned side,
		     enum skw_sheet_event_kind kind)
{
	const struct skw_sheet_event e = { .ts_ns = pkt->ts_ns,
					   .kind = (uint8_t)kind,
					   .side = (uint8_t)side };

	return skw_sheet_connection_event(c, &e);
}

static int note_flags(struct skw_sheet_connection *c, const struct skw_packet *pkt,
		      const struct skw_segment *s, const struct skw_sheet_seen *seen)
{
	bool closed = !s->window && !(s->flags & (TH_RST | TH_SYN));
	int ret = 0;

	if ((s->flags & TH_SYN) && (s->flags & TH_ACK))
		ret = add_event(c, pkt, seen->side, SKW_SHEET_EVENT_SYNACK);
	else if (s->flags & TH_SYN)
		ret = add_event(c, pkt, seen->side,
				seen->again ? SKW_SHEET_EVENT_SYN_AGAIN : SKW_SHEET_EVENT_SYN);
	if (!ret && (s->flags & TH_FIN))
		ret = add_event(c, pkt, seen->side, SKW_SHEET_EVENT_FIN);
	if (!ret && (s->flags & TH_RST))
		ret = add_event(c, pkt, seen->side, SKW_SHEET_EVENT_RST);
	if (!ret && closed && !c->zero_window[seen->side])
		ret = add_event(c, pkt, seen->side, SKW_SHEET_EVENT_ZERO_WINDOW);
	c->zero_window[seen->side] = closed;
	return ret;
}

/* The bytes of this side, and those that it has sent again. */
static int note_data(struct skw_sheet_connection *c, const struct skw_segment *s,
		     const struct skw_sheet_seen *seen)
{
	struct skw_sheet_numbers *n = &c->numbers[seen->side];
	uint64_t from = place_of(n, s->seq), to = from + (s->end - s->seq);

	if (to > n->next)
		n->next = to;
	if (s->end == s->seq || !c->detail)
		return 0;
	return add(c, &c->detail->sides[seen->side][seen->again ? SKW_SHEET_AGAIN : SKW_SHEET_SENT],
		   s->ts_ns, bytes_to(from), bytes_to(to));
}

/* A segment acknowledges bytes of the other side, and tells a window. */
static int note_answer(struct skw_sheet_connection *c, const struct skw_segment *s, unsigned side)
{
	struct skw_sheet_numbers *n = &c->numbers[1 - side];
	const struct skw_sheet_numbers *own = &c->numbers[side];
	struct skw_sheet_series *to = c->detail ? c->detail->sides[1 - side] : NULL;
	/* A window is only scaled if both have agreed to it, and never in a SYN. */
	unsigned shift = !(s->flags & TH_SYN) && n->wscale >= 0 && own->wscale >= 0
				 ? (unsigned)own->wscale
				 : 0;
	int ret = 0;

	if (!(s->flags & TH_ACK) || (s->flags & TH_RST))
		return 0;
	uint64_t ack = place_of(n, s->ack);

	if (ack > n->next)
		n->next = ack;
	if (!to)
		return 0;
	ret = add(c, &to[SKW_SHEET_ACKED], s->ts_ns, bytes_to(ack),
		  bytes_to(ack) + ((uint64_t)s->window << shift));
	for (uint8_t i = 0; !ret && i < s->sacks; i++)
		if (skw_segment_before(s->sack[i].from, s->sack[i].to))
			ret = add(c, &to[SKW_SHEET_SACKED], s->ts_ns,
				  bytes_to(place_of(n, s->sack[i].from)),
				  bytes_to(place_of(n, s->sack[i].to)));
	return ret;
}

static int take_segment(struct skw_sheet_connection *c, const struct skw_packet *pkt,
			const struct skw_flow *flow, struct skw_sheet_seen *seen)
{
	const struct skw_stream *streams = c->conversation->streams;
	const struct skw_wire_rtt *rtt = &streams[1 - seen->side].rtt;
	struct skw_segment s;

	skw_segment_read(pkt, flow, &s);
	seen->again = streams[0].sent_again + streams[1].sent_again != c->sent_again_seen;
	seen->data = s.len > 0;
	seen->reset = s.flags & TH_RST;
	seen->refused = seen->reset && c->conversation->end == SKW_CONVERSATION_REFUSED;
	seen->rtt = rtt->count != c->rtts_seen[1 - seen->side];
	seen->rtt_us = rtt->last_ns / 1000;
	seen->far = !streams[seen->side].rtt.count || rtt->min_ns >= streams[seen->side].rtt.min_ns;
	c->sent_again_seen = streams[0].sent_again + streams[1].sent_again;
	c->rtts_seen[1 - seen->side] = rtt->count;
	c->data_segs += seen->data;
	if (s.flags & TH_SYN)
		c->numbers[seen->side].wscale = s.wscale;
	if (pkt->ts_ns == SKW_PACKET_TIME_UNKNOWN)
		return 0;
	int ret = note_data(c, &s, seen);

	if (!ret)
		ret = note_answer(c, &s, seen->side);
	if (!ret && seen->rtt && c->detail)
		ret = add(c, &c->detail->sides[1 - seen->side][SKW_SHEET_RTT_WIRE], pkt->ts_ns,
			  seen->rtt_us, seen->rtt_us);
	return ret ? ret : note_flags(c, pkt, &s, seen);
}

int skw_sheet_connection_packet(struct skw_sheet_connection *c, const struct skw_packet *pkt,
				const struct skw_flow *flow, struct skw_sheet_seen *seen)
{
	const struct skw_conversation *v = c->conversation;
	int ret = 0;

	*seen = (struct skw_sheet_seen){ .copy = v->copies != c->copies_seen };
	c->copies_seen = v->copies;
	if (seen->copy)
		return 0;
	seen->side = memcmp(&v->tuple, &flow->tuple, sizeof(v->tuple)) != 0;
	if (pkt->ts_ns != SKW_PACKET_TIME_UNKNOWN) {
		uint64_t *bytes = skw_sheet_bins_at(&c->traffic, pkt->ts_ns);

		if (!bytes)
			return -ENOMEM;
		*bytes += pkt->len;
	}
	if (v->streams && (flow->known & SKW_FLOW_TCP) && flow->fragment == SKW_FLOW_WHOLE)
		ret = take_segment(c, pkt, flow, seen);
	return ret;
}

/* ---- the kernel ---- */

static uint64_t known(uint32_t v)
{
	return v == SKW_NONE32 ? SKW_SHEET_UNKNOWN : v;
}

static int keep_cgroup(struct skw_sheet_connection *c, const char *path)
{
	if (!path || c->cgroup)
		return 0;
	c->cgroup = strndup(path, SKW_SHEET_CGROUP_LEN);
	return c->cgroup ? 0 : -ENOMEM;
}

int skw_sheet_connection_row(struct skw_sheet_connection *c, const struct skw_tuple *tuple,
			     const struct skw_row *row)
{
	unsigned side = memcmp(&c->conversation->tuple, tuple, sizeof(*tuple)) != 0;
	struct skw_sheet_series *series = c->detail ? c->detail->sides[side] : NULL;
	int ret;

	c->told = true;
	/* An end of the connection may see only that the other one has gone. */
	if (row->close_reason && (!c->reason || c->reason == SKW_CLOSE_FIN))
		c->reason = row->close_reason;
	ret = keep_cgroup(c, row->cgroup);
	if (ret || !series || row->ts_ns == SKW_NONE64)
		return ret;
	if (row->srtt_us != SKW_NONE32 && row->srtt_us)
		ret = add(c, &series[SKW_SHEET_RTT_KERNEL], row->ts_ns, row->srtt_us, row->srtt_us);
	if (!ret && row->cwnd != SKW_NONE32 && row->cwnd)
		ret = add(c, &series[SKW_SHEET_CWND], row->ts_ns, row->cwnd, row->cwnd);
	return ret;
}

/* Timeouts, closes and changes of state are kept before others. */
static bool is_dear(const struct skw_sheet_event *e)
{
	return e->kind == SKW_SHEET_EVENT_RST ||
	       (e->kind == SKW_SHEET_EVENT_KERNEL && e->type != SKW_EVENT_RETRANS &&
		e->type != SKW_EVENT_RTT);
}

int skw_sheet_connection_event(struct skw_sheet_connection *c, const struct skw_sheet_event *e)
{
	struct skw_sheet_detail *d = c->detail;
	uint32_t i;

	if (!d)
		return 0;
	if (!d->events)
		d->events = calloc(SKW_SHEET_EVENTS, sizeof(*d->events));
	if (!d->events)
		return -ENOMEM;
	if (d->events_len < SKW_SHEET_EVENTS) {
		d->events[d->events_len++] = *e;
		return 0;
	}
	d->events_left++;
	if (!is_dear(e))
		return 0;
	for (i = d->events_len; i > 0 && is_dear(&d->events[i - 1]); i--)
		;
	if (!i)
		return 0;
	memmove(&d->events[i - 1], &d->events[i], (d->events_len - i) * sizeof(*d->events));
	d->events[d->events_len - 1] = *e;
	return 0;
}

/* ---- messages ---- */

static uint64_t weight_of(bool error, uint8_t outcome, uint64_t latency_ns)
{
	if (error || outcome == SKW_MESSAGE_UNANSWERED)
		return UINT64_MAX;
	return latency_ns == SKW_MESSAGE_UNKNOWN ? 0 : latency_ns;
}

/* The place for a message: a new one, or that of the least one. NULL: it is the least itself. */
static struct skw_sheet_message *place_for(struct skw_sheet_detail *d, uint64_t weight)
{
	struct skw_sheet_message *least = d->messages;
	uint64_t lowest;

	if (d->messages_len < SKW_SHEET_MESSAGES)
		return &d->messages[d->messages_len++];
	for (uint32_t i = 1; i < d->messages_len; i++) {
		const struct skw_sheet_message *m = &d->messages[i];

		if (weight_of(m->error, m->outcome, m->latency_ns) <
		    weight_of(least->error, least->outcome, least->latency_ns))
			least = &d->messages[i];
	}
	lowest = weight_of(least->error, least->outcome, least->latency_ns);
	return lowest < weight ? least : NULL;
}

int skw_sheet_connection_message(struct skw_sheet_connection *c, const struct skw_message *m)
{
	struct skw_sheet_detail *d = c->detail;
	struct skw_sheet_message *to;

	c->messages++;
	c->message_errors += m->error || m->outcome == SKW_MESSAGE_UNANSWERED;
	if (m->latency_ns != SKW_MESSAGE_UNKNOWN && m->latency_ns > c->slowest_ns)
		c->slowest_ns = m->latency_ns;
	if (!d)
		return 0;
	if (!d->messages)
		d->messages = calloc(SKW_SHEET_MESSAGES, sizeof(*d->messages));
	if (!d->messages)
		return -ENOMEM;
	to = place_for(d, weight_of(m->error, m->outcome, m->latency_ns));
	if (!to)
		return 0;
	*to = (struct skw_sheet_message){
		.ts_ns =
			m->outcome == SKW_MESSAGE_ORPHAN ? m->answer_first_ns : m->request_first_ns,
		.latency_ns = m->latency_ns,
		.request_bytes = m->request_bytes,
		.answer_bytes = m->answer_bytes,
		.protocol = m->protocol,
		.error = m->error,
		.from_1 = memcmp(&c->conversation->tuple, &m->tuple, sizeof(m->tuple)) != 0,
		.outcome = m->outcome
	};
	snprintf(to->kind, sizeof(to->kind), "%s", m->kind);
	snprintf(to->status, sizeof(to->status), "%s", m->status);
	return 0;
}

static int by_weight(const void *a, const void *b)
{
	const struct skw_sheet_message *x = a, *y = b;
	uint64_t wx = weight_of(x->error, x->outcome, x->latency_ns);
	uint64_t wy = weight_of(y->error, y->outcome, y->latency_ns);

	if (wx != wy)
		return wx > wy ? -1 : 1;
	return x->ts_ns < y->ts_ns ? -1 : x->ts_ns > y->ts_ns;
}

/* ---- figures ---- */

static void settle_rtt(struct skw_sheet_connection *c)
{
	c->rtt_p50_us = c->rtt_p99_us = SKW_SHEET_UNKNOWN;
	for (unsigned i = 0; c->tcp && i < 2; i++) {
		const struct skw_wire_rtt *rtt = &c->conversation->streams[i].rtt;
		uint64_t p50_us = skw_wire_rtt_quantile(rtt, 500) / 1000;

		/* The side that is near to the capture has next to no round trip. */
		if (!rtt->count || (c->rtt_p50_us != SKW_SHEET_UNKNOWN && p50_us < c->rtt_p50_us))
			continue;
		c->rtt_p50_us = p50_us;
		c->rtt_p99_us = skw_wire_rtt_quantile(rtt, 990) / 1000;
	}
}

/* Both sides together, as far as they are known. */
static uint64_t sum_of(uint32_t a, uint32_t b)
{
	uint64_t x = known(a), y = known(b);

	return x == SKW_SHEET_UNKNOWN ? y : y == SKW_SHEET_UNKNOWN ? x : x + y;
}

/*
 * Owners, the kernel's round trip of the side that sends more, if that side was told, and counters
 * of both sides: either may wait for what the other does not get.
 */
static void settle_sockets(struct skw_sheet_connection *c)
{
	const struct skw_end_socket *sockets = c->conversation->sockets;
	unsigned side = c->bytes[1] > c->bytes[0];

	if (!sockets)
		return;
	for (unsigned i = 0; i < 2; i++) {
		c->pids[i] = sockets[i].pid == SKW_NONE32 ? 0 : sockets[i].pid;
		snprintf(c->comms[i], sizeof(c->comms[i]), "%s", sockets[i].comm);
	}
	if (!sockets[side].cookie)
		side = 1 - side;
	c->srtt_us = known(sockets[side].srtt_us);
	c->rto_count = sum_of(sockets[0].rto_count, sockets[1].rto_count);
	c->retrans_segs = sum_of(sockets[0].retrans_segs, sockets[1].retrans_segs);
}

/* Weights of what goes wrong: a timeout stops a connection for longer than a retransmission does.
 */
static uint64_t trouble_of(const struct skw_sheet_connection *c)
{
	uint64_t t = 4 * c->sent_again + c->out_of_order + 8 * c->message_errors;

	if (c->rto_count != SKW_SHEET_UNKNOWN)
		t += 40 * c->rto_count;
	if (c->reason == SKW_CLOSE_TIMEOUT)
		t += 100;
	else if (c->end == SKW_CONVERSATION_REFUSED || c->reason == SKW_CLOSE_REFUSED)
		t += 60;
	else if (c->resets || c->reason == SKW_CLOSE_RESET_BY_PEER ||
		 c->reason == SKW_CLOSE_RESET_BY_US)
		t += 30;
	if (c->rtt_p99_us != SKW_SHEET_UNKNOWN)
		t += c->rtt_p99_us / 50000;
	return t + c->slowest_ns / 200000000;
}

void skw_sheet_connection_settle(struct skw_sheet_connection *c)
{
	const struct skw_conversation *v = c->conversation;

	if (!v)
		return;
	c->tuple = v->tuple;
	c->tcp = v->streams != NULL;
	c->first_ns = v->first_ns;
	c->last_ns = v->last_ns;
	c->handshake_ns = v->handshake_ns;
	c->sent_again = c->out_of_order = c->resets = 0;
	for (unsigned i = 0; i < 2; i++) {
		c->packets[i] = v->sides[i].packets;
		c->bytes[i] = v->sides[i].bytes;
		c->resets += v->sides[i].resets;
		c->sent_again += c->tcp ? v->streams[i].sent_again : 0;
		c->out_of_order += c->tcp ? v->streams[i].out_of_order : 0;
	}
	c->end = v->end;
	c->syn = v->syn;
	settle_rtt(c);
	settle_sockets(c);
	c->trouble = trouble_of(c);
	if (c->detail && c->detail->messages)
		qsort(c->detail->messages, c->detail->messages_len, sizeof(*c->detail->messages),
		      by_weight);
}

static int compare(uint64_t a, uint64_t b)
{
	return a > b ? -1 : a < b;
}

int skw_sheet_connection_order(const void *a, const void *b)
{
	const struct skw_sheet_connection *x = *(struct skw_sheet_connection *const *)a;
	const struct skw_sheet_connection *y = *(struct skw_sheet_connection *const *)b;
	int ret = compare(x->trouble, y->trouble);

	if (!ret)
		ret = compare(x->bytes[0] + x->bytes[1], y->bytes[0] + y->bytes[1]);
	if (!ret)
		ret = compare(y->first_ns, x->first_ns);
	return ret ? ret : memcmp(&x->tuple, &y->tuple, sizeof(x->tuple));
}
