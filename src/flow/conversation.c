// SPDX-License-Identifier: BSD-2-Clause
#include "flow/conversation.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "flow/pair_table.h"

/* An interface that has brought nothing for this time is not the one of this direction any more. */
#define MOVED_NS 1000000000

#define SRC      0
#define DST      1

static bool is_same(const struct skw_tuple *a, const struct skw_tuple *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool is_opening(const struct skw_flow *f)
{
	return (f->known & SKW_FLOW_TCP) && (f->tcp.flags & (TH_SYN | TH_ACK)) == TH_SYN;
}

bool skw_conversation_is_over(const struct skw_conversation *c, const struct skw_flow *flow)
{
	const struct skw_stream *s;

	if (!c->streams || !is_opening(flow))
		return false;
	s = &c->streams[is_same(&c->tuple, &flow->tuple) ? SRC : DST];
	/* The same SYN once more is sent again, but what began without one was another connection.
	 */
	return s->seen && (!c->syn || s->first != flow->tcp.seq);
}

int skw_conversation_begin(struct skw_conversation *c, const struct skw_packet *pkt,
			   const struct skw_flow *flow)
{
	const uint8_t answer = TH_SYN | TH_ACK;

	*c = (struct skw_conversation){ .tuple = flow->tuple,
					.first_ns = pkt->ts_ns,
					.last_ns = pkt->ts_ns,
					.handshake_ns = SKW_CONVERSATION_UNKNOWN,
					.last_handshake_ns = 0,
					.first_syn_ns = SKW_CONVERSATION_UNKNOWN,
					.last_syn_ns = SKW_CONVERSATION_UNKNOWN };
	if ((flow->known & SKW_FLOW_TCP) && (flow->tcp.flags & answer) == answer)
		skw_pair_turn(&c->tuple);
	if (flow->tuple.proto != IPPROTO_TCP)
		return 0;
	c->streams = calloc(2, sizeof(*c->streams));
	return c->streams ? 0 : -ENOMEM;
}

void skw_conversation_free(struct skw_conversation *c)
{
	if (c->streams) {
		skw_stream_free(&c->streams[SRC]);
		skw_stream_free(&c->streams[DST]);
	}
	free(c->streams);
	free(c->sockets);
	c->streams = NULL;
	c->sockets = NULL;
}

size_t skw_conversation_memory(const struct skw_conversation *c)
{
	size_t sockets = c->sockets ? 2 * sizeof(*c->sockets) : 0;

	if (!c->streams)
		return sockets;
	return sockets + 2 * sizeof(*c->streams) + skw_stream_memory(&c->streams[SRC]) +
	       skw_stream_memory(&c->streams[DST]);
}

static uint64_t since(uint64_t then, uint64_t now)
{
	if (then == SKW_CONVERSATION_UNKNOWN || now == SKW_PACKET_TIME_UNKNOWN || now < then)
		return SKW_CONVERSATION_UNKNOWN;
	return now - then;
}

/* Times of a file may be out of order. */
static void note_time(struct skw_conversation *c, uint64_t ns)
{
	if (ns == SKW_PACKET_TIME_UNKNOWN)
		return;
	if (c->first_ns == SKW_CONVERSATION_UNKNOWN || ns < c->first_ns)
		c->first_ns = ns;
	if (c->last_ns == SKW_CONVERSATION_UNKNOWN || ns > c->last_ns)
		c->last_ns = ns;
}

/*
 * A packet that passes several interfaces of a machine is captured on each of them. Only those of
 * the interface that came first count. Data that is new shows that the way has changed.
 */
static bool is_copy(struct skw_conversation *c, unsigned side, const struct skw_packet *pkt,
		    const struct skw_flow *flow)
{
	struct skw_conversation_side *s = &c->sides[side];
	uint32_t iface = skw_flow_iface(pkt);
	bool other = s->packets && s->iface != iface;

	if (other && c->streams && (flow->known & SKW_FLOW_TCP))
		other = !skw_segment_before(c->streams[side].next,
					    flow->tcp.seq + flow->payload_len);
	if (other && since(s->last_ns, pkt->ts_ns) < MOVED_NS)
		return true;
	s->iface = iface;
	s->last_ns = pkt->ts_ns;
	return false;
}

/* The SYN, the SYN-ACK and the first acknowledgment behind them. */
static void note_handshake(struct skw_conversation *c, unsigned side, const struct skw_segment *s)
{
	if ((s->flags & (TH_SYN | TH_ACK)) == TH_SYN && side == SRC) {
		c->syn = true;
		c->last_syn_ns = s->ts_ns;
		if (c->first_syn_ns == SKW_CONVERSATION_UNKNOWN)
			c->first_syn_ns = s->ts_ns;
	}
	if ((s->flags & (TH_SYN | TH_ACK)) == (TH_SYN | TH_ACK) && side == DST)
		c->syn = true;
	/* The SYN-ACK is missing where only one direction is captured. */
	if (side != SRC || (s->flags & (TH_SYN | TH_ACK | TH_RST)) != TH_ACK || !c->syn ||
	    c->established)
		return;
	c->established = true;
	c->handshake_ns = since(c->first_syn_ns, s->ts_ns);
	c->last_handshake_ns = since(c->last_syn_ns, s->ts_ns);
	if (c->last_handshake_ns == SKW_CONVERSATION_UNKNOWN)
		c->last_handshake_ns = 0;
}

static uint8_t end_by_reset(const struct skw_conversation *c, unsigned side)
{
	if (side == SRC)
		return SKW_CONVERSATION_RESET_BY_SRC;
	return c->syn && !c->streams[DST].seen ? SKW_CONVERSATION_REFUSED
					       : SKW_CONVERSATION_RESET_BY_DST;
}

static void note_end(struct skw_conversation *c, unsigned side, uint8_t flags)
{
	if (flags & TH_RST)
		c->sides[side].resets++;
	else if (flags & TH_FIN)
		c->sides[side].fin = true;
	/* A reset behind both FINs changes nothing. */
	if (skw_conversation_is_closed(c))
		return;
	if (flags & TH_RST)
		c->end = end_by_reset(c, side);
	else if (c->sides[SRC].fin && c->sides[DST].fin)
		c->end = SKW_CONVERSATION_FIN;
	else if (c->sides[SRC].fin || c->sides[DST].fin)
		c->end = SKW_CONVERSATION_HALF_CLOSED;
}

static int take_segment(struct skw_conversation *c, unsigned side, const struct skw_packet *pkt,
			const struct skw_flow *flow)
{
	struct skw_segment s;

	skw_segment_read(pkt, flow, &s);
	c->sides[side].read = true;
	note_handshake(c, side, &s);
	note_end(c, side, s.flags);

	int ret =
		skw_stream_take(&c->streams[side], &c->streams[1 - side], &s, c->last_handshake_ns);

	return ret < 0 ? ret : 0;
}

static int need_sockets(struct skw_conversation *c)
{
	if (c->sockets)
		return 0;
	c->sockets = calloc(2, sizeof(*c->sockets));
	if (!c->sockets)
		return -ENOMEM;
	skw_end_socket_init(&c->sockets[SRC]);
	skw_end_socket_init(&c->sockets[DST]);
	return 0;
}

int skw_conversation_tell(struct skw_conversation *c, const struct skw_tuple *tuple,
			  const struct skw_row *row)
{
	int ret = need_sockets(c);

	if (!ret)
		skw_end_socket_tell(&c->sockets[is_same(&c->tuple, tuple) ? SRC : DST], row);
	return ret;
}

static int note_owners(struct skw_conversation *c, unsigned side, const struct skw_packet *pkt)
{
	int ret = pkt->sender || pkt->receiver ? need_sockets(c) : 0;

	if (!ret && pkt->sender)
		skw_end_socket_own(&c->sockets[side], pkt->sender);
	if (!ret && pkt->receiver)
		skw_end_socket_own(&c->sockets[1 - side], pkt->receiver);
	return ret;
}

int skw_conversation_take(struct skw_conversation *c, const struct skw_packet *pkt,
			  const struct skw_flow *flow)
{
	unsigned side = is_same(&c->tuple, &flow->tuple) ? SRC : DST;
	int ret = note_owners(c, side, pkt);

	if (ret)
		return ret;
	if (is_copy(c, side, pkt, flow)) {
		c->copies++;
		return 0;
	}
	c->sides[side].packets++;
	c->sides[side].bytes += pkt->len;
	note_time(c, pkt->ts_ns);
	if (flow->fragment != SKW_FLOW_WHOLE) {
		c->fragments++;
		return 0;
	}
	if (!c->streams)
		return 0;
	if (flow->known & SKW_FLOW_TCP)
		return take_segment(c, side, pkt, flow);
	c->cut++;
	return 0;
}

bool skw_conversation_is_closed(const struct skw_conversation *c)
{
	return c->end != SKW_CONVERSATION_OPEN && c->end != SKW_CONVERSATION_HALF_CLOSED;
}
