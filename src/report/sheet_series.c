// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_series.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 8

/* Makes `to` stand for both. */
static void merge(struct skw_sheet_point *to, const struct skw_sheet_point *p)
{
	to->to_ns = p->to_ns;
	if (p->lo < to->lo)
		to->lo = p->lo;
	if (p->hi > to->hi)
		to->hi = p->hi;
}

/* A point and the one behind it would stand for this span of time. */
struct pair {
	uint64_t span_ns;
	uint32_t at;
};

enum use { FREE, MERGED, GONE };

static int compare_pairs(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->span_ns != y->span_ns)
		return x->span_ns < y->span_ns ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

/*
 * Puts an eighth of the points together with those behind them, where both stand for the shortest
 * spans. More at once would also take pairs that are far from each other, and what is rare has to
 * stay as it is.
 */
static void merge_pairs(struct skw_sheet_series *s, uint32_t max, struct pair *pairs, uint8_t *use)
{
	uint32_t left = s->len, least = s->len - s->len / 8 - 1, n = 0;

	for (uint32_t i = 0; i + 1 < s->len; i++)
		pairs[i] = (struct pair){ s->points[i + 1].to_ns - s->points[i].from_ns, i };
	qsort(pairs, s->len - 1, sizeof(*pairs), compare_pairs);
	for (uint32_t i = 0; i + 1 < s->len && left > max && left > least; i++) {
		uint32_t at = pairs[i].at;

		if (use[at] || use[at + 1])
			continue;
		merge(&s->points[at], &s->points[at + 1]);
		use[at] = MERGED;
		use[at + 1] = GONE;
		left--;
	}
	for (uint32_t i = 0; i < s->len; i++)
		if (use[i] != GONE)
			s->points[n++] = s->points[i];
	s->len = n;
}

/* Puts neighbours together until there are at most `max` points. 0 or -ENOMEM. */
static int thin(struct skw_sheet_series *s, uint32_t max)
{
	struct pair *pairs;
	uint8_t *use;

	if (s->len <= max)
		return 0;
	pairs = calloc(s->len, sizeof(*pairs));
	use = calloc(s->len, 1);
	while (pairs && use && s->len > max) {
		merge_pairs(s, max, pairs, use);
		memset(use, FREE, s->len);
	}
	free(pairs);
	free(use);
	return pairs && use ? 0 : -ENOMEM;
}

static int grow(struct skw_sheet_series *s, uint32_t max)
{
	uint32_t size = s->size ? 2 * s->size : FIRST_SIZE;
	struct skw_sheet_point *points;

	if (size > max)
		size = max;
	points = reallocarray(s->points, size, sizeof(*points));
	if (!points)
		return -ENOMEM;
	s->points = points;
	s->size = size;
	return 0;
}

int skw_sheet_series_add(struct skw_sheet_series *s, uint32_t max,
			 const struct skw_sheet_point *value)
{
	struct skw_sheet_point p = *value;
	int ret = 0;

	if (s->len && p.from_ns < s->points[s->len - 1].to_ns)
		p.from_ns = p.to_ns = s->points[s->len - 1].to_ns;
	/* Half of the room is made at once, as it takes a while. */
	if (s->len >= max)
		ret = thin(s, max / 2);
	if (!ret && s->len == s->size)
		ret = grow(s, max);
	if (ret)
		return ret;
	s->points[s->len++] = p;
	return 0;
}

int skw_sheet_series_shrink(struct skw_sheet_series *s, uint32_t max)
{
	int ret = thin(s, max);
	struct skw_sheet_point *points;

	if (ret || !s->len || s->len == s->size)
		return ret;
	points = reallocarray(s->points, s->len, sizeof(*points));
	if (!points)
		return -ENOMEM;
	s->points = points;
	s->size = s->len;
	return 0;
}

int skw_sheet_series_copy(const struct skw_sheet_series *s, uint32_t max,
			  struct skw_sheet_series *out)
{
	int ret;

	*out = (struct skw_sheet_series){ .len = s->len, .size = s->len };
	if (!s->len)
		return 0;
	out->points = calloc(s->len, sizeof(*out->points));
	if (!out->points)
		return -ENOMEM;
	memcpy(out->points, s->points, s->len * sizeof(*out->points));
	ret = thin(out, max);
	if (ret)
		skw_sheet_series_free(out);
	return ret;
}

int skw_sheet_series_extent(const struct skw_sheet_series *s, struct skw_sheet_point *all)
{
	if (!s->len)
		return -ENOENT;
	*all = s->points[0];
	for (uint32_t i = 1; i < s->len; i++)
		merge(all, &s->points[i]);
	return 0;
}

void skw_sheet_series_free(struct skw_sheet_series *s)
{
	free(s->points);
	*s = (struct skw_sheet_series){ 0 };
}
