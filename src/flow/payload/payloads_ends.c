// SPDX-License-Identifier: BSD-2-Clause
#include "flow/payload/payloads_state.h"

#include <stdlib.h>

#define EXTRA_BYTES 64
/* Closed connections are kept so that packets that are late begin no new ones. */
#define OVER_MAX 4096

static size_t bytes_of(const struct payload_node *n)
{
	return sizeof(*n) + EXTRA_BYTES + n->sides[0].r.bytes + n->sides[1].r.bytes +
	       n->connection.consumer_bytes;
}

void skw_payloads_recount(struct skw_payloads *p, struct payload_node *n)
{
	size_t now = bytes_of(n);

	p->bytes += now - n->counted;
	n->counted = now;
}

/* ---- handing on ---- */

int skw_payloads_hand(void *ctx, const struct skw_payload_piece *piece)
{
	const struct payload_handing *h = ctx;

	return h->p->opt.ops->piece(h->p->opt.ctx, &h->n->connection, h->direction, piece, h->pkt);
}

struct skw_reassembly_env skw_payloads_env(struct skw_payloads *p, struct payload_handing *h)
{
	return (struct skw_reassembly_env){ .limits = &p->opt.limits,
					    .figures = &p->figures.streams,
					    .take = skw_payloads_hand,
					    .ctx = h,
					    .now_ns = h->pkt ? h->pkt->ts_ns
							     : SKW_PACKET_TIME_UNKNOWN };
}

static int flush(struct skw_payloads *p, struct payload_node *n, unsigned direction,
		 const struct skw_packet *pkt)
{
	struct payload_handing h = { p, n, pkt, direction };
	const struct skw_reassembly_env env = skw_payloads_env(p, &h);

	return skw_reassembly_flush(&n->sides[direction].r, &env);
}

int skw_payloads_tell_fin(struct skw_payloads *p, struct payload_node *n, unsigned direction)
{
	struct payload_side *s = &n->sides[direction];

	if (s->told || !skw_reassembly_is_done(&s->r))
		return 0;
	s->told = true;
	return p->opt.ops->fin(p->opt.ctx, &n->connection, direction);
}

/* ---- ends ---- */

void skw_payloads_node_free(struct skw_payloads *p, struct payload_node *n)
{
	if (n->pair.in == &p->over)
		p->over_len--;
	p->bytes -= n->counted;
	skw_pair_table_remove(&p->table, &n->pair);
	skw_reassembly_free(&n->sides[0].r);
	skw_reassembly_free(&n->sides[1].r);
	free(n);
}

int skw_payloads_finish(struct skw_payloads *p, struct payload_node *n, enum skw_payload_end why,
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
	skw_payloads_recount(p, n);
	skw_pair_list_move(&n->pair, &p->over);
	p->over_len++;
	return ret ? ret : end;
}

int skw_payloads_drop(struct skw_payloads *p, struct payload_node *n, enum skw_payload_end why)
{
	int ret = skw_payloads_finish(p, n, why, NULL);

	skw_payloads_node_free(p, n);
	return ret;
}

struct payload_node *skw_payloads_oldest_but(struct skw_payloads *p, const struct payload_node *but)
{
	struct payload_node *tcp = skw_payloads_node_of(p->tcp.first),
			    *udp = skw_payloads_node_of(p->udp.first);

	if (tcp && tcp == but)
		tcp = skw_payloads_node_of(tcp->pair.next);
	if (udp && udp == but)
		udp = skw_payloads_node_of(udp->pair.next);
	if (!tcp || !udp)
		return tcp ? tcp : udp;
	return tcp->last_ns < udp->last_ns ? tcp : udp;
}

int skw_payloads_keep_limit(struct skw_payloads *p, const struct payload_node *n)
{
	int ret = 0;

	while (p->over.first && (p->over_len > OVER_MAX || p->bytes > p->opt.max_bytes) &&
	       skw_payloads_node_of(p->over.first) != n)
		skw_payloads_node_free(p, skw_payloads_node_of(p->over.first));
	while (!ret && p->bytes > p->opt.max_bytes) {
		struct payload_node *oldest = skw_payloads_oldest_but(p, n);

		if (!oldest)
			break;
		p->figures.forgotten++;
		ret = skw_payloads_drop(p, oldest, SKW_PAYLOAD_FORGOTTEN);
	}
	return ret;
}

int skw_payloads_end_idle(struct skw_payloads *p)
{
	int ret = 0;

	while (!ret && p->udp.first) {
		struct payload_node *n = skw_payloads_node_of(p->udp.first);

		if (p->now_ns < n->last_ns || p->now_ns - n->last_ns <= p->opt.udp_idle_ns)
			break;
		ret = skw_payloads_drop(p, n, SKW_PAYLOAD_IDLE);
	}
	return ret;
}
