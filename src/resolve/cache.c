// SPDX-License-Identifier: BSD-2-Clause
#include "resolve/cache.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "util/cleanup.h"
#include "util/hash.h"

#define BUCKETS 4096
#define NOTHING UINT16_MAX

struct entry {
	struct skw_resolve_address address;
	enum skw_resolve_state state;
	char *name;    /* owned; NULL if there is none */
	uint16_t next; /* of the same bucket, or NOTHING */
};

struct skw_resolve_cache {
	uint64_t seed; /* a stranger can't know which addresses share a bucket */
	size_t max, len;
	size_t oldest;         /* the place that is used next when the cache is full */
	struct entry *entries; /* owned */
	uint16_t buckets[BUCKETS];
};

struct skw_resolve_cache *skw_resolve_cache_new(size_t max)
{
	struct skw_resolve_cache *c = calloc(1, sizeof(*c));
	struct entry *entries = calloc(max, sizeof(*entries));

	if (!c || !entries) {
		free(c);
		free(entries);
		return NULL;
	}
	c->max = max;
	c->entries = entries;
	memset(c->buckets, 0xff, sizeof(c->buckets));
	/* Without random bytes a stranger can make the cache slower, and no more. */
	if (getrandom(&c->seed, sizeof(c->seed), GRND_NONBLOCK) < 0)
		c->seed = (uintptr_t)c;
	return c;
}

void skw_resolve_cache_free(struct skw_resolve_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->len; i++)
		free(c->entries[i].name);
	free(c->entries);
	free(c);
}

static bool same(const struct skw_resolve_address *a, const struct skw_resolve_address *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static size_t bucket_of(const struct skw_resolve_cache *c, const struct skw_resolve_address *a)
{
	uint64_t hash = skw_hash_bytes(c->seed ^ a->len, a->bytes, sizeof(a->bytes));

	return (hash >> 32) % BUCKETS;
}

static struct entry *find(const struct skw_resolve_cache *c, const struct skw_resolve_address *a)
{
	uint16_t at = c->buckets[bucket_of(c, a)];

	while (at != NOTHING && !same(&c->entries[at].address, a))
		at = c->entries[at].next;
	return at == NOTHING ? NULL : &c->entries[at];
}

enum skw_resolve_state skw_resolve_cache_find(const struct skw_resolve_cache *c,
					      const struct skw_resolve_address *a,
					      const char **name)
{
	const struct entry *e = find(c, a);

	*name = e ? e->name : NULL;
	return e ? e->state : SKW_RESOLVE_NEW;
}

static void forget(struct skw_resolve_cache *c, size_t place)
{
	struct entry *e = &c->entries[place];
	uint16_t *link = &c->buckets[bucket_of(c, &e->address)];

	while (*link != place)
		link = &c->entries[*link].next;
	*link = e->next;
	free(SKW_TAKE_PTR(e->name));
}

void skw_resolve_cache_ask(struct skw_resolve_cache *c, const struct skw_resolve_address *a)
{
	size_t place = c->len;

	if (find(c, a))
		return;
	if (c->len < c->max) {
		c->len++;
	} else {
		place = c->oldest;
		c->oldest = (c->oldest + 1) % c->max;
		forget(c, place);
	}
	uint16_t *bucket = &c->buckets[bucket_of(c, a)];
	c->entries[place] =
		(struct entry){ .address = *a, .state = SKW_RESOLVE_ASKED, .next = *bucket };
	*bucket = (uint16_t)place;
}

void skw_resolve_cache_answer(struct skw_resolve_cache *c, const struct skw_resolve_address *a,
			      const char *name)
{
	struct entry *e = find(c, a);

	if (!e || e->state != SKW_RESOLVE_ASKED)
		return;
	e->name = skw_resolve_is_clean(name) ? strdup(name) : NULL;
	e->state = e->name ? SKW_RESOLVE_NAMED : SKW_RESOLVE_NONE;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool skw_resolve_is_clean(const char *name)
{
	bool letter = false;

	for (; *name; name++) {
		letter = letter || is_letter(*name);
		if (!is_letter(*name) && !(*name >= '0' && *name <= '9') && *name != '.' &&
		    *name != '-' && *name != '_')
			return false;
	}
	return letter;
}
