// SPDX-License-Identifier: BSD-2-Clause
#include "flow/conversations.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "flow/fragments.h"
#include "flow/keyed_hash.h"
#include "util/mapped.h"

#define FIRST_BUCKETS 256
#define EXTRA_BYTES   64

struct list {
	struct node *first, *last;
};

struct node {
	struct skw_conversation conversation;
	uint64_t hash;
	/*
	 * The neighbours in a bucket. A conversation that was followed by another one between the
	 * same ends is in no bucket.
	 */
	struct node *same_prev, *same_next;
	bool found; /* it is in a bucket */
	/* The list that has it, by the time of the last packet, or of the end if it has closed. */
	struct list *in;
	struct node *prev, *next;
};

struct skw_conversations {
	struct skw_conversations_options opt;
	size_t bytes;          /* of all conversations */
	struct node **buckets; /* owned */
	size_t buckets_len;    /* a power of 2 */
	size_t len;
	struct list open, over;
	struct skw_conversations_rest rest;
	struct skw_fragments fragments;
};

/* ---- lists and buckets ---- */

static void list_remove(struct node *n)
{
	struct list *l = n->in;

	*(n->prev ? &n->prev->next : &l->first) = n->next;
	*(n->next ? &n->next->prev : &l->last) = n->prev;
	n->in = NULL;
}

static void list_add(struct list *l, struct node *n)
{
	n->in = l;
	n->prev = l->last;
	n->next = NULL;
	*(l->last ? &l->last->next : &l->first) = n;
	l->last = n;
}

static struct node **bucket_of(struct skw_conversations *c, uint64_t hash)
{
	return &c->buckets[hash & (c->buckets_len - 1)];
}

static void bucket_add(struct skw_conversations *c, struct node *n)
{
	struct node **bucket = bucket_of(c, n->hash);

	n->same_prev = NULL;
	n->same_next = *bucket;
	if (n->same_next)
		n->same_next->same_prev = n;
	*bucket = n;
	n->found = true;
}

static void bucket_remove(struct skw_conversations *c, struct node *n)
{
	if (!n->found)
		return;
	*(n->same_prev ? &n->same_prev->same_next : bucket_of(c, n->hash)) = n->same_next;
	if (n->same_next)
		n->same_next->same_prev = n->same_prev;
	n->found = false;
}

static int grow(struct skw_conversations *c)
{
	size_t len = c->buckets_len;
	struct node **was = c->buckets, **buckets = calloc(2 * len, sizeof(struct node *));

	if (!buckets)
		return -ENOMEM;
	c->buckets = buckets;
	c->buckets_len = 2 * len;
	for (size_t i = 0; i < len; i++)
		for (struct node *n = was[i], *next; n; n = next) {
			next = n->same_next;
			bucket_add(c, n);
		}
	free(was);
	return 0;
}

/* ---- tuples ---- */

static int compare_ends(const struct skw_tuple *t)
{
	int order = memcmp(t->local_addr, t->remote_addr, sizeof(t->local_addr));

	return order ? order : (int)t->local_port - (int)t->remote_port;
}

/* Both directions have the same one. */
static struct skw_tuple either_way(const struct skw_tuple *t)
{
	struct skw_tuple out = *t;

	if (compare_ends(t) <= 0)
		return out;
	memcpy(out.local_addr, t->remote_addr, sizeof(out.local_addr));
	memcpy(out.remote_addr, t->local_addr, sizeof(out.remote_addr));
	out.local_port = t->remote_port;
	out.remote_port = t->local_port;
	return out;
}

static struct node *find(struct skw_conversations *c, const struct skw_tuple *key, uint64_t hash)
{
	struct node *n = *bucket_of(c, hash);

	for (; n; n = n->same_next) {
		const struct skw_tuple other = either_way(&n->conversation.tuple);

		if (n->hash == hash && memcmp(&other, key, sizeof(other)) == 0)
			break;
	}
	return n;
}

/* ---- */

static size_t bytes_of(const struct node *n)
{
	/* The memory allocator has its own part, too, and a place in the buckets belongs to it. */
	return sizeof(*n) + skw_conversation_memory(&n->conversation) + EXTRA_BYTES;
}

static void node_free(struct skw_conversations *c, struct node *n)
{
	c->bytes -= bytes_of(n);
	bucket_remove(c, n);
	list_remove(n);
	skw_conversation_free(&n->conversation);
	free(n);
	c->len--;
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
		 const struct skw_flow *flow, uint64_t hash, struct node **out)
{
	int ret = c->len >= c->buckets_len ? grow(c) : 0;

	if (ret)
		return ret;

	struct node *n = calloc(1, sizeof(*n));

	if (!n)
		return -ENOMEM;
	ret = skw_conversation_begin(&n->conversation, pkt, flow);
	if (ret) {
		free(n);
		return ret;
	}
	n->hash = hash;
	bucket_add(c, n);
	list_add(&c->open, n);
	c->bytes += bytes_of(n);
	c->len++;
	*out = n;
	return 0;
}

/* Makes room by others than this one. */
static void keep_limit(struct skw_conversations *c, const struct node *n)
{
	while (c->bytes > c->opt.max_bytes && c->len > 1) {
		struct node *oldest = c->over.first ? c->over.first : c->open.first;

		if (oldest == n)
			oldest = n->next ? n->next : c->open.first;
		fold(c, oldest);
	}
}

static void move(struct node *n, struct list *to)
{
	if (n->in == to && to->last == n)
		return;
	list_remove(n);
	list_add(to, n);
}

static int take(struct skw_conversations *c, const struct skw_packet *pkt,
		const struct skw_flow *flow)
{
	const struct skw_tuple key = either_way(&flow->tuple);
	uint64_t hash = skw_keyed_hash(c->opt.key, &key, sizeof(key));
	struct node *n = find(c, &key, hash);

	if (n && skw_conversation_is_over(&n->conversation, flow)) {
		bucket_remove(c, n);
		move(n, &c->over);
		n = NULL;
	}

	int ret = n ? 0 : begin(c, pkt, flow, hash, &n);

	if (ret)
		return ret;
	c->bytes -= bytes_of(n);
	ret = skw_conversation_take(&n->conversation, pkt, flow);
	c->bytes += bytes_of(n);
	if (ret)
		return ret;
	if (n->in == &c->open)
		move(n, skw_conversation_is_closed(&n->conversation) ? &c->over : &c->open);
	keep_limit(c, n);
	return 0;
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

/* A socket of IPv6 with IPv4-mapped addresses has packets of IPv4. */
static struct skw_tuple of_packets(const struct skw_tuple *t)
{
	struct skw_tuple out = { .local_port = t->local_port,
				 .remote_port = t->remote_port,
				 .family = AF_INET,
				 .proto = t->proto };

	if (t->family != AF_INET6 || !skw_mapped_is(t->local_addr) ||
	    !skw_mapped_is(t->remote_addr))
		return *t;
	memcpy(out.local_addr, t->local_addr + SKW_MAPPED_AT, 4);
	memcpy(out.remote_addr, t->remote_addr + SKW_MAPPED_AT, 4);
	return out;
}

int skw_conversations_tell(struct skw_conversations *c, const struct skw_row *row)
{
	const struct skw_tuple tuple = of_packets(&row->tuple);
	const struct skw_tuple key = either_way(&tuple);
	struct node *n = find(c, &key, skw_keyed_hash(c->opt.key, &key, sizeof(key)));

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

int skw_conversations_new(const struct skw_conversations_options *opt,
			  struct skw_conversations **out)
{
	struct skw_conversations *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	c->opt = *opt;
	c->buckets_len = FIRST_BUCKETS;
	c->buckets = calloc(FIRST_BUCKETS, sizeof(*c->buckets));
	if (!c->buckets) {
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
		node_free(c, c->open.first);
	while (c->over.first)
		node_free(c, c->over.first);
	free(c->buckets);
	free(c);
}

size_t skw_conversations_len(const struct skw_conversations *c)
{
	return c->len;
}

void skw_conversations_list(const struct skw_conversations *c, const struct skw_conversation **out)
{
	for (const struct node *n = c->over.first; n; n = n->next)
		*out++ = &n->conversation;
	for (const struct node *n = c->open.first; n; n = n->next)
		*out++ = &n->conversation;
}

const struct skw_conversations_rest *skw_conversations_rest(const struct skw_conversations *c)
{
	return &c->rest;
}
