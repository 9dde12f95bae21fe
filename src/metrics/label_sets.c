// SPDX-License-Identifier: BSD-2-Clause
#include "metrics/label_sets.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"

#define FIRST_SIZE 32

static uint32_t *bucket_of(const struct skw_label_sets *s, const struct skw_set_key *key)
{
	return &s->buckets[skw_hash_bytes(0, key, sizeof(*key)) >> 32 & (s->buckets_len - 1)];
}

/* Gives a free place to a set. */
static int fill(struct skw_label_sets *s, uint32_t at, const struct skw_set_key *key)
{
	struct skw_label_set *set = &s->all[at];
	char *labels = s->write(s->ctx, key);

	if (!labels)
		return -ENOMEM;
	uint32_t *bucket = bucket_of(s, key);

	*set = (struct skw_label_set){ .key = *key, .labels = labels, .next = *bucket };
	*bucket = at + 1;
	if (at == s->len)
		s->len++;
	return 0;
}

int skw_label_sets_init(struct skw_label_sets *s, uint32_t max,
			char *(*write)(void *ctx, const struct skw_set_key *key), void *ctx)
{
	const struct skw_set_key other = { .other = 1 };
	size_t buckets = 1;

	while (buckets < max)
		buckets *= 2;
	*s = (struct skw_label_sets){
		.max = max, .size = FIRST_SIZE, .buckets_len = buckets, .write = write, .ctx = ctx
	};
	s->all = calloc(s->size, sizeof(*s->all));
	s->buckets = calloc(buckets, sizeof(*s->buckets));
	return s->all && s->buckets ? fill(s, SKW_SET_OTHER, &other) : -ENOMEM;
}

static void clear(struct skw_label_set *set)
{
	free(set->labels);
	free(set->tcp.rtt);
	free(set->tcp.handshakes);
	*set = (struct skw_label_set){ 0 };
}

void skw_label_sets_free(struct skw_label_sets *s)
{
	for (uint32_t i = 0; i < s->len; i++)
		clear(&s->all[i]);
	free(s->all);
	free(s->buckets);
	*s = (struct skw_label_sets){ 0 };
}

static int find_room(struct skw_label_sets *s, uint32_t *out)
{
	for (uint32_t i = 1; s->used + 1 < s->len && i < s->len; i++) {
		if (!s->all[i].labels) {
			*out = i;
			return 0;
		}
	}
	if (s->len == s->size) {
		struct skw_label_set *all = reallocarray(s->all, s->size * 2, sizeof(*all));

		if (!all)
			return -ENOMEM;
		s->all = all;
		s->size *= 2;
	}
	*out = s->len;
	return 0;
}

int skw_label_sets_find(struct skw_label_sets *s, const struct skw_set_key *key, uint64_t now_ns,
			uint32_t *out)
{
	uint32_t at;

	for (at = *bucket_of(s, key); at; at = s->all[at - 1].next) {
		if (memcmp(&s->all[at - 1].key, key, sizeof(*key)) == 0) {
			*out = at - 1;
			return 0;
		}
	}
	if (s->used == s->max) {
		s->limited++;
		*out = SKW_SET_OTHER;
		return 0;
	}
	int ret = find_room(s, &at);

	if (!ret)
		ret = fill(s, at, key);
	if (ret)
		return ret;
	s->all[at].news_ns = now_ns;
	s->used++;
	*out = at;
	return 0;
}

static void unlink_set(struct skw_label_sets *s, uint32_t at)
{
	uint32_t *link = bucket_of(s, &s->all[at].key);

	while (*link != at + 1)
		link = &s->all[*link - 1].next;
	*link = s->all[at].next;
}

void skw_label_sets_expire(struct skw_label_sets *s, uint64_t since_ns)
{
	for (uint32_t i = 1; i < s->len; i++) {
		struct skw_label_set *set = &s->all[i];

		if (!set->labels || set->refs || set->news_ns >= since_ns)
			continue;
		unlink_set(s, i);
		clear(set);
		s->used--;
	}
}

struct skw_histogram *skw_label_sets_histogram(struct skw_histogram **place)
{
	if (!*place)
		*place = calloc(1, sizeof(**place));
	return *place;
}
