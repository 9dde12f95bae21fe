// SPDX-License-Identifier: BSD-2-Clause
#include "view/view_group.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "row/address.h"
#include "row/cgroup_name.h"
#include "util/cleanup.h"
#include "util/mapped.h"
#include "view/group_talks.h"

#define UNKNOWN_NAME "--"

/* The common value of a group's rows: a text or a number. Groups can be sorted by it. */
struct key {
	bool known;
	const char *text; /* NULL if the key is the number */
	uint64_t number;
	/* An address, with its family in `number`: 0 for IPv4, also if it is mapped; 1 for IPv6. */
	uint8_t addr[16];
};

/* A group that is being made. */
struct group {
	struct key key;
	struct skw_group_row row;
	struct skw_group_talks talks;
	uint32_t next; /* the next group of its chain: index + 1 */
};

struct grouping {
	enum skw_group by;
	struct group *all; /* owned */
	size_t len, size;
	uint32_t *buckets; /* owned; the first group of each chain: index + 1 */
	size_t buckets_len;
	uint64_t *srtts; /* owned; the upper 32 bits are the group, the lower are the time */
	size_t srtts_len;
};

static void process_key(const struct skw_row *row, struct key *out)
{
	out->known = row->owners != NULL;
	if (out->known)
		out->text = row->owners->list[0].comm;
}

static void process_name(const struct skw_row *row, char *name, size_t size)
{
	snprintf(name, size, "%s", row->owners->list[0].comm);
}

static void pid_key(const struct skw_row *row, struct key *out)
{
	out->known = row->owners != NULL;
	if (out->known)
		out->number = row->owners->list[0].pid;
}

static void pid_name(const struct skw_row *row, char *name, size_t size)
{
	snprintf(name, size, "%s[%" PRIu32 "]", row->owners->list[0].comm,
		 row->owners->list[0].pid);
}

static void addr_name(const struct skw_row *row, char *name, size_t size)
{
	(void)size;
	skw_address_of_remote(name, row);
}

static void addr_group_key(const struct skw_row *row, struct key *out)
{
	out->known = skw_row_has_peer(row);
	if (!out->known)
		return;
	/* The sort key has only the first 63 bits of an IPv6 address, so the whole is compared. */
	const uint8_t *addr = row->tuple.remote_addr;
	bool v6 = row->tuple.family == AF_INET6;
	bool mapped = v6 && skw_mapped_is(addr);

	out->number = v6 && !mapped;
	if (mapped)
		memcpy(out->addr, addr + SKW_MAPPED_AT, 4);
	else
		memcpy(out->addr, addr, v6 ? sizeof(out->addr) : 4);
}

/*
 * Returns the port of the side that did not open the connection. If this is not known, it is taken
 * to be the lower port.
 */
static uint16_t served_port(const struct skw_row *row)
{
	if (row->direction == SKW_CONN_IN || row->state == SKW_STATE_LISTEN ||
	    row->state == SKW_STATE_UNCONN)
		return row->tuple.local_port;
	if (row->direction == SKW_CONN_OUT)
		return row->tuple.remote_port;
	return row->tuple.local_port < row->tuple.remote_port ? row->tuple.local_port
							      : row->tuple.remote_port;
}

static void port_key(const struct skw_row *row, struct key *out)
{
	out->known = true;
	out->number = served_port(row);
}

static void port_name(const struct skw_row *row, char *name, size_t size)
{
	snprintf(name, size, "%u", served_port(row));
}

static void cgroup_key(const struct skw_row *row, struct key *out)
{
	out->known = row->cgroup != NULL;
	out->text = row->cgroup;
}

static void cgroup_name(const struct skw_row *row, char *name, size_t size)
{
	(void)size;
	skw_cgroup_name_of(name, row->cgroup);
}

static void netns_key(const struct skw_row *row, struct key *out)
{
	out->known = row->netns != SKW_NONE32;
	out->number = row->netns;
}

static void netns_name(const struct skw_row *row, char *name, size_t size)
{
	if (row->netns_name)
		snprintf(name, size, "%s", row->netns_name);
	else
		snprintf(name, size, "%" PRIu32, row->netns);
}

static void state_key(const struct skw_row *row, struct key *out)
{
	out->known = true;
	out->number = row->state;
}

static void state_name(const struct skw_row *row, char *name, size_t size)
{
	snprintf(name, size, "%s", skw_row_state_name(row->state));
}

/* All rows are one group, for the sum of a view. */
static void one_key(const struct skw_row *row, struct key *out)
{
	(void)row;
	out->known = true;
}

static void one_name(const struct skw_row *row, char *name, size_t size)
{
	(void)row;
	(void)size;
	name[0] = '\0';
}

static const struct {
	void (*key)(const struct skw_row *row, struct key *out);
	void (*name)(const struct skw_row *row, char *name, size_t size);
	/* If rows are sorted by one of these, groups are sorted by their key. */
	enum skw_field fields[2];
	bool numbered; /* the key is a number that people know the group by */
} kinds[SKW_GROUPS] = {
	[SKW_GROUP_NONE] = { one_key, one_name, { SKW_FIELDS, SKW_FIELDS }, false },
	[SKW_GROUP_PROCESS] = { process_key,
				process_name,
				{ SKW_FIELD_COMM, SKW_FIELD_PID },
				false },
	[SKW_GROUP_PID] = { pid_key, pid_name, { SKW_FIELD_PID, SKW_FIELD_COMM }, true },
	[SKW_GROUP_REMOTE] = { addr_group_key,
			       addr_name,
			       { SKW_FIELD_REMOTE_ADDR, SKW_FIELD_REMOTE_ADDR },
			       false },
	[SKW_GROUP_PORT] = { port_key,
			     port_name,
			     { SKW_FIELD_LOCAL_PORT, SKW_FIELD_REMOTE_PORT },
			     true },
	[SKW_GROUP_CGROUP] = { cgroup_key,
			       cgroup_name,
			       { SKW_FIELD_CGROUP, SKW_FIELD_CGROUP_ID },
			       false },
	[SKW_GROUP_NETNS] = { netns_key,
			      netns_name,
			      { SKW_FIELD_NETNS, SKW_FIELD_NETNS_NAME },
			      true },
	[SKW_GROUP_STATE] = { state_key, state_name, { SKW_FIELD_STATE, SKW_FIELD_STATE }, false },
};

static uint64_t hash_key(const struct key *key)
{
	uint64_t h = 0xcbf29ce484222325ULL ^ key->number;

	if (!key->known)
		return 0;
	/* The hash is FNV-1a. */
	for (size_t i = 0; i < sizeof(key->addr); i++)
		h = (h ^ key->addr[i]) * 0x100000001b3ULL;
	for (const char *c = key->text; c && *c; c++)
		h = (h ^ (uint8_t)*c) * 0x100000001b3ULL;
	h *= 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 32;
}

static bool is_same(const struct key *a, const struct key *b)
{
	if (a->known != b->known)
		return false;
	if (!a->known)
		return true;
	if (a->text)
		return !strcmp(a->text, b->text);
	return a->number == b->number && !memcmp(a->addr, b->addr, sizeof(a->addr));
}

static int grow(struct grouping *g)
{
	size_t size = g->size ? g->size * 2 : 64;
	struct group *all = reallocarray(g->all, size, sizeof(*all));

	if (!all)
		return -ENOMEM;
	g->all = all;
	g->size = size;

	uint32_t *buckets = calloc(size, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	free(g->buckets);
	g->buckets = buckets;
	g->buckets_len = size;
	for (size_t i = 0; i < g->len; i++) {
		uint32_t *bucket = &buckets[hash_key(&all[i].key) & (size - 1)];

		all[i].next = *bucket;
		*bucket = (uint32_t)i + 1;
	}
	return 0;
}

/* A group without rows. */
static const struct skw_group_row nothing = { .tx_bps = SKW_NONE64,
					      .rx_bps = SKW_NONE64,
					      .bytes_acked = SKW_NONE64,
					      .bytes_received = SKW_NONE64,
					      .retrans_segs = SKW_NONE64,
					      .rto_count = SKW_NONE64,
					      .srtt_us = SKW_NONE64,
					      .worst_srtt_us = SKW_NONE64,
					      .requests = SKW_NONE64,
					      .req_rate = SKW_NONE64,
					      .errors = SKW_NONE64,
					      .latency_p99_us = SKW_NONE64 };

static int find(struct grouping *g, const struct skw_row *row, uint32_t *out)
{
	struct key key = { 0 };
	uint32_t at = 0;

	kinds[g->by].key(row, &key);
	if (g->buckets_len)
		at = g->buckets[hash_key(&key) & (g->buckets_len - 1)];
	while (at && !is_same(&g->all[at - 1].key, &key))
		at = g->all[at - 1].next;
	if (at) {
		*out = at - 1;
		return 0;
	}
	if (g->len == g->size && grow(g))
		return -ENOMEM;

	uint32_t *bucket = &g->buckets[hash_key(&key) & (g->buckets_len - 1)];
	struct group *group = &g->all[g->len++];

	*group = (struct group){ .key = key, .next = *bucket };
	*bucket = (uint32_t)g->len;
	group->row = nothing;
	group->row.known = key.known;
	group->row.number = kinds[g->by].numbered ? key.number : 0;
	group->row.cgroup = g->by == SKW_GROUP_CGROUP ? key.text : NULL;
	if (key.known)
		kinds[g->by].name(row, group->row.name, sizeof(group->row.name));
	else
		snprintf(group->row.name, sizeof(group->row.name), UNKNOWN_NAME);
	*out = (uint32_t)g->len - 1;
	return 0;
}

static void sum(uint64_t *total, uint64_t value)
{
	if (value != SKW_NONE64)
		*total = *total == SKW_NONE64 ? value : *total + value;
}

static uint64_t wide(uint32_t value)
{
	return value == SKW_NONE32 ? SKW_NONE64 : value;
}

static int add(struct grouping *g, uint32_t at, const struct skw_row *row)
{
	struct skw_group_row *group = &g->all[at].row;

	if (row->state == SKW_STATE_CLOSED) {
		group->closed++;
	} else {
		group->open++;
		group->connections +=
			row->tuple.proto == IPPROTO_TCP && row->state != SKW_STATE_LISTEN;
		/* After its close, the last rate of a connection is no longer true. */
		sum(&group->tx_bps, row->tx_bps);
		sum(&group->rx_bps, row->rx_bps);
	}
	sum(&group->bytes_acked, row->bytes_acked);
	sum(&group->bytes_received, row->bytes_received);
	sum(&group->retrans_segs, wide(row->retrans_segs));
	sum(&group->rto_count, wide(row->rto_count));
	if (row->srtt_us != SKW_NONE32)
		g->srtts[g->srtts_len++] = (uint64_t)at << 32 | row->srtt_us;
	return skw_group_talks_add(&g->all[at].talks, group, row);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The times are sorted by group first, then by time. */
static void add_srtts(struct grouping *g)
{
	size_t from = 0, to;

	if (g->srtts_len)
		qsort(g->srtts, g->srtts_len, sizeof(*g->srtts), by_number);
	for (; from < g->srtts_len; from = to) {
		struct skw_group_row *group = &g->all[g->srtts[from] >> 32].row;

		for (to = from; to < g->srtts_len && g->srtts[to] >> 32 == g->srtts[from] >> 32;)
			to++;
		group->srtt_us = (uint32_t)g->srtts[from + (to - from - 1) / 2];
		group->worst_srtt_us = (uint32_t)g->srtts[to - 1];
	}
}

/* If rows are sorted by one of these fields, groups are sorted by its sum. */
static const struct {
	enum skw_field field;
	size_t offset;
} sums[] = {
	{ SKW_FIELD_TX_BPS, offsetof(struct skw_group_row, tx_bps) },
	{ SKW_FIELD_RX_BPS, offsetof(struct skw_group_row, rx_bps) },
	{ SKW_FIELD_BYTES_ACKED, offsetof(struct skw_group_row, bytes_acked) },
	{ SKW_FIELD_BYTES_RECEIVED, offsetof(struct skw_group_row, bytes_received) },
	{ SKW_FIELD_RETRANS_SEGS, offsetof(struct skw_group_row, retrans_segs) },
	{ SKW_FIELD_RTO_COUNT, offsetof(struct skw_group_row, rto_count) },
	{ SKW_FIELD_SRTT_US, offsetof(struct skw_group_row, srtt_us) },
	{ SKW_FIELD_REQUESTS, offsetof(struct skw_group_row, requests) },
	{ SKW_FIELD_REQ_RATE, offsetof(struct skw_group_row, req_rate) },
	{ SKW_FIELD_LATENCY_P99_US, offsetof(struct skw_group_row, latency_p99_us) },
	{ SKW_FIELD_ERRORS, offsetof(struct skw_group_row, errors) },
};

static uint64_t sum_of(const struct group *group, enum skw_field field)
{
	uint64_t value = group->row.open;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(sums); i++) {
		if (sums[i].field == field)
			memcpy(&value, (const char *)&group->row + sums[i].offset, sizeof(value));
	}
	return value;
}

static int by_key(const struct key *a, const struct key *b)
{
	if (a->text)
		return strcmp(a->text, b->text);
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return memcmp(a->addr, b->addr, sizeof(a->addr));
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct group *x = a, *y = b;
	const struct skw_view_options *opt = ctx;
	const enum skw_field *own = kinds[opt->group].fields;
	int order = 0;

	if (opt->sort == own[0] || opt->sort == own[1]) {
		if (x->key.known != y->key.known)
			return x->key.known ? -1 : 1;
		if (x->key.known)
			order = by_key(&x->key, &y->key);
	} else {
		uint64_t first = sum_of(x, opt->sort), second = sum_of(y, opt->sort);

		/* An unknown value is last in either order. */
		if ((first == SKW_NONE64) != (second == SKW_NONE64))
			return first == SKW_NONE64 ? 1 : -1;
		order = (first > second) - (first < second);
	}
	if (!order)
		return strcmp(x->row.name, y->row.name);
	return opt->ascending ? order : -order;
}

static int collect(struct grouping *g, const struct skw_table *t, const struct skw_view_item *items,
		   size_t len)
{
	g->srtts = calloc(len ? len : 1, sizeof(*g->srtts));
	if (!g->srtts)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++) {
		uint32_t at;
		const struct skw_row *row = skw_table_at(t, items[i].place);
		int ret = find(g, row, &at);

		if (!ret)
			ret = add(g, at, row);
		if (ret)
			return ret;
	}
	for (size_t i = 0; i < g->len; i++)
		skw_group_talks_end(&g->all[i].talks, &g->all[i].row);
	add_srtts(g);
	return 0;
}

static void free_grouping(struct grouping *g)
{
	for (size_t i = 0; i < g->len; i++)
		skw_group_talks_free(&g->all[i].talks);
	free(g->all);
	free(g->buckets);
	free(g->srtts);
}

int skw_view_group_rows(const struct skw_table *t, const struct skw_view_item *items, size_t len,
			const struct skw_view_options *opt, struct skw_group_row **out,
			size_t *out_len)
{
	SKW_CLEANUP(free_grouping) struct grouping g = { .by = opt->group };
	struct skw_view_options order = *opt;
	int ret = collect(&g, t, items, len);

	if (ret)
		return ret;
	struct skw_group_row *rows = calloc(g.len ? g.len : 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	if (g.len)
		qsort_r(g.all, g.len, sizeof(*g.all), compare, &order);
	for (size_t i = 0; i < g.len; i++)
		rows[i] = g.all[i].row;
	*out = rows;
	*out_len = g.len;
	return 0;
}

int skw_view_sum_rows(const struct skw_table *t, const struct skw_view_item *items, size_t len,
		      struct skw_group_row **out)
{
	SKW_CLEANUP(free_grouping) struct grouping g = { .by = SKW_GROUP_NONE };
	int ret = collect(&g, t, items, len);

	if (ret)
		return ret;
	struct skw_group_row *sum = malloc(sizeof(*sum));

	if (!sum)
		return -ENOMEM;
	*sum = g.len ? g.all[0].row : nothing;
	*out = sum;
	return 0;
}
