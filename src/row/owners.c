// SPDX-License-Identifier: BSD-2-Clause
#include "row/owners.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"

#define FIRST_BUCKETS 64

struct skw_owner_node {
	struct skw_owner_node *next;
	uint32_t hash;
	struct skw_owners set;
};

static struct skw_owner_node *node_of(const struct skw_owners *set)
{
	return (struct skw_owner_node *)((char *)set - offsetof(struct skw_owner_node, set));
}

/* Pids are enough to tell sets apart: the same pids with other names are rare. */
static uint32_t hash_list(const struct skw_owner *list, uint32_t len)
{
	uint64_t h = len;

	for (uint32_t i = 0; i < len; i++)
		h = skw_hash_word(h, list[i].pid);
	return (uint32_t)(h >> 32);
}

static bool is_same(const struct skw_owner_node *node, uint32_t hash, const struct skw_owner *list,
		    uint32_t len)
{
	if (node->hash != hash || node->set.len != len)
		return false;
	for (uint32_t i = 0; i < len; i++) {
		if (node->set.list[i].pid != list[i].pid ||
		    strcmp(node->set.list[i].comm, list[i].comm) != 0)
			return false;
	}
	return true;
}

void skw_owner_sets_free(struct skw_owner_sets *s)
{
	for (size_t i = 0; i < s->buckets_len; i++) {
		struct skw_owner_node *node = s->buckets[i];

		while (node) {
			struct skw_owner_node *next = node->next;

			free(node);
			node = next;
		}
	}
	free(s->buckets);
	*s = (struct skw_owner_sets){ 0 };
}

static int grow(struct skw_owner_sets *s)
{
	size_t len = s->buckets_len ? s->buckets_len * 2 : FIRST_BUCKETS;
	struct skw_owner_node **buckets = calloc(len, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	for (size_t i = 0; i < s->buckets_len; i++) {
		struct skw_owner_node *node = s->buckets[i];

		while (node) {
			struct skw_owner_node *next = node->next;
			struct skw_owner_node **bucket = &buckets[node->hash & (len - 1)];

			node->next = *bucket;
			*bucket = node;
			node = next;
		}
	}
	free(s->buckets);
	s->buckets = buckets;
	s->buckets_len = len;
	return 0;
}

const struct skw_owners *skw_owner_sets_get(struct skw_owner_sets *s, const struct skw_owner *list,
					    uint32_t len)
{
	uint32_t hash = hash_list(list, len);

	if (s->buckets_len) {
		struct skw_owner_node *node = s->buckets[hash & (s->buckets_len - 1)];

		for (; node; node = node->next) {
			if (is_same(node, hash, list, len)) {
				node->set.refs++;
				return &node->set;
			}
		}
	}
	if (s->len >= s->buckets_len && grow(s))
		return NULL;

	struct skw_owner_node *node = malloc(sizeof(*node) + len * sizeof(*list));

	if (!node)
		return NULL;
	struct skw_owner_node **bucket = &s->buckets[hash & (s->buckets_len - 1)];

	node->hash = hash;
	node->set.refs = 1;
	node->set.len = len;
	memcpy(node->set.list, list, len * sizeof(*list));
	node->next = *bucket;
	*bucket = node;
	s->len++;
	return &node->set;
}

const struct skw_owners *skw_owner_sets_ref(const struct skw_owners *set)
{
	if (set)
		node_of(set)->set.refs++;
	return set;
}

void skw_owner_sets_put(struct skw_owner_sets *s, const struct skw_owners *set)
{
	if (!set)
		return;
	struct skw_owner_node *node = node_of(set);

	if (--node->set.refs)
		return;
	struct skw_owner_node **link = &s->buckets[node->hash & (s->buckets_len - 1)];

	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	free(node);
	s->len--;
}
