// SPDX-License-Identifier: BSD-2-Clause
#include "flow/payload/payloads.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"
#include "flow/payload/datagrams.h"
#include "flow/payload/payloads_state.h"
#include "flow/segment.h"

/* An interface that has brought nothing for this time is not the one of this direction any more. */
#define MOVED_NS 1000000000

/* ---- begins ---- */

static bool is_opening(const struct skw_flow *f)
{
	return (f->tcp.flags & (TH_SYN | TH_ACK | TH_RST)) == TH_SYN;
}

static void set_tuple(struct payload_node *n, const struct skw_flow *flow, bool turned)
{
	n->connection.tuple = flow->tuple;
	if (turned)
		skw_pair_turn(&n->connection.tuple);
}

static int begin(struct skw_payloads *p, const struct skw_flow *flow, const struct skw_pair_id *id,
		 struct payload_node **out)
{
	bool tcp = flow->tuple.proto == IPPROTO_TCP;
	const uint8_t answer = TH_SYN | TH_ACK;
	struct payload_node *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	set_tuple(n, flow, tcp && (flow->tcp.flags & answer) == answer);
	if (skw_pair_table_add(&p->table, &n->pair, id, tcp ? &p->tcp : &p->udp)) {
		free(n);
		return -ENOMEM;
	}
	skw_payloads_recount(p, n);
	p->figures.connections++;
	*out = n;
	return 0;
}

/* Whether a SYN begins another connection than the one that is known. */
static bool is_another(const struct payload_node *n, unsigned direction,
		       const struct skw_flow *flow)
{
	const struct payload_side *s = &n->sides[direction];

	if (flow->tuple.proto != IPPROTO_TCP || !is_opening(flow))
		return false;
	/* The same SYN once more is sent again, but what began without one was another. */
	return n->over || (s->syn_seen ? s->syn != flow->tcp.seq : s->r.started);
}

static unsigned direction_of(const struct payload_node *n, const struct skw_flow *flow)
{
	const struct skw_tuple *t = &n->connection.tuple;

	return t->local_port != flow->tuple.local_port ||
	       memcmp(t->local_addr, flow->tuple.local_addr, sizeof(t->local_addr)) != 0;
}

/* ---- TCP ---- */

/* A reset that is none of this connection may have been sent by anybody. */
static bool is_reset(const struct payload_node *n, unsigned direction, const struct skw_flow *flow)
{
	const struct skw_reassembly *from = &n->sides[direction].r, *to = &n->sides[!direction].r;

	if (!(flow->tcp.flags & TH_RST))
		return false;
	if (from->started && skw_reassembly_is_near(from, flow->tcp.seq))
		return true;
	return (flow->tcp.flags & TH_ACK) && to->started &&
	       skw_reassembly_is_near(to, flow->tcp.ack);
}

static void note_syn(struct payload_node *n, unsigned direction, const struct skw_flow *flow)
{
	struct payload_side *s = &n->sides[direction];

	if (!(flow->tcp.flags & TH_SYN) || s->syn_seen || s->r.started)
		return;
	s->syn_seen = true;
	s->syn = flow->tcp.seq;
	skw_reassembly_start(&s->r, s->syn + 1);
	if (!(flow->tcp.flags & TH_ACK))
		n->connection.opened = true;
}

static int take_acked(struct skw_payloads *p, struct payload_node *n, unsigned direction,
		      const struct skw_flow *flow, const struct skw_packet *pkt)
{
	struct payload_side *other = &n->sides[!direction];
	struct payload_handing h = { p, n, pkt, !direction };
	const struct skw_reassembly_env env = skw_payloads_env(p, &h);

	if (!(flow->tcp.flags & TH_ACK))
		return 0;

	int ret = skw_reassembly_acked(&other->r, flow->tcp.ack, &env);

	return ret ? ret : skw_payloads_tell_fin(p, n, !direction);
}

static int take_segment(struct skw_payloads *p, struct payload_node *n, unsigned direction,
			const struct skw_flow *flow, const struct skw_packet *pkt)
{
	struct payload_side *s = &n->sides[direction];
	struct payload_handing h = { p, n, pkt, direction };
	const struct skw_reassembly_env env = skw_payloads_env(p, &h);
	const struct skw_reassembly_segment segment = {
		.data = pkt->data + flow->payload_at,
		.seq = flow->tcp.seq + !!(flow->tcp.flags & TH_SYN),
		.caplen = flow->payload_caplen,
		.len = flow->payload_len,
		.fin = flow->tcp.flags & TH_FIN,
	};
	int ret = skw_reassembly_take(&s->r, &segment, &env);

	return ret ? ret : skw_payloads_tell_fin(p, n, direction);
}

static int take_tcp(struct skw_payloads *p, struct payload_node *n, const struct skw_flow *flow,
		    const struct skw_packet *pkt)
{
	unsigned direction = direction_of(n, flow);
	int ret;

	if (n->over) {
		p->figures.late += !!flow->payload_len;
		return 0;
	}
	if (flow->tcp.flags & TH_RST)
		return is_reset(n, direction, flow)
			       ? skw_payloads_finish(p, n, SKW_PAYLOAD_RESET, pkt)
			       : 0;
	note_syn(n, direction, flow);
	/* The acknowledgment is of older bytes than those that the segment brings. */
	ret = take_acked(p, n, direction, flow, pkt);
	if (!ret)
		ret = take_segment(p, n, direction, flow, pkt);
	if (!ret && n->sides[0].told && n->sides[1].told)
		ret = skw_payloads_finish(p, n, SKW_PAYLOAD_CLOSED, pkt);
	return ret;
}

/* ---- UDP ---- */

/* A datagram that passes several interfaces of a machine is captured on each of them. */
static bool is_copy(struct payload_side *s, const struct skw_packet *pkt)
{
	uint32_t iface = skw_flow_iface(pkt);
	bool other = s->syn_seen && s->iface != iface;

	if (other && pkt->ts_ns != SKW_PACKET_TIME_UNKNOWN && pkt->ts_ns >= s->last_ns &&
	    pkt->ts_ns - s->last_ns < MOVED_NS)
		return true;
	s->syn_seen = true;
	s->iface = iface;
	s->last_ns = pkt->ts_ns;
	return false;
}

static int take_udp(struct skw_payloads *p, struct payload_node *n, const struct skw_flow *flow,
		    const struct skw_packet *pkt)
{
	unsigned direction = direction_of(n, flow);
	struct payload_handing h = { p, n, pkt, direction };
	struct skw_payload_piece piece = { pkt->data + flow->payload_at, flow->payload_caplen,
					   pkt->ts_ns, pkt->ts_ns };

	if (is_copy(&n->sides[direction], pkt)) {
		p->figures.copies++;
		return 0;
	}
	p->figures.datagrams++;

	int ret = skw_payloads_hand(&h, &piece);

	if (ret || flow->payload_caplen == flow->payload_len)
		return ret;
	p->figures.cut_datagrams++;
	piece.data = NULL;
	piece.len = flow->payload_len - flow->payload_caplen;
	return skw_payloads_hand(&h, &piece);
}

/* ---- packets ---- */

static int find(struct skw_payloads *p, const struct skw_flow *flow, const struct skw_packet *pkt,
		struct payload_node **out)
{
	const struct skw_pair_id id = skw_pair_table_id(&p->table, &flow->tuple);
	struct payload_node *n = skw_payloads_node_of(skw_pair_table_find(&p->table, &id));
	int ret = 0;

	if (n && is_another(n, direction_of(n, flow), flow)) {
		ret = skw_payloads_finish(p, n, SKW_PAYLOAD_FOLLOWED, pkt);
		skw_payloads_node_free(p, n);
		n = NULL;
	}
	/* Without a reset that comes late, or one that refuses, there is nothing to follow. */
	if (!ret && !n && !(flow->tuple.proto == IPPROTO_TCP && (flow->tcp.flags & TH_RST)))
		ret = begin(p, flow, &id, &n);
	*out = n;
	return ret;
}

static int take(struct skw_payloads *p, const struct skw_flow *flow, const struct skw_packet *pkt)
{
	struct payload_node *n;
	int ret = find(p, flow, pkt, &n);

	if (ret || !n)
		return ret;
	if (pkt->ts_ns != SKW_PACKET_TIME_UNKNOWN)
		n->last_ns = pkt->ts_ns;
	if (!n->over)
		skw_pair_list_move(&n->pair, n->pair.in);
	ret = (flow->tuple.proto == IPPROTO_TCP ? take_tcp : take_udp)(p, n, flow, pkt);
	skw_payloads_recount(p, n);
	return ret ? ret : skw_payloads_keep_limit(p, n);
}

static bool is_readable(const struct skw_flow *flow)
{
	bool tcp = flow->tuple.proto == IPPROTO_TCP;

	return (flow->known & SKW_FLOW_PAYLOAD) && (!tcp || (flow->known & SKW_FLOW_TCP));
}

/* 1: *pkt and *flow are whole by now. 0: they must wait for others. */
static int make_whole(struct skw_payloads *p, struct skw_packet *pkt, struct skw_flow *flow)
{
	struct skw_packet whole;
	int ret;

	if (flow->fragment == SKW_FLOW_WHOLE)
		return 1;
	ret = skw_datagrams_take(p->datagrams, pkt, flow, &whole);
	p->figures.fragments = skw_datagrams_lost(p->datagrams);
	if (ret <= 0)
		return ret;
	*pkt = whole;
	return skw_flow_of(pkt, flow) ? 0 : 1;
}

int skw_payloads_take(struct skw_payloads *p, const struct skw_packet *pkt)
{
	struct skw_packet whole = *pkt;
	struct skw_flow flow;
	int ret = skw_flow_of(pkt, &flow);

	if (pkt->ts_ns != SKW_PACKET_TIME_UNKNOWN) {
		int idle = skw_payloads_pass(p, pkt->ts_ns);

		if (idle)
			return idle;
	}
	if (ret && ret != -ENOENT) {
		p->figures.unreadable++;
		return 0;
	}
	if (ret || (flow.tuple.proto != IPPROTO_TCP && flow.tuple.proto != IPPROTO_UDP)) {
		p->figures.others++;
		return 0;
	}
	p->figures.packets++;
	ret = make_whole(p, &whole, &flow);
	if (ret <= 0)
		return ret;
	if (!is_readable(&flow)) {
		p->figures.unreadable++;
		return 0;
	}
	return take(p, &flow, &whole);
}

int skw_payloads_pass(struct skw_payloads *p, uint64_t now_ns)
{
	if (now_ns > p->now_ns)
		p->now_ns = now_ns;
	return skw_payloads_end_idle(p);
}

int skw_payloads_stop(struct skw_payloads *p)
{
	struct payload_node *n;
	int ret = 0;

	while (!ret && (n = skw_payloads_oldest_but(p, NULL)))
		ret = skw_payloads_drop(p, n, SKW_PAYLOAD_STOPPED);
	return ret;
}

/* ---- */

int skw_payloads_new(const struct skw_payloads_options *opt, struct skw_payloads **out)
{
	struct skw_payloads *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->opt = *opt;
	p->datagrams = skw_datagrams_new(opt->key);
	if (!p->datagrams || skw_pair_table_init(&p->table, opt->key)) {
		skw_payloads_free(p);
		return -ENOMEM;
	}
	*out = p;
	return 0;
}

void skw_payloads_free(struct skw_payloads *p)
{
	struct skw_pair_list *lists[3];

	if (!p)
		return;
	lists[0] = &p->tcp;
	lists[1] = &p->udp;
	lists[2] = &p->over;
	for (unsigned i = 0; i < 3; i++)
		while (lists[i]->first) {
			struct payload_node *n = skw_payloads_node_of(lists[i]->first);

			if (!n->over)
				p->opt.ops->end(p->opt.ctx, &n->connection, SKW_PAYLOAD_DROPPED);
			skw_payloads_node_free(p, n);
		}
	skw_pair_table_free(&p->table);
	skw_datagrams_free(p->datagrams);
	free(p);
}

const struct skw_payloads_figures *skw_payloads_figures(const struct skw_payloads *p)
{
	return &p->figures;
}

size_t skw_payloads_memory(const struct skw_payloads *p)
{
	return p->bytes;
}

size_t skw_payloads_len(const struct skw_payloads *p)
{
	return p->table.len - p->over_len;
}
