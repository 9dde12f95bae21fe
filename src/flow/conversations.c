// SPDX-License-Identifier: BSD-2-Clause
#include "flow/conversations.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "flow/fragments.h"
#include "flow/keyed_hash.h"
#include "flow/pair_table.h"
#include "util/cleanup.h"

#define EXTRA_BYTES 64

struct node {
	/* Its list is by the time of the last packet, or of the end if it has closed. */
	struct skw_pair pair;
	struct skw_conversation conversation;
};

struct skw_conversations {
	struct skw_conversations_options opt;
	size_t bytes; /* of all conversations */
	struct skw_pair_table table;
	struct skw_pair_list open, over;
	struct skw_conversations_rest rest;
	struct skw_fragments fragments;
};

static struct node *node_of(struct skw_pair *p)
{
	return p ? (struct node *)((char *)p - offsetof(struct node, pair)) : NULL;
}

static size_t bytes_of(const struct node *n)
{
	/* The memory allocator has its own part, too, and a place in the buckets belongs to it. */
	return sizeof(*n) + skw_conversation_memory(&n->conversation) + EXTRA_BYTES;
}

static void node_free(struct skw_conversations *c, struct node *n)
{
	const struct skw_conversations_watcher *w = c->opt.watcher;

	if (w)
		w->leaves(w->ctx, &n->conversation);
	c->bytes -= bytes_of(n);
	skw_pair_table_remove(&c->table, &n->pair);
	skw_conversation_free(&n->conversation);
	free(n);
}

/* Counts a conversation that is not kept any more. */
static void fold(struct skw_conversations *c, struct node *n)
{
	const struct skw_conversation *v = &n->conversation;

	c->rest.conversations++;
	for (unsigned side = 0; side < 2; side++) {
		c->rest.packets += v->sides[side].packets;
		c->rest.bytes += v->sides[side].bytes;
		c->rest.resets += v->sides[side].resets;
		if (v->streams)
			c->rest.sent_again += v->streams[side].sent_again;
	}
	node_free(c, n);
}

static int begin(struct skw_conversations *c, const struct skw_packet *pkt,
		 const struct skw_flow *flow, const struct skw_pair_id *id, struct node **out)
{
	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	int ret = skw_conversation_begin(&n->conversation, pkt, flow);

	if (!ret)
		ret = skw_pair_table_add(&c->table, &n->pair, id, &c->open);
	if (ret) {
		skw_conversation_free(&n->conversation);
		free(n);
		return ret;
	}
	c->bytes += bytes_of(n);
	*out = n;
	return 0;
}

/* Makes room by others than this one. */
static void keep_limit(struct skw_conversations *c, const struct node *n)
{
	while (c->bytes > c->opt.max_bytes && c->table.len > 1) {
		struct skw_pair *oldest = c->over.first ? c->over.first : c->open.first;

		if (oldest == &n->pair)
			oldest = oldest->next ? oldest->next : c->open.first;
		fold(c, node_of(oldest));
	}
}

static int take(struct skw_conversations *c, const struct skw_packet *pkt,
		const struct skw_flow *flow)
{
	const struct skw_pair_id id = skw_pair_table_id(&c->table, &flow->tuple);
	struct node *n = node_of(skw_pair_table_find(&c->table, &id));

	if (n && skw_conversation_is_over(&n->conversation, flow)) {
		skw_pair_table_hide(&c->table, &n->pair);
		skw_pair_list_move(&n->pair, &c->over);
		n = NULL;
	}

	int ret = n ? 0 : begin(c, pkt, flow, &id, &n);

	if (ret)
		return ret;
	c->bytes -= bytes_of(n);
	ret = skw_conversation_take(&n->conversation, pkt, flow);
	c->bytes += bytes_of(n);
	if (ret)
		return ret;
	if (n->pair.in == &c->open)
		skw_pair_list_move(&n->pair, skw_conversation_is_closed(&n->conversation)
						     ? &c->over
						     : &c->open);
	if (c->opt.watcher)
		ret = c->opt.watcher->took(c->opt.watcher->ctx, &n->conversation, pkt, flow);
	keep_limit(c, n);
	return ret;
}

static uint64_t datagram_hash(const struct skw_conversations *c, const struct skw_flow *flow)
{
	struct skw_tuple key = flow->tuple;

	/* The ports are not in every fragment, so the number takes their place. */
	key.local_port = (uint16_t)(flow->fragment_id >> 16);
	key.remote_port = (uint16_t)flow->fragment_id;
	return skw_keyed_hash(c->opt.key, &key, sizeof(key));
}

int skw_conversations_take(struct skw_conversations *c, const struct skw_packet *pkt)
{
	struct skw_flow flow;
	int ret = skw_flow_of(pkt, &flow);

	if (ret && ret != -ENOENT) {
		c->rest.unreadable++;
		return 0;
	}
	if (ret || (flow.tuple.proto != IPPROTO_TCP && flow.tuple.proto != IPPROTO_UDP)) {
		c->rest.others++;
		return 0;
	}
	if (flow.fragment == SKW_FLOW_FIRST) {
		skw_fragments_note(&c->fragments, &flow, datagram_hash(c, &flow));
	} else if (flow.fragment == SKW_FLOW_LATER &&
		   !skw_fragments_find(&c->fragments, &flow, datagram_hash(c, &flow))) {
		c->rest.fragments++;
		return 0;
	}
	return take(c, pkt, &flow);
}

int skw_conversations_tell(struct skw_conversations *c, const struct skw_row *row)
{
	const struct skw_tuple tuple = skw_flow_of_socket(&row->tuple);
	const struct skw_pair_id id = skw_pair_table_id(&c->table, &tuple);
	struct node *n = node_of(skw_pair_table_find(&c->table, &id));

	/* Sockets that are bound only have packets of several conversations. */
	if (!n || !tuple.remote_port)
		return 0;
	c->bytes -= bytes_of(n);
	int ret = skw_conversation_tell(&n->conversation, &tuple, row);
	c->bytes += bytes_of(n);
	if (!ret)
		keep_limit(c, n);
	return ret;
}

struct skw_conversation *skw_conversations_find(struct skw_conversations *c,
						const struct skw_tuple *tuple)
{
	const struct skw_pair_id id = skw_pair_table_id(&c->table, tuple);
	struct node *n = node_of(skw_pair_table_find(&c->table, &id));

	return n ? &n->conversation : NULL;
}

int skw_conversations_new(const struct skw_conversations_options *opt,
			  struct skw_conversations **out)
{
	struct skw_conversations *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->opt = *opt;
	if (skw_pair_table_init(&c->table, opt->key)) {
		free(c);
		return -ENOMEM;
	}
	*out = c;
	return 0;
}

void skw_conversations_free(struct skw_conversations *c)
{
	if (!c)
		return;
	while (c->open.first)
		node_free(c, node_of(c->open.first));
	while (c->over.first)
		node_free(c, node_of(c->over.first));
	skw_pair_table_free(&c->table);
	free(c);
}

size_t skw_conversations_len(const struct skw_conversations *c)
{
	return c->table.len;
}

void skw_conversations_list(const struct skw_conversations *c, const struct skw_conversation **out)
{
	const struct skw_pair_list *lists[] = { &c->over, &c->open };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(lists); i++)
		for (struct skw_pair *p = lists[i]->first; p; p = p->next)
			*out++ = &node_of(p)->conversation;
}

const struct skw_conversations_rest *skw_conversations_rest(const struct skw_conversations *c)
{
	return &c->rest;
}
