// SPDX-License-Identifier: BSD-2-Clause
#include "view/view_order.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "util/mapped.h"

static const bool smoothed[SKW_FIELDS] = {
	[SKW_FIELD_SRTT_US] = true,     [SKW_FIELD_RTTVAR_US] = true,
	[SKW_FIELD_LAST_RTT_US] = true, [SKW_FIELD_RTO_US] = true,
	[SKW_FIELD_CWND] = true,        [SKW_FIELD_DELIVERY_RATE_BPS] = true,
	[SKW_FIELD_TX_BPS] = true,      [SKW_FIELD_RX_BPS] = true,
	[SKW_FIELD_NOTSENT] = true,     [SKW_FIELD_RECV_Q] = true,
	[SKW_FIELD_SEND_Q] = true,      [SKW_FIELD_UNACKED] = true,
	[SKW_FIELD_SACKED] = true,      [SKW_FIELD_PACING_RATE_BPS] = true,
	[SKW_FIELD_RCV_RTT_US] = true,  [SKW_FIELD_SND_WND] = true,
	[SKW_FIELD_REQ_RATE] = true,
};

/* Whether a field can rise and fall from tick to tick, so that its smoothed value is used. */
static bool is_smoothed(enum skw_field field)
{
	return smoothed[field];
}

static const uint8_t *addr_of(const struct skw_row *row, enum skw_field field)
{
	return field == SKW_FIELD_LOCAL_ADDR ? row->tuple.local_addr : row->tuple.remote_addr;
}

/*
 * The key of an IPv4 address, mapped or not, is less than that of any IPv6 address, which is its
 * first 63 bits.
 */
static uint64_t addr_key(const struct skw_row *row, enum skw_field field)
{
	const uint8_t *addr = addr_of(row, field);
	uint64_t high;
	uint32_t v4;

	if (row->tuple.family == AF_INET6 && !skw_mapped_is(addr)) {
		memcpy(&high, addr, sizeof(high));
		return be64toh(high) >> 1 | 1ULL << 63;
	}
	memcpy(&v4, row->tuple.family == AF_INET6 ? addr + SKW_MAPPED_AT : addr, sizeof(v4));
	return be32toh(v4);
}

static uint64_t text_key(const char *text)
{
	uint64_t key = 0;
	unsigned at = 0;

	for (; at < sizeof(key) && text[at]; at++)
		key = key << 8 | (uint8_t)text[at];
	return at ? key << 8 * (sizeof(key) - at) : 0;
}

/*
 * Returns false if the key is unknown for this row. Addresses are ordered by family, then by
 * number, and texts by their bytes.
 */
static bool key_itself(const struct skw_row *row, enum skw_field field, uint64_t *key)
{
	struct skw_value value;

	skw_field_value(row, field, &value);
	if (!value.known)
		return false;
	if (skw_fields[field].kind == SKW_KIND_TEXT)
		*key = text_key(value.text);
	else if (skw_fields[field].kind == SKW_KIND_ADDR)
		*key = addr_key(row, field);
	else
		*key = value.number;
	return true;
}

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Rows without a cookie are sorted by their place in the table. */
static int by_cookie(const struct skw_row *a, const struct skw_row *b)
{
	int order = compare_u64(a->cookie, b->cookie);

	return order ? order : compare_u64(skw_table_place(a), skw_table_place(b));
}

/* Compares the bytes that the key does not contain. */
static int by_rest(const struct skw_row *a, const struct skw_row *b, enum skw_field field)
{
	struct skw_value x, y;

	if (skw_fields[field].kind == SKW_KIND_ADDR) {
		/* The key of an IPv4 address contains the whole address. */
		if (addr_key(a, field) >> 63)
			return memcmp(addr_of(a, field), addr_of(b, field), 16);
		return 0;
	}
	if (skw_fields[field].kind != SKW_KIND_TEXT)
		return 0;
	skw_field_value(a, field, &x);
	skw_field_value(b, field, &y);
	return strcmp(x.text ? x.text : "", y.text ? y.text : "");
}

static const struct skw_row *row_of(const struct skw_view_item *item,
				    const struct skw_view_order *by)
{
	return skw_table_at(by->table, item->place);
}

/* A key below this power of two is its own code. The code of others has as many of its bits. */
#define EXACT_BITS 27

uint32_t skw_view_encode(uint64_t key)
{
	unsigned shift = 0;

	if (key >> EXACT_BITS)
		shift = 64U - (unsigned)__builtin_clzll(key) - EXACT_BITS;
	return (uint32_t)(((uint64_t)shift << (EXACT_BITS - 1)) + (key >> shift));
}

int skw_view_smoothed_key(const struct skw_row *row, const struct skw_view_order *by, bool tick,
			  bool *known, uint64_t *key)
{
	*known = key_itself(row, by->field, key);
	if (!is_smoothed(by->field))
		return 0;
	return skw_smooth_add(by->smooth, skw_table_place(row), row->cookie,
			      *known ? *key : SKW_NONE64, tick, key);
}

static uint64_t key_of(const struct skw_row *row, const struct skw_view_order *by)
{
	uint64_t key = 0;
	bool known;

	/* The row has its place among the smoothed ones already, so there is no lack of memory. */
	(void)skw_view_smoothed_key(row, by, false, &known, &key);
	return key;
}

/* This is apart from compare(), which needs no registers to be saved for most pairs. */
__attribute__((noinline)) static int compare_same_code(const struct skw_view_item *x,
						       const struct skw_view_item *y,
						       const struct skw_view_order *by)
{
	const struct skw_row *a = row_of(x, by), *b = row_of(y, by);
	int order = 0;

	if (x->code >> EXACT_BITS)
		order = compare_u64(key_of(a, by), key_of(b, by));
	if (!order)
		order = by_rest(a, b, by->field);
	if (!order)
		return by_cookie(a, b);
	return by->ascending ? order : -order;
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct skw_view_item *x = a, *y = b;
	const struct skw_view_order *by = ctx;

	if (x->code == y->code)
		return compare_same_code(x, y, by);
	return (x->code < y->code) == by->ascending ? -1 : 1;
}

static int compare_unknown(const void *a, const void *b, void *ctx)
{
	const struct skw_view_item *x = a, *y = b;

	return by_cookie(row_of(x, ctx), row_of(y, ctx));
}

typedef int (*comparison)(const void *a, const void *b, void *ctx);

/* Items of which all have a key, or none has. */
struct view_part {
	struct skw_view_item *items;
	size_t len;
	comparison compare;
	const struct skw_view_order *by;
};

/* Fewer items than this are sorted. */
#define FEW 64

static bool is_less(const struct view_part *p, const struct skw_view_item *a,
		    const struct skw_view_item *b)
{
	return p->compare(a, b, (void *)p->by) < 0;
}

static void swap(struct skw_view_item *a, struct skw_view_item *b)
{
	const struct skw_view_item c = *a;

	*a = *b;
	*b = c;
}

static struct skw_view_item middle_of(const struct view_part *p, size_t lo, size_t hi)
{
	const struct skw_view_item *a = &p->items[lo], *b = &p->items[lo + (hi - lo) / 2];
	const struct skw_view_item *c = &p->items[hi - 1];

	if (is_less(p, a, b))
		return *(is_less(p, b, c) ? b : is_less(p, a, c) ? c : a);
	return *(is_less(p, a, c) ? a : is_less(p, b, c) ? c : b);
}

static void sort_range(const struct view_part *p, size_t lo, size_t hi)
{
	if (hi - lo > 1)
		qsort_r(p->items + lo, hi - lo, sizeof(*p->items), p->compare, (void *)p->by);
}

/*
 * Hoare's selection: afterwards the items of [lo, at) belong before the item at `at`, and none of
 * those behind it does. If the middles divide badly, all are sorted, so the time has a bound.
 */
static void select_item(const struct view_part *p, size_t lo, size_t hi, size_t at)
{
	unsigned rounds = 64;

	while (hi - lo > FEW && rounds--) {
		const struct skw_view_item middle = middle_of(p, lo, hi);
		size_t i = lo, j = hi - 1;

		for (;; i++, j--) {
			while (is_less(p, &p->items[i], &middle))
				i++;
			while (is_less(p, &middle, &p->items[j]))
				j--;
			if (i >= j)
				break;
			swap(&p->items[i], &p->items[j]);
		}
		/* All before i are at most the middle, all from i on are at least that. */
		if (at < i)
			hi = i;
		else
			lo = i;
	}
	sort_range(p, lo, hi);
}

static void sort_part(const struct view_part *p, size_t from, size_t to)
{
	if (to > p->len)
		to = p->len;
	if (from >= to)
		return;
	if (from)
		select_item(p, 0, p->len, from);
	if (to < p->len)
		select_item(p, from, p->len, to);
	sort_range(p, from, to);
}

void skw_view_sort(struct skw_view_item *items, size_t len, const struct skw_view_order *by,
		   size_t from, size_t to)
{
	const struct view_part known = { items, by->known_len, compare, by };
	const struct view_part unknown = { items + known.len, len - known.len, compare_unknown,
					   by };

	sort_part(&known, from, to);
	if (to > known.len)
		sort_part(&unknown, from > known.len ? from - known.len : 0, to - known.len);
}

size_t skw_view_rank(const struct skw_view_item *items, size_t len, const struct skw_view_order *by,
		     size_t at)
{
	bool known = at < by->known_len;
	size_t from = known ? 0 : by->known_len, to = known ? by->known_len : len, rank = from;

	for (size_t i = from; i < to; i++)
		rank += (known ? compare : compare_unknown)(&items[i], &items[at], (void *)by) < 0;
	return rank;
}
