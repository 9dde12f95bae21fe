// SPDX-License-Identifier: BSD-2-Clause
#include "table/wires.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "table/by_tuple.h"

#define FIRST_SIZE 256U
/* After this time a handshake is over, or has failed. */
#define HANDSHAKE_NS (10ULL * 1000000000)

void skw_wires_free(struct skw_wires *w)
{
	free(w->all);
	free(w->buckets);
	*w = (struct skw_wires){ 0 };
}

static uint32_t *bucket_of(const struct skw_wires *w, const struct skw_tuple *tuple)
{
	return &w->buckets[skw_by_tuple_hash(tuple) & (w->size - 1)];
}

static void enter(struct skw_wires *w, uint32_t place)
{
	uint32_t *bucket = bucket_of(w, &w->all[place].tuple);

	w->all[place].next = *bucket;
	*bucket = place + 1;
}

static int resize(struct skw_wires *w, uint32_t size)
{
	struct skw_wire *all = reallocarray(w->all, size, sizeof(*all));

	if (!all)
		return -ENOMEM;
	w->all = all;

	uint32_t *buckets = reallocarray(w->buckets, size, sizeof(*buckets));
	if (!buckets)
		return -ENOMEM;
	w->buckets = buckets;
	w->size = size;
	return 0;
}

static bool is_needed(const struct skw_wire *wire, const struct skw_slots *slots, uint64_t now_ns)
{
	if (wire->is_handshake && now_ns > wire->ts_ns + HANDSHAKE_NS)
		return false;
	return skw_slots_find_cookie(slots, wire->cookie) != NULL;
}

/* Forgets what is not needed, and grows if that is little. Returns 0, or -ENOMEM. */
static int make_room(struct skw_wires *w, const struct skw_slots *slots, uint64_t now_ns)
{
	uint32_t len = 0;
	int ret = 0;

	for (uint32_t i = 0; i < w->len; i++)
		if (is_needed(&w->all[i], slots, now_ns))
			w->all[len++] = w->all[i];
	/* The oldest half goes, as the places are in the order of time. */
	if (len == SKW_WIRES_MAX) {
		len /= 2;
		for (uint32_t i = 0; i < len; i++)
			w->all[i] = w->all[len + i];
	}
	w->len = len;
	if (!w->size || (len > w->size / 2 && w->size < SKW_WIRES_MAX))
		ret = resize(w, w->size ? w->size * 2 : FIRST_SIZE);
	for (uint32_t i = 0; i < w->size; i++)
		w->buckets[i] = 0;
	for (uint32_t i = 0; i < w->len; i++)
		enter(w, i);
	return ret;
}

static struct skw_wire *find_same(const struct skw_wires *w, const struct skw_wire *wire)
{
	const struct skw_wire *found;
	uint32_t at = 0;

	while ((found = skw_wires_next(w, &wire->tuple, &at)))
		if (found->netns == wire->netns &&
		    (wire->tuple.proto == IPPROTO_TCP || found->cookie == wire->cookie))
			break;
	return (struct skw_wire *)found;
}

int skw_wires_put(struct skw_wires *w, const struct skw_slots *slots, const struct skw_wire *wire)
{
	struct skw_wire *same = find_same(w, wire);

	if (same) {
		same->cookie = wire->cookie;
		same->ts_ns = wire->ts_ns;
		same->is_handshake = wire->is_handshake;
		return 0;
	}
	if (w->len == w->size) {
		int ret = make_room(w, slots, wire->ts_ns);

		if (ret)
			return ret;
	}
	w->all[w->len] = *wire;
	enter(w, w->len++);
	return 0;
}

const struct skw_wire *skw_wires_next(const struct skw_wires *w, const struct skw_tuple *tuple,
				      uint32_t *at)
{
	if (!w->size)
		return NULL;
	uint32_t next = *at ? w->all[*at - 1].next : *bucket_of(w, tuple);

	for (; next; next = w->all[next - 1].next) {
		*at = next;
		if (skw_by_tuple_same(&w->all[next - 1].tuple, tuple))
			return &w->all[next - 1];
	}
	return NULL;
}
