// SPDX-License-Identifier: BSD-2-Clause
#include "row/extras.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_LINE 64
#define SLAB_SIZE  64U

union skw_extra {
	uint32_t hist[SKW_RTT_BUCKETS];
	struct skw_row_history history;
	struct skw_row_datagrams datagrams;
	union skw_extra *next; /* of those that are not used */
};

_Static_assert(sizeof(union skw_extra) == CACHE_LINE, "they have the size of a line");

void skw_extras_free(struct skw_extras *x)
{
	for (size_t i = 0; i < x->slabs_len; i++)
		free(x->slabs[i]);
	free(x->slabs);
	*x = (struct skw_extras){ 0 };
}

/* False: no memory. */
static bool add_slab(struct skw_extras *x)
{
	if (x->slabs_len == x->slabs_size) {
		size_t size = x->slabs_size ? x->slabs_size * 2 : 16;
		void **slabs = reallocarray(x->slabs, size, sizeof(*slabs));

		if (!slabs)
			return false;
		x->slabs = slabs;
		x->slabs_size = size;
	}
	/* There is room for another one, as the memory may begin in the middle of a line. */
	void *slab = malloc((SLAB_SIZE + 1) * sizeof(union skw_extra));

	if (!slab)
		return false;
	x->slabs[x->slabs_len++] = slab;

	union skw_extra *first = (void *)((char *)slab + (-(uintptr_t)slab & (CACHE_LINE - 1)));

	for (unsigned i = SLAB_SIZE; i--;) {
		first[i].next = x->free;
		x->free = &first[i];
	}
	return true;
}

static void *get(struct skw_extras *x)
{
	if (!x->free && !add_slab(x))
		return NULL;
	union skw_extra *extra = x->free;

	x->free = extra->next;
	return extra;
}

static void put(struct skw_extras *x, void *extra)
{
	union skw_extra *unused = extra;

	if (!extra)
		return;
	unused->next = x->free;
	x->free = unused;
}

int skw_extras_set_hist(struct skw_extras *x, struct skw_row *row, const uint32_t *hist)
{
	uint32_t all = 0;

	for (unsigned i = 0; hist && hist[0] != SKW_NONE32 && i < SKW_RTT_BUCKETS; i++)
		all |= hist[i];
	if (!all) {
		put(x, row->rtt_hist);
		row->rtt_hist = NULL;
		return 0;
	}
	if (!row->rtt_hist)
		row->rtt_hist = get(x);
	if (!row->rtt_hist)
		return -ENOMEM;
	memcpy(row->rtt_hist, hist, sizeof(union skw_extra));
	return 0;
}

static bool is_unknown(const struct skw_row_datagrams *datagrams)
{
	uint32_t words[sizeof(*datagrams) / sizeof(uint32_t)], all = SKW_NONE32;

	memcpy(words, datagrams, sizeof(words));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		all &= words[i];
	return all == SKW_NONE32;
}

int skw_extras_set_datagrams(struct skw_extras *x, struct skw_row *row,
			     const struct skw_row_datagrams *datagrams)
{
	if (!datagrams || is_unknown(datagrams)) {
		skw_extras_drop_history(x, row);
		return 0;
	}
	if (!row->datagrams)
		row->datagrams = get(x);
	if (!row->datagrams)
		return -ENOMEM;
	*row->datagrams = *datagrams;
	return 0;
}

struct skw_row_history *skw_extras_add_history(struct skw_extras *x, struct skw_row *row)
{
	row->history = get(x);
	if (row->history)
		memset(row->history, 0, sizeof(*row->history));
	return row->history;
}

void skw_extras_drop_history(struct skw_extras *x, struct skw_row *row)
{
	put(x, row->history);
	row->history = NULL;
}

void skw_extras_drop(struct skw_extras *x, struct skw_row *row)
{
	put(x, row->rtt_hist);
	row->rtt_hist = NULL;
	skw_extras_drop_history(x, row);
}

int skw_extras_copy(struct skw_extras *x, struct skw_row *row)
{
	const uint32_t *hist = row->rtt_hist;
	const void *other = row->history;

	row->rtt_hist = NULL;
	row->history = NULL;
	if (skw_extras_set_hist(x, row, hist))
		return -ENOMEM;
	if (other)
		row->history = get(x);
	if (!other)
		return 0;
	if (!row->history)
		return -ENOMEM;
	memcpy(row->history, other, sizeof(union skw_extra));
	return 0;
}
