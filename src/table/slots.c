// SPDX-License-Identifier: BSD-2-Clause
#include "table/slots.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"

#define FIRST_BUCKETS 256U

/* Sockets of UDP may share a port. TCP rows without a cookie are held by no process. */
static uint32_t inode_key(const struct skw_row *row)
{
	return row->tuple.proto == IPPROTO_UDP ? row->inode : 0;
}

static uint32_t bucket_of(const struct skw_slots *s, const struct skw_row *row)
{
	uint64_t h = skw_hash_word(0, row->cookie);

	if (row->cookie == SKW_NONE64) {
		h = skw_hash_word(inode_key(row), row->netns);
		h = skw_hash_bytes(h, &row->tuple, sizeof(row->tuple));
	}
	return (uint32_t)(h >> 32) & (s->buckets_len - 1);
}

bool skw_slots_same(const struct skw_row *a, const struct skw_row *b)
{
	if (a->cookie != b->cookie)
		return false;
	if (a->cookie != SKW_NONE64)
		return true;
	return a->netns == b->netns && inode_key(a) == inode_key(b) &&
	       !memcmp(&a->tuple, &b->tuple, sizeof(a->tuple));
}

int skw_slots_init(struct skw_slots *s)
{
	uint32_t *buckets = calloc(FIRST_BUCKETS, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	*s = (struct skw_slots){ .buckets = buckets, .buckets_len = FIRST_BUCKETS };
	return 0;
}

int skw_slots_copy(struct skw_slots *s, const struct skw_slots *from)
{
	*s = (struct skw_slots){ .buckets_len = from->buckets_len,
				 .len = from->len,
				 .end = from->end,
				 .free = from->free };
	s->buckets = malloc(from->buckets_len * sizeof(*s->buckets));
	if (!s->buckets)
		return -ENOMEM;
	memcpy(s->buckets, from->buckets, from->buckets_len * sizeof(*s->buckets));
	/* The array has a spare element, as calloc() of nothing may return NULL. */
	s->slabs = calloc(from->slabs_len + 1, sizeof(*s->slabs));
	if (!s->slabs)
		return -ENOMEM;
	s->slabs_size = from->slabs_len + 1;
	while (s->slabs_len < from->slabs_len) {
		struct skw_entry *slab = malloc(SKW_SLAB_SIZE * sizeof(*slab));

		if (!slab)
			return -ENOMEM;
		memcpy(slab, from->slabs[s->slabs_len], SKW_SLAB_SIZE * sizeof(*slab));
		s->slabs[s->slabs_len++] = slab;
	}
	return 0;
}

void skw_slots_free(struct skw_slots *s)
{
	for (size_t i = 0; i < s->slabs_len; i++)
		free(s->slabs[i]);
	free(s->slabs);
	free(s->buckets);
	*s = (struct skw_slots){ 0 };
}

struct skw_entry *skw_slots_find(const struct skw_slots *s, const struct skw_row *like)
{
	uint32_t at = s->buckets[bucket_of(s, like)];

	while (at) {
		struct skw_entry *e = skw_slots_at(s, at - 1);

		if (skw_slots_same(&e->row, like))
			return e;
		at = e->next;
	}
	return NULL;
}

struct skw_entry *skw_slots_find_cookie(const struct skw_slots *s, uint64_t cookie)
{
	const struct skw_row like = { .cookie = cookie };

	return cookie == SKW_NONE64 ? NULL : skw_slots_find(s, &like);
}

/* A chain is two entries long on average, or less, as the memory of a row has a budget. */
static int grow_buckets(struct skw_slots *s)
{
	uint32_t len = s->buckets_len * 2;
	uint32_t *buckets = calloc(len, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	free(s->buckets);
	s->buckets = buckets;
	s->buckets_len = len;
	for (uint32_t slot = 0; slot < s->end; slot++) {
		struct skw_entry *e = skw_slots_at(s, slot);

		if (!e->used)
			continue;
		uint32_t *bucket = &buckets[bucket_of(s, &e->row)];

		e->next = *bucket;
		*bucket = slot + 1;
	}
	return 0;
}

static int add_slab(struct skw_slots *s)
{
	if (s->slabs_len == s->slabs_size) {
		size_t size = s->slabs_size ? s->slabs_size * 2 : 16;
		struct skw_entry **slabs = reallocarray(s->slabs, size, sizeof(*slabs));

		if (!slabs)
			return -ENOMEM;
		s->slabs = slabs;
		s->slabs_size = size;
	}
	struct skw_entry *slab = calloc(SKW_SLAB_SIZE, sizeof(*slab));

	if (!slab)
		return -ENOMEM;
	s->slabs[s->slabs_len++] = slab;
	return 0;
}

struct skw_entry *skw_slots_add(struct skw_slots *s, const struct skw_row *row)
{
	uint32_t slot;

	if (s->len / 2 >= s->buckets_len && grow_buckets(s))
		return NULL;
	if (!s->free && s->end == s->slabs_len * SKW_SLAB_SIZE && add_slab(s))
		return NULL;

	if (s->free) {
		slot = s->free - 1;
		s->free = skw_slots_at(s, slot)->next;
	} else {
		slot = s->end++;
	}
	struct skw_entry *e = skw_slots_at(s, slot);

	*e = (struct skw_entry){ .row = *row, .slot = slot, .used = true };

	uint32_t *bucket = &s->buckets[bucket_of(s, &e->row)];

	e->next = *bucket;
	*bucket = slot + 1;
	s->len++;
	return e;
}

void skw_slots_remove(struct skw_slots *s, struct skw_entry *e)
{
	uint32_t *link = &s->buckets[bucket_of(s, &e->row)];

	while (*link != e->slot + 1)
		link = &skw_slots_at(s, *link - 1)->next;
	*link = e->next;
	e->used = false;
	e->next = s->free;
	s->free = e->slot + 1;
	s->len--;
}
