// SPDX-License-Identifier: BSD-2-Clause
#include "flow/pair_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/keyed_hash.h"

#define FIRST_BUCKETS 256

/* ---- lists and buckets ---- */

static void list_remove(struct skw_pair *p)
{
	struct skw_pair_list *l = p->in;

	*(p->prev ? &p->prev->next : &l->first) = p->next;
	*(p->next ? &p->next->prev : &l->last) = p->prev;
	p->in = NULL;
}

static void list_add(struct skw_pair_list *l, struct skw_pair *p)
{
	p->in = l;
	p->prev = l->last;
	p->next = NULL;
	*(l->last ? &l->last->next : &l->first) = p;
	l->last = p;
}

void skw_pair_list_move(struct skw_pair *p, struct skw_pair_list *to)
{
	if (p->in == to && to->last == p)
		return;
	list_remove(p);
	list_add(to, p);
}

static struct skw_pair **bucket_of(const struct skw_pair_table *t, uint64_t hash)
{
	return &t->buckets[hash & (t->buckets_len - 1)];
}

static void bucket_add(struct skw_pair_table *t, struct skw_pair *p)
{
	struct skw_pair **bucket = bucket_of(t, p->id.hash);

	p->same_prev = NULL;
	p->same_next = *bucket;
	if (p->same_next)
		p->same_next->same_prev = p;
	*bucket = p;
	p->found = true;
}

void skw_pair_table_hide(struct skw_pair_table *t, struct skw_pair *p)
{
	if (!p->found)
		return;
	*(p->same_prev ? &p->same_prev->same_next : bucket_of(t, p->id.hash)) = p->same_next;
	if (p->same_next)
		p->same_next->same_prev = p->same_prev;
	p->found = false;
}

static int grow(struct skw_pair_table *t)
{
	size_t len = t->buckets_len;
	struct skw_pair **was = t->buckets, **buckets = calloc(2 * len, sizeof(struct skw_pair *));

	if (!buckets)
		return -ENOMEM;
	t->buckets = buckets;
	t->buckets_len = 2 * len;
	for (size_t i = 0; i < len; i++)
		for (struct skw_pair *p = was[i], *next; p; p = next) {
			next = p->same_next;
			bucket_add(t, p);
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

void skw_pair_turn(struct skw_tuple *t)
{
	const struct skw_tuple was = *t;

	memcpy(t->local_addr, was.remote_addr, sizeof(t->local_addr));
	memcpy(t->remote_addr, was.local_addr, sizeof(t->remote_addr));
	t->local_port = was.remote_port;
	t->remote_port = was.local_port;
}

struct skw_pair_id skw_pair_table_id(const struct skw_pair_table *t, const struct skw_tuple *tuple)
{
	struct skw_pair_id id = { .either_way = *tuple };

	if (compare_ends(tuple) > 0)
		skw_pair_turn(&id.either_way);
	id.hash = skw_keyed_hash(t->key, &id.either_way, sizeof(id.either_way));
	return id;
}

struct skw_pair *skw_pair_table_find(const struct skw_pair_table *t, const struct skw_pair_id *id)
{
	struct skw_pair *p = *bucket_of(t, id->hash);

	while (p && (p->id.hash != id->hash ||
		     memcmp(&p->id.either_way, &id->either_way, sizeof(id->either_way)) != 0))
		p = p->same_next;
	return p;
}

/* ---- */

int skw_pair_table_add(struct skw_pair_table *t, struct skw_pair *p, const struct skw_pair_id *id,
		       struct skw_pair_list *list)
{
	int ret = t->len >= t->buckets_len ? grow(t) : 0;

	if (ret)
		return ret;
	p->id = *id;
	bucket_add(t, p);
	list_add(list, p);
	t->len++;
	return 0;
}

void skw_pair_table_remove(struct skw_pair_table *t, struct skw_pair *p)
{
	skw_pair_table_hide(t, p);
	list_remove(p);
	t->len--;
}

int skw_pair_table_init(struct skw_pair_table *t, const uint64_t key[2])
{
	*t = (struct skw_pair_table){ .key = { key[0], key[1] }, .buckets_len = FIRST_BUCKETS };
	t->buckets = calloc(FIRST_BUCKETS, sizeof(struct skw_pair *));
	return t->buckets ? 0 : -ENOMEM;
}

void skw_pair_table_free(struct skw_pair_table *t)
{
	free(t->buckets);
	t->buckets = NULL;
}
