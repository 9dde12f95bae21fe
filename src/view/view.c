// SPDX-License-Identifier: BSD-2-Clause
#include "view/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "row/address.h"
#include "view/smooth.h"
#include "view/view_group.h"
#include "view/view_order.h"

/* Rows come and go, so the array grows by this many rows at once. */
#define ROOM 1024U
/* The rows on either side that are sorted with the first that is asked for: more than a screen. */
#define AROUND 256U

struct skw_view {
	const struct skw_table *table; /* the table that the view was made from */
	/* owned; `len` items, of which those of [sorted_from, sorted_to) are in their places */
	struct skw_view_item *items;
	size_t len, size, sorted_from, sorted_to;
	struct skw_view_order order;
	struct skw_smooth smooth;
	enum skw_field sort;          /* the field that `smooth` has values of */
	struct skw_group_row *groups; /* owned */
	size_t groups_len;
	struct skw_group_row *sum; /* owned */
};

const char *const skw_group_names[SKW_GROUPS] = {
	[SKW_GROUP_NONE] = "none",   [SKW_GROUP_PROCESS] = "process",
	[SKW_GROUP_PID] = "pid",     [SKW_GROUP_REMOTE] = "remote",
	[SKW_GROUP_PORT] = "port",   [SKW_GROUP_CGROUP] = "cgroup",
	[SKW_GROUP_NETNS] = "netns", [SKW_GROUP_STATE] = "state",
};

int skw_view_new(struct skw_view **out)
{
	struct skw_view *v = calloc(1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	*out = v;
	return 0;
}

void skw_view_free(struct skw_view *v)
{
	if (!v)
		return;
	skw_smooth_free(&v->smooth);
	free(v->items);
	free(v->groups);
	free(v->sum);
	free(v);
}

static bool is_one_of(const struct skw_view_options *opt, uint64_t cookie)
{
	size_t i = 0;

	while (i < opt->only_len && opt->only[i] != cookie)
		i++;
	return i < opt->only_len;
}

static bool is_chosen(const struct skw_view_options *opt, const struct skw_row *row)
{
	if (opt->only && !is_one_of(opt, row->cookie))
		return false;
	if (row->state == SKW_STATE_CLOSED && !opt->closed)
		return false;
	if (row->state == SKW_STATE_LISTEN && !opt->listeners)
		return false;
	if (row->state == SKW_STATE_UNCONN && !opt->listeners && !opt->datagrams)
		return false;
	return !opt->filter || skw_expr_matches(opt->filter, row);
}

static int make_room(struct skw_view *v, size_t len)
{
	if (len <= v->size)
		return 0;
	size_t size = (len / ROOM + 1) * ROOM;
	struct skw_view_item *items = reallocarray(v->items, size, sizeof(*items));

	if (!items)
		return -ENOMEM;
	v->items = items;
	v->size = size;
	return 0;
}

/*
 * Collects the chosen rows. Rows with a key are put at the beginning of the items, the others after
 * them.
 */
static int collect(struct skw_view *v, const struct skw_view_options *opt, bool tick)
{
	size_t at = 0, known_len = 0, unknown_len = 0, size = v->size;
	struct skw_view_item *items = v->items;
	const struct skw_row *row;

	while ((row = skw_table_next(v->table, &at))) {
		struct skw_view_item item = { .place = skw_table_place(row) };
		uint64_t key = 0;
		bool known;
		/* Its value is remembered even if the row is not shown. */
		int ret = skw_view_smoothed_key(row, &v->order, tick, &known, &key);

		if (ret)
			return ret;
		item.code = known ? skw_view_encode(key) : 0;
		if (!is_chosen(opt, row))
			continue;
		if (known)
			items[known_len++] = item;
		else
			items[size - ++unknown_len] = item;
	}
	memmove(items + known_len, items + size - unknown_len, unknown_len * sizeof(*items));
	v->order.known_len = known_len;
	v->len = known_len + unknown_len;
	return 0;
}

static void sort(struct skw_view *v, size_t from, size_t to)
{
	skw_view_sort(v->items, v->len, &v->order, from, to);
	v->sorted_from = from;
	v->sorted_to = to;
}

int skw_view_make(struct skw_view *v, const struct skw_table *t, const struct skw_view_options *opt,
		  bool tick)
{
	v->table = t;
	v->len = v->sorted_from = v->sorted_to = 0;
	free(v->groups);
	v->groups = NULL;
	v->groups_len = 0;
	free(v->sum);
	v->sum = NULL;
	if (v->sort != opt->sort)
		skw_smooth_free(&v->smooth);
	v->sort = opt->sort;
	v->order = (struct skw_view_order){
		.table = t, .field = opt->sort, .ascending = opt->ascending, .smooth = &v->smooth
	};

	int ret = make_room(v, skw_table_len(t) + 1);

	if (!ret)
		ret = collect(v, opt, tick);
	/* Groups and sums take some words from the first row that has them, by this order. */
	if (!ret && (opt->group != SKW_GROUP_NONE || opt->filter))
		sort(v, 0, v->len);
	if (!ret && opt->group != SKW_GROUP_NONE)
		ret = skw_view_group_rows(t, v->items, v->len, opt, &v->groups, &v->groups_len);
	if (!ret && opt->filter)
		ret = skw_view_sum_rows(t, v->items, v->len, &v->sum);
	if (ret)
		v->groups_len = v->len = 0;
	return ret;
}

size_t skw_view_len(const struct skw_view *v)
{
	return v->len;
}

const struct skw_row *skw_view_row(struct skw_view *v, size_t at)
{
	if (at < v->sorted_from || at >= v->sorted_to) {
		/* A caller that goes on behind the first rows it asked for wants all of them. */
		bool all = v->sorted_to > 0;

		sort(v, all || at < AROUND ? 0 : at - AROUND,
		     all || v->len - at < AROUND ? v->len : at + AROUND);
	}
	return skw_table_at(v->table, v->items[at].place);
}

size_t skw_view_find(const struct skw_view *v, uint64_t cookie)
{
	const struct skw_row *row = v->table ? skw_table_find(v->table, cookie) : NULL;

	uint32_t place = row ? skw_table_place(row) : SKW_TABLE_NO_PLACE;

	for (size_t i = 0; row && i < v->len; i++) {
		if (v->items[i].place != place)
			continue;
		return i >= v->sorted_from && i < v->sorted_to
			       ? i
			       : skw_view_rank(v->items, v->len, &v->order, i);
	}
	return SIZE_MAX;
}

size_t skw_view_groups_len(const struct skw_view *v)
{
	return v->groups_len;
}

const struct skw_group_row *skw_view_group(const struct skw_view *v, size_t at)
{
	return &v->groups[at];
}

const struct skw_group_row *skw_view_sum(const struct skw_view *v)
{
	return v->sum;
}

static bool has(const char *text, const char *search)
{
	return text && strcasestr(text, search);
}

static bool found_owner(const struct skw_owners *owners, const char *search)
{
	char pid[16];

	for (uint32_t i = 0; owners && i < owners->len; i++) {
		snprintf(pid, sizeof(pid), "%u", owners->list[i].pid);
		if (has(owners->list[i].comm, search) || has(pid, search))
			return true;
	}
	return false;
}

bool skw_view_found(const struct skw_view_options *opt, const struct skw_row *row)
{
	char endpoint[SKW_ENDPOINT_SIZE];

	if (!opt->search || !*opt->search)
		return false;
	skw_address_local(endpoint, row);
	if (has(endpoint, opt->search))
		return true;
	skw_address_remote(endpoint, row);
	return has(endpoint, opt->search) || found_owner(row->owners, opt->search) ||
	       has(skw_row_state_name(row->state), opt->search) || has(row->cgroup, opt->search) ||
	       (row->remote && has(row->remote->name, opt->search));
}

bool skw_group_find(const char *name, enum skw_group *out)
{
	for (unsigned i = 0; i < SKW_GROUPS; i++) {
		if (!strcmp(name, skw_group_names[i])) {
			*out = (enum skw_group)i;
			return true;
		}
	}
	return false;
}

bool skw_view_sort_find(const char *name, enum skw_field *out)
{
	enum skw_field field = skw_field_find(name, strlen(name));

	if (field == SKW_FIELDS || skw_fields[field].kind == SKW_KIND_OWNERS ||
	    skw_fields[field].kind == SKW_KIND_HIST)
		return false;
	*out = field;
	return true;
}
