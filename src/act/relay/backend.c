// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/backend.h"

#include "util/hash.h"

static bool is_full(const struct skw_relay_pool *pool, const struct skw_relay_backend *b)
{
	return pool->most && b->active >= pool->most;
}

static bool is_eligible(const struct skw_relay_pool *pool, size_t i, uint64_t tried)
{
	return !pool->list[i].down && !(tried >> i & 1) && !is_full(pool, &pool->list[i]);
}

/*
 * The score of a backend for a client. The highest wins (rendezvous hashing), so the clients of a
 * backend that goes down are spread, and all others stay where they are.
 */
static uint64_t score(const struct skw_relay_backend *b, uint64_t source_hash)
{
	uint64_t own =
		skw_hash_word(skw_relay_endpoint_hash(&b->at), skw_relay_endpoint_port(&b->at));

	return skw_hash_word(skw_hash_word(own, source_hash), own >> 7);
}

/* Whether the first backend suits the client better than the second. */
static bool is_better(const struct skw_relay_pool *pool, const struct skw_relay_backend *a,
		      const struct skw_relay_backend *b, uint64_t source_hash)
{
	if (pool->balance == SKW_RELAY_LEAST_CONNECTIONS)
		return a->active < b->active;
	return pool->balance == SKW_RELAY_SOURCE_HASH &&
	       score(a, source_hash) > score(b, source_hash);
}

struct skw_relay_backend *skw_relay_backend_pick(struct skw_relay_pool *pool, uint64_t source_hash,
						 uint64_t tried)
{
	struct skw_relay_backend *best = NULL;

	for (size_t n = 0; n < pool->len; n++) {
		size_t i = (pool->next + n) % pool->len;
		struct skw_relay_backend *b = &pool->list[i];

		if (is_eligible(pool, i, tried) && (!best || is_better(pool, b, best, source_hash)))
			best = b;
	}
	if (best)
		pool->next = ((size_t)(best - pool->list) + 1) % pool->len;
	return best;
}

bool skw_relay_backend_all_full(const struct skw_relay_pool *pool)
{
	size_t full = 0;

	for (size_t i = 0; i < pool->len; i++) {
		if (!pool->list[i].down && !is_full(pool, &pool->list[i]))
			return false;
		full += !pool->list[i].down;
	}
	return full > 0;
}
