// SPDX-License-Identifier: BSD-2-Clause
#include "flow/payload/payloads.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "flow/flow.h"
#include "flow/pair_table.h"
#include "flow/payload/datagrams.h"
#include "flow/segment.h"

#define EXTRA_BYTES 64
/* Closed connections are kept so that packets that are late begin no new ones. */
#define OVER_MAX 4096
/* An interface that has brought nothing for this time is not the one of this direction any more. */
#define MOVED_NS 1000000000

struct side {
	struct skw_reassembly r;
	uint64_t last_ns; /* of UDP, as the next one: the interface whose packets count */
	uint32_t iface;
	uint32_t syn; /* its number, if syn_seen */
	bool syn_seen, acks, told;
};

struct node {
	struct skw_pair pair;
	struct skw_payload_connection connection;
	uint64_t last_ns;
	size_t counted; /* its part of the sum */
	struct side sides[2];
	bool over; /* the consumer was told the end */
};

struct skw_payloads {
	struct skw_payloads_options opt;
	struct skw_pair_table table;
	struct skw_pair_list tcp, udp, over;
	size_t over_len;
	size_t bytes;
	uint64_t now_ns; /* the latest time of all packets */
	struct skw_datagrams *datagrams;
	struct skw_payloads_figures figures;
};

/* What is needed while pieces are handed on. */
struct handing {
	struct skw_payloads *p;
	struct node *n;
	const struct skw_packet *pkt;
	unsigned direction;
};

static struct node *node_of(struct skw_pair *p)
{
	return p ? (struct node *)((char *)p - offsetof(struct node, pair)) : NULL;
}

static size_t bytes_of(const struct node *n)
{
	return sizeof(*n) + EXTRA_BYTES + n->sides[0].r.bytes + n->sides[1].r.bytes +
	       n->connection.consumer_bytes;
}

static void count(struct skw_payloads *p, struct node *n)
{
	size_t now = bytes_of(n);

	p->bytes += now - n->counted;
	n->counted = now;
}

/* ---- handing on ---- */

static int hand(void *ctx, const struct skw_payload_piece *piece)
{
	const struct handing *h = ctx;

	return h->p->opt.ops->piece(h->p->opt.ctx, &h->n->connection, h->direction, piece, h->pkt);
}

static struct skw_reassembly_env env_of(struct skw_payloads *p, struct handing *h)
{
	return (struct skw_reassembly_env){ .limits = &p->opt.limits,
					    .figures = &p->figures.streams,
					    .take = hand,
					    .ctx = h,
					    .now_ns = h->pkt ? h->pkt->ts_ns
							     : SKW_PACKET_TIME_UNKNOWN };
}

static int flush(struct skw_payloads *p, struct node *n, unsigned direction,
		 const struct skw_packet *pkt)
{
	struct handing h = { p, n, pkt, direction };
	const struct skw_reassembly_env env = env_of(p, &h);

	return skw_reassembly_flush(&n->sides[direction].r, &env);
}

static int tell_fin(struct skw_payloads *p, struct node *n, unsigned direction)
{
	struct side *s = &n->sides[direction];

	if (s->told || !skw_reassembly_is_done(&s->r))
		return 0;
	s->told = true;
	return p->opt.ops->fin(p->opt.ctx, &n->connection, direction);
}

/* ---- ends ---- */

static void node_free(struct skw_payloads *p, struct node *n)
{
	if (n->pair.in == &p->over)
		p->over_len--;
	p->bytes -= n->counted;
	skw_pair_table_remove(&p->table, &n->pair);
	skw_reassembly_free(&n->sides[0].r);
	skw_reassembly_free(&n->sides[1].r);
	free(n);
}

/* Tells the end of a connection, which stays in the table for now. */
static int finish(struct skw_payloads *p, struct node *n, enum skw_payload_end why,
		  const struct skw_packet *pkt)
{
	int ret = 0, end;

	if (n->over)
		return 0;
	for (unsigned i = 0; !ret && i < 2; i++)
		ret = flush(p, n, i, pkt);
	n->over = true;
	end = p->opt.ops->end(p->opt.ctx, &n->connection, why);
	n->connection.consumer = NULL;
	n->connection.consumer_bytes = 0;
	count(p, n);
	skw_pair_list_move(&n->pair, &p->over);
	p->over_len++;
	return ret ? ret : end;
}

static int drop(struct skw_payloads *p, struct node *n, enum skw_payload_end why)
{
	int ret = finish(p, n, why, NULL);

	node_free(p, n);
	return ret;
}

/* The one that was silent for the longest time, but not this one; NULL: there is no other. */
static struct node *oldest_but(struct skw_payloads *p, const struct node *but)
{
	struct node *tcp = node_of(p->tcp.first), *udp = node_of(p->udp.first);

	if (tcp && tcp == but)
		tcp = node_of(tcp->pair.next);
	if (udp && udp == but)
		udp = node_of(udp->pair.next);
	if (!tcp || !udp)
		return tcp ? tcp : udp;
	return tcp->last_ns < udp->last_ns ? tcp : udp;
}

static int keep_limit(struct skw_payloads *p, const struct node *n)
{
	int ret = 0;

	while (p->over.first && (p->over_len > OVER_MAX || p->bytes > p->opt.max_bytes) &&
	       node_of(p->over.first) != n)
		node_free(p, node_of(p->over.first));
	while (!ret && p->bytes > p->opt.max_bytes) {
		struct node *oldest = oldest_but(p, n);

		if (!oldest)
			break;
		p->figures.forgotten++;
		ret = drop(p, oldest, SKW_PAYLOAD_FORGOTTEN);
	}
	return ret;
}

static int end_idle(struct skw_payloads *p)
{
	int ret = 0;

	while (!ret && p->udp.first) {
		struct node *n = node_of(p->udp.first);

		if (p->now_ns < n->last_ns || p->now_ns - n->last_ns <= p->opt.udp_idle_ns)
			break;
		ret = drop(p, n, SKW_PAYLOAD_IDLE);
	}
	return ret;
}

/* ---- begins ---- */

static bool is_opening(const struct skw_flow *f)
{
	return (f->tcp.flags & (TH_SYN | TH_ACK | TH_RST)) == TH_SYN;
}

static void set_tuple(struct node *n, const struct skw_flow *flow, bool turned)
{
	struct skw_tuple *t = &n->connection.tuple;

	*t = flow->tuple;
	if (!turned)
		return;
	memcpy(t->local_addr, flow->tuple.remote_addr, sizeof(t->local_addr));
	memcpy(t->remote_addr, flow->tuple.local_addr, sizeof(t->remote_addr));
	t->local_port = flow->tuple.remote_port;
	t->remote_port = flow->tuple.local_port;
}

static int begin(struct skw_payloads *p, const struct skw_flow *flow, const struct skw_pair_id *id,
		 struct node **out)
{
	bool tcp = flow->tuple.proto == IPPROTO_TCP;
	const uint8_t answer = TH_SYN | TH_ACK;
	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	set_tuple(n, flow, tcp && (flow->tcp.flags & answer) == answer);
	if (skw_pair_table_add(&p->table, &n->pair, id, tcp ? &p->tcp : &p->udp)) {
		free(n);
		return -ENOMEM;
	}
	count(p, n);
	p->figures.connections++;
	*out = n;
	return 0;
}

/* Whether a SYN begins another connection than the one that is known. */
static bool is_another(const struct node *n, unsigned direction, const struct skw_flow *flow)
{
	const struct side *s = &n->sides[direction];

	if (flow->tuple.proto != IPPROTO_TCP || !is_opening(flow))
		return false;
	/* The same SYN once more is sent again, but what began without one was another. */
	return n->over || (s->syn_seen ? s->syn != flow->tcp.seq : s->r.started);
}

static unsigned direction_of(const struct node *n, const struct skw_flow *flow)
{
	const struct skw_tuple *t = &n->connection.tuple;

	return t->local_port != flow->tuple.local_port ||
	       memcmp(t->local_addr, flow->tuple.local_addr, sizeof(t->local_addr)) != 0;
}

/* ---- TCP ---- */

/* A reset that is none of this connection may have been sent by anybody. */
static bool is_reset(const struct node *n, unsigned direction, const struct skw_flow *flow)
{
	const struct skw_reassembly *from = &n->sides[direction].r, *to = &n->sides[!direction].r;

	if (!(flow->tcp.flags & TH_RST))
		return false;
	if (from->started && skw_reassembly_is_near(from, flow->tcp.seq))
		return true;
	return (flow->tcp.flags & TH_ACK) && to->started &&
	       skw_reassembly_is_near(to, flow->tcp.ack);
}

static void note_syn(struct node *n, unsigned direction, const struct skw_flow *flow)
{
	struct side *s = &n->sides[direction];

	if (!(flow->tcp.flags & TH_SYN) || s->syn_seen || s->r.started)
		return;
	s->syn_seen = true;
	s->syn = flow->tcp.seq;
	skw_reassembly_start(&s->r, s->syn + 1);
	if (!(flow->tcp.flags & TH_ACK))
		n->connection.opened = true;
}

static int take_acked(struct skw_payloads *p, struct node *n, unsigned direction,
		      const struct skw_flow *flow, const struct skw_packet *pkt)
{
	struct side *other = &n->sides[!direction];
	struct handing h = { p, n, pkt, !direction };
	const struct skw_reassembly_env env = env_of(p, &h);

	if (!(flow->tcp.flags & TH_ACK))
		return 0;

	int ret = skw_reassembly_acked(&other->r, flow->tcp.ack, &env);

	return ret ? ret : tell_fin(p, n, !direction);
}

static int take_segment(struct skw_payloads *p, struct node *n, unsigned direction,
			const struct skw_flow *flow, const struct skw_packet *pkt)
{
	struct side *s = &n->sides[direction];
	struct handing h = { p, n, pkt, direction };
	const struct skw_reassembly_env env = env_of(p, &h);
	const struct skw_reassembly_segment segment = {
		.data = pkt->data + flow->payload_at,
		.seq = flow->tcp.seq + !!(flow->tcp.flags & TH_SYN),
		.caplen = flow->payload_caplen,
		.len = flow->payload_len,
		.fin = flow->tcp.flags & TH_FIN,
	};
	int ret = skw_reassembly_take(&s->r, &segment, &env);

	return ret ? ret : tell_fin(p, n, direction);
}

static int take_tcp(struct skw_payloads *p, struct node *n, const struct skw_flow *flow,
		    const struct skw_packet *pkt)
{
	unsigned direction = direction_of(n, flow);
	int ret;

	if (n->over) {
		p->figures.late += !!flow->payload_len;
		return 0;
	}
	if (flow->tcp.flags & TH_RST)
		return is_reset(n, direction, flow) ? finish(p, n, SKW_PAYLOAD_RESET, pkt) : 0;
	note_syn(n, direction, flow);
	/* The acknowledgment is of older bytes than those that the segment brings. */
	ret = take_acked(p, n, direction, flow, pkt);
	if (!ret)
		ret = take_segment(p, n, direction, flow, pkt);
	if (!ret && n->sides[0].told && n->sides[1].told)
		ret = finish(p, n, SKW_PAYLOAD_CLOSED, pkt);
	return ret;
}

/* ---- UDP ---- */

/* A datagram that passes several interfaces of a machine is captured on each of them. */
static bool is_copy(struct side *s, const struct skw_packet *pkt)
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

static int take_udp(struct skw_payloads *p, struct node *n, const struct skw_flow *flow,
		    const struct skw_packet *pkt)
{
	unsigned direction = direction_of(n, flow);
	struct handing h = { p, n, pkt, direction };
	struct skw_payload_piece piece = { pkt->data + flow->payload_at, flow->payload_caplen,
					   pkt->ts_ns, pkt->ts_ns };

	if (is_copy(&n->sides[direction], pkt)) {
		p->figures.copies++;
		return 0;
	}
	p->figures.datagrams++;

	int ret = hand(&h, &piece);

	if (ret || flow->payload_caplen == flow->payload_len)
		return ret;
	p->figures.cut_datagrams++;
	piece.data = NULL;
	piece.len = flow->payload_len - flow->payload_caplen;
	return hand(&h, &piece);
}

/* ---- packets ---- */

static int find(struct skw_payloads *p, const struct skw_flow *flow, const struct skw_packet *pkt,
		struct node **out)
{
	const struct skw_pair_id id = skw_pair_table_id(&p->table, &flow->tuple);
	struct node *n = node_of(skw_pair_table_find(&p->table, &id));
	int ret = 0;

	if (n && is_another(n, direction_of(n, flow), flow)) {
		ret = finish(p, n, SKW_PAYLOAD_FOLLOWED, pkt);
		node_free(p, n);
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
	struct node *n;
	int ret = find(p, flow, pkt, &n);

	if (ret || !n)
		return ret;
	if (pkt->ts_ns != SKW_PACKET_TIME_UNKNOWN)
		n->last_ns = pkt->ts_ns;
	if (!n->over)
		skw_pair_list_move(&n->pair, n->pair.in);
	ret = (flow->tuple.proto == IPPROTO_TCP ? take_tcp : take_udp)(p, n, flow, pkt);
	count(p, n);
	return ret ? ret : keep_limit(p, n);
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
	return end_idle(p);
}

int skw_payloads_stop(struct skw_payloads *p)
{
	struct node *n;
	int ret = 0;

	while (!ret && (n = oldest_but(p, NULL)))
		ret = drop(p, n, SKW_PAYLOAD_STOPPED);
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
			struct node *n = node_of(lists[i]->first);

			if (!n->over)
				p->opt.ops->end(p->opt.ctx, &n->connection, SKW_PAYLOAD_DROPPED);
			node_free(p, n);
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
