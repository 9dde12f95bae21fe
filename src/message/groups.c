// SPDX-License-Identifier: BSD-2-Clause
#include "message/groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/keyed_hash.h"
#include "message/latencies.h"

#define NS_PER_S 1000000000ULL

/* Unused bytes are 0, so that keys can be compared as bytes. */
struct counted_key {
	const char *protocol; /* static, so its address is enough */
	char client[SKW_MESSAGE_COMM_LEN + 1], server[SKW_MESSAGE_COMM_LEN + 1];
	char kind[SKW_MESSAGE_KIND_LEN + 1];
	uint64_t other;
};

struct counted {
	struct counted_key key;
	uint64_t count, marked, errors, unanswered, request_bytes, answer_bytes;
	struct skw_latencies latencies;
};

struct skw_message_groups {
	uint64_t hash_key[2];
	size_t max, len, used; /* used: of max, those that are no others */
	size_t others;
	struct counted **list;  /* owned, and so are they: max + SKW_MESSAGE_GROUPS_PROTOCOLS */
	struct counted **slots; /* owned: a power of two, at least twice as many */
	size_t mask;
};

int skw_message_groups_new(const uint64_t key[2], size_t max, struct skw_message_groups **out)
{
	struct skw_message_groups *g = calloc(1, sizeof(*g));
	size_t all = max + SKW_MESSAGE_GROUPS_PROTOCOLS, slots = 2;

	*out = g;
	if (!g)
		return -ENOMEM;
	while (slots < 2 * all)
		slots *= 2;
	g->hash_key[0] = key[0];
	g->hash_key[1] = key[1];
	g->max = max;
	g->mask = slots - 1;
	g->list = calloc(all, sizeof(struct counted *));
	g->slots = calloc(slots, sizeof(struct counted *));
	if (g->list && g->slots)
		return 0;
	skw_message_groups_free(g);
	*out = NULL;
	return -ENOMEM;
}

void skw_message_groups_free(struct skw_message_groups *g)
{
	if (!g)
		return;
	for (size_t i = 0; i < g->len; i++)
		free(g->list[i]);
	free(g->list);
	free(g->slots);
	free(g);
}

/* ---- the table ---- */

static void copy(char *to, const char *from, size_t max)
{
	memcpy(to, from, strnlen(from, max));
}

static void make_key(struct counted_key *key, const struct skw_message *m)
{
	memset(key, 0, sizeof(*key));
	key->protocol = m->protocol;
	copy(key->client, m->client->comm, SKW_MESSAGE_COMM_LEN);
	copy(key->server, m->server->comm, SKW_MESSAGE_COMM_LEN);
	copy(key->kind, m->outcome == SKW_MESSAGE_ORPHAN ? "(request not seen)" : m->kind,
	     SKW_MESSAGE_KIND_LEN);
}

/* The place of the group, or where it would be. There is always a free one. */
static struct counted **slot_of(struct skw_message_groups *g, const struct counted_key *key)
{
	size_t i = skw_keyed_hash(g->hash_key, key, sizeof(*key)) & g->mask;

	while (g->slots[i] && memcmp(&g->slots[i]->key, key, sizeof(*key)) != 0)
		i = (i + 1) & g->mask;
	return &g->slots[i];
}

/* The slot remains empty if there is no memory. */
static void make_group(struct skw_message_groups *g, struct counted **slot,
		       const struct counted_key *key)
{
	struct counted *made = calloc(1, sizeof(*made));

	if (!made)
		return;
	made->key = *key;
	*slot = made;
	g->list[g->len++] = made;
}

static struct counted *find_other(struct skw_message_groups *g, struct counted_key *key)
{
	const char *protocol = g->others < SKW_MESSAGE_GROUPS_PROTOCOLS - 1 ? key->protocol : "";
	struct counted **slot;

	memset(key, 0, sizeof(*key));
	key->protocol = protocol;
	key->other = 1;
	slot = slot_of(g, key);
	if (!*slot) {
		g->others++;
		make_group(g, slot, key);
	}
	return *slot;
}

static struct counted *find(struct skw_message_groups *g, const struct skw_message *m)
{
	struct counted **slot;
	struct counted_key key;

	make_key(&key, m);
	slot = slot_of(g, &key);
	if (!*slot && g->used == g->max)
		return find_other(g, &key);
	if (!*slot) {
		g->used++;
		make_group(g, slot, &key);
	}
	return *slot;
}

int skw_message_groups_add(struct skw_message_groups *g, const struct skw_message *m)
{
	struct counted *group = find(g, m);

	if (!group)
		return -ENOMEM;
	group->count++;
	group->errors += m->error;
	group->unanswered += m->outcome == SKW_MESSAGE_UNANSWERED;
	group->request_bytes += m->request_bytes;
	group->answer_bytes += m->answer_bytes;
	if (m->latency_ns != SKW_MESSAGE_UNKNOWN)
		skw_latencies_add(&group->latencies, m->latency_ns);
	return 0;
}

/* ---- figures ---- */

size_t skw_message_groups_len(const struct skw_message_groups *g)
{
	return g->len;
}

static uint64_t rate_milli(uint64_t count, uint64_t time_ns)
{
	return time_ns ? (uint64_t)((double)count * 1000 * NS_PER_S / (double)time_ns + 0.5)
		       : UINT64_MAX;
}

void skw_message_groups_get(const struct skw_message_groups *g, size_t place, uint64_t time_ns,
			    struct skw_message_group *out)
{
	const struct counted *group = g->list[place];
	const struct skw_latencies *l = &group->latencies;

	*out = (struct skw_message_group){
		.client_comm = group->key.client,
		.server_comm = group->key.server,
		.protocol = group->key.protocol,
		.kind = group->key.other ? "(other)" : group->key.kind,
		.other = group->key.other,
		.count = group->count,
		.recent = group->count - group->marked,
		.errors = group->errors,
		.unanswered = group->unanswered,
		.rate_milli = rate_milli(group->count, time_ns),
		.request_bytes = group->request_bytes,
		.answer_bytes = group->answer_bytes,
		.total_ns = l->sum_ns,
		.p50_ns = skw_latencies_quantile(l, 50),
		.p90_ns = skw_latencies_quantile(l, 90),
		.p99_ns = skw_latencies_quantile(l, 99),
		.max_ns = l->count ? l->max_ns : UINT64_MAX,
	};
}

void skw_message_groups_recent(const struct skw_message_groups *g, size_t place, uint64_t time_ns,
			       struct skw_message_group *out)
{
	skw_message_groups_get(g, place, 0, out);
	out->rate_milli = rate_milli(out->recent, time_ns);
}

void skw_message_groups_mark(struct skw_message_groups *g)
{
	for (size_t i = 0; i < g->len; i++)
		g->list[i]->marked = g->list[i]->count;
}
