// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "format/format_summary.h"
#include "util/cleanup.h"

struct item {
	const struct skw_conversation *c;
	uint64_t key;
};

struct sorting {
	const struct skw_format_summary_field *by;
	bool ascending;
};

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* IPv4 comes before IPv6. */
static int compare_addrs(const struct item *a, const struct item *b, unsigned side)
{
	int order = (int)(a->c->tuple.family == AF_INET6) - (int)(b->c->tuple.family == AF_INET6);

	return order ? order
		     : memcmp(skw_format_summary_addr(a->c, side),
			      skw_format_summary_addr(b->c, side), sizeof(a->c->tuple.local_addr));
}

static int compare_values(const struct item *a, const struct item *b,
			  const struct skw_format_summary_field *by)
{
	if (by->info.kind == SKW_KIND_ADDR)
		return compare_addrs(a, b, by->side);
	if (by->info.kind == SKW_KIND_TEXT)
		return strcmp(skw_format_summary_word(a->c, by, a->key),
			      skw_format_summary_word(b->c, by, b->key));
	return compare_numbers(a->key, b->key);
}

static int compare(const void *left, const void *right, void *arg)
{
	const struct item *a = left, *b = right;
	const struct sorting *o = arg;
	int order = (int)(a->key == SKW_NONE64) - (int)(b->key == SKW_NONE64);

	if (!order && a->key != SKW_NONE64) {
		order = compare_values(a, b, o->by);
		order = o->ascending ? order : -order;
	}
	if (!order)
		order = compare_numbers(a->c->first_ns, b->c->first_ns);
	return order ? order : memcmp(&a->c->tuple, &b->c->tuple, sizeof(a->c->tuple));
}

int skw_format_summary_sort(const struct skw_conversation **list, size_t len,
			    const struct skw_format_summary_field *by, bool ascending)
{
	struct sorting order = { by, ascending };
	SKW_AUTO_FREE struct item *items = calloc(len + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++)
		items[i] = (struct item){ list[i], skw_format_summary_get(list[i], by) };
	qsort_r(items, len, sizeof(*items), compare, &order);
	for (size_t i = 0; i < len; i++)
		list[i] = items[i].c;
	return 0;
}
