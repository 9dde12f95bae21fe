// SPDX-License-Identifier: BSD-2-Clause
#include "view/view_order.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "table/table.h"
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

bool skw_view_is_smoothed(enum skw_field field)
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

bool skw_view_key(const struct skw_row *row, enum skw_field field, uint64_t *key)
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
	return strcmp(x.text, y.text);
}

struct order {
	enum skw_field field;
	bool ascending;
};

/* This is apart from compare(), which needs no registers to be saved for most pairs. */
__attribute__((noinline)) static int
compare_same_key(const struct skw_row *a, const struct skw_row *b, const struct order *by)
{
	int order = by_rest(a, b, by->field);

	if (!order)
		return by_cookie(a, b);
	return by->ascending ? order : -order;
}

static int compare(const void *a, const void *b, void *ctx)
{
	const struct skw_view_item *x = a, *y = b;
	const struct order *by = ctx;

	if (x->key == y->key)
		return compare_same_key(x->row, y->row, by);
	return (x->key < y->key) == by->ascending ? -1 : 1;
}

static int compare_unknown(const void *a, const void *b)
{
	const struct skw_view_item *x = a, *y = b;

	return by_cookie(x->row, y->row);
}

void skw_view_sort(struct skw_view_item *items, size_t len, enum skw_field field, bool ascending)
{
	struct order by = { field, ascending };

	if (len)
		qsort_r(items, len, sizeof(*items), compare, &by);
}

void skw_view_sort_unknown(struct skw_view_item *items, size_t len)
{
	if (len)
		qsort(items, len, sizeof(*items), compare_unknown);
}
