// SPDX-License-Identifier: BSD-2-Clause
#include "table/by_tuple.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "util/hash.h"
#include "util/mapped.h"

#define FIRST_BUCKETS 1024U

/* An address in its form of IPv6: the first 8 bytes, and the last. */
struct halves {
	uint64_t high, low;
};

static struct halves halves_of(const uint8_t addr[16], uint8_t family)
{
	uint8_t full[16];
	struct halves h;

	if (family == AF_INET && memcmp(addr, (const uint8_t[4]){ 0 }, 4) != 0) {
		skw_mapped_make(full, addr);
		addr = full;
	}
	memcpy(&h.high, addr, sizeof(h.high));
	memcpy(&h.low, addr + 8, sizeof(h.low));
	return h;
}

uint32_t skw_by_tuple_hash(const struct skw_tuple *tuple)
{
	struct halves local = halves_of(tuple->local_addr, tuple->family);
	struct halves remote = halves_of(tuple->remote_addr, tuple->family);
	uint64_t ports = (uint64_t)tuple->proto << 32 | (uint32_t)tuple->local_port << 16 |
			 tuple->remote_port;
	uint64_t h = skw_hash_word(0, ports);

	h = skw_hash_word(h, local.high);
	h = skw_hash_word(h, local.low);
	h = skw_hash_word(h, remote.high);
	return (uint32_t)(skw_hash_word(h, remote.low) >> 32);
}

static bool same_addr(const uint8_t a[16], uint8_t a_family, const uint8_t b[16], uint8_t b_family)
{
	struct halves x = halves_of(a, a_family), y = halves_of(b, b_family);

	return x.high == y.high && x.low == y.low;
}

bool skw_by_tuple_same(const struct skw_tuple *a, const struct skw_tuple *b)
{
	if (a->proto != b->proto || a->local_port != b->local_port ||
	    a->remote_port != b->remote_port)
		return false;
	return same_addr(a->local_addr, a->family, b->local_addr, b->family) &&
	       same_addr(a->remote_addr, a->family, b->remote_addr, b->family);
}

int skw_by_tuple_init(struct skw_by_tuple *index)
{
	uint32_t *buckets = calloc(FIRST_BUCKETS, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	*index = (struct skw_by_tuple){ .buckets = buckets, .buckets_len = FIRST_BUCKETS };
	return 0;
}

void skw_by_tuple_free(struct skw_by_tuple *index)
{
	free(index->buckets);
	free(index->next);
	*index = (struct skw_by_tuple){ 0 };
}

static uint32_t *bucket_of(const struct skw_by_tuple *index, const struct skw_tuple *tuple)
{
	return &index->buckets[skw_by_tuple_hash(tuple) & (index->buckets_len - 1)];
}

static int grow_buckets(struct skw_by_tuple *index, const struct skw_slots *slots)
{
	const struct skw_by_tuple old = *index;
	uint32_t len = old.buckets_len * 2;
	uint32_t *buckets = calloc(len, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	index->buckets = buckets;
	index->buckets_len = len;
	for (uint32_t i = 0; i < old.buckets_len; i++) {
		uint32_t at = old.buckets[i];

		while (at) {
			uint32_t next = index->next[at - 1];
			uint32_t *bucket =
				bucket_of(index, &skw_slots_at(slots, at - 1)->row.tuple);

			index->next[at - 1] = *bucket;
			*bucket = at;
			at = next;
		}
	}
	free(old.buckets);
	return 0;
}

static int make_room(struct skw_by_tuple *index, const struct skw_slots *slots, uint32_t slot)
{
	if (slot >= index->next_len) {
		uint32_t len = index->next_len ? index->next_len * 2 : FIRST_BUCKETS;

		while (len <= slot)
			len *= 2;
		uint32_t *next = reallocarray(index->next, len, sizeof(*next));
		if (!next)
			return -ENOMEM;
		index->next = next;
		index->next_len = len;
	}
	return index->len < index->buckets_len ? 0 : grow_buckets(index, slots);
}

/* Before a socket has a port, no packet is its. */
static bool is_entered(const struct skw_by_tuple *index, const struct skw_entry *e)
{
	return index->buckets && e->row.tuple.local_port;
}

int skw_by_tuple_put(struct skw_by_tuple *index, const struct skw_slots *slots,
		     const struct skw_entry *e)
{
	if (!is_entered(index, e))
		return 0;
	int ret = make_room(index, slots, e->slot);

	if (ret)
		return ret;
	uint32_t *bucket = bucket_of(index, &e->row.tuple);

	index->next[e->slot] = *bucket;
	*bucket = e->slot + 1;
	index->len++;
	return 0;
}

void skw_by_tuple_take(struct skw_by_tuple *index, const struct skw_entry *e)
{
	if (!is_entered(index, e))
		return;
	uint32_t *link = bucket_of(index, &e->row.tuple);

	while (*link && *link != e->slot + 1)
		link = &index->next[*link - 1];
	if (!*link)
		return;
	*link = index->next[e->slot];
	index->len--;
}

const struct skw_entry *skw_by_tuple_next(const struct skw_by_tuple *index,
					  const struct skw_slots *slots,
					  const struct skw_tuple *tuple, uint32_t *at)
{
	if (!index->buckets)
		return NULL;
	uint32_t next = *at ? index->next[*at - 1] : *bucket_of(index, tuple);

	for (; next; next = index->next[next - 1]) {
		const struct skw_entry *e = skw_slots_at(slots, next - 1);

		*at = next;
		if (skw_by_tuple_same(&e->row.tuple, tuple))
			return e;
	}
	return NULL;
}
