// SPDX-License-Identifier: BSD-2-Clause
#include "flow/gaps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/segment.h"

static void cut_out(struct skw_gaps *g, uint8_t i)
{
	g->len--;
	memmove(&g->list[i], &g->list[i + 1], (size_t)(g->len - i) * sizeof(*g->list));
}

int skw_gaps_add(struct skw_gaps *g, uint32_t from, uint32_t to, uint64_t noticed_ns)
{
	if (!g->list) {
		g->list = calloc(SKW_GAPS_KEPT, sizeof(*g->list));
		if (!g->list)
			return -ENOMEM;
	}
	if (g->len == SKW_GAPS_KEPT) {
		g->list[0].to = g->list[1].to;
		cut_out(g, 1);
	}
	g->list[g->len++] = (struct skw_gap){ .noticed_ns = noticed_ns, .from = from, .to = to };
	return 0;
}

const struct skw_gap *skw_gaps_find(const struct skw_gaps *g, uint32_t from, uint32_t to)
{
	for (uint8_t i = 0; i < g->len; i++)
		if (!skw_segment_before(from, g->list[i].from) &&
		    !skw_segment_before(g->list[i].to, to))
			return &g->list[i];
	return NULL;
}

/* Takes the range out of the middle of a gap. Without room for one more gap, it stays as it is. */
static void split(struct skw_gaps *g, uint8_t i, uint32_t from, uint32_t to)
{
	if (g->len == SKW_GAPS_KEPT)
		return;
	memmove(&g->list[i + 1], &g->list[i], (size_t)(g->len - i) * sizeof(*g->list));
	g->len++;
	g->list[i].to = from;
	g->list[i + 1].from = to;
}

void skw_gaps_fill(struct skw_gaps *g, uint32_t from, uint32_t to)
{
	/* From the last to the first, as gaps are taken out and added. */
	for (uint8_t i = g->len; i-- > 0;) {
		struct skw_gap *gap = &g->list[i];
		bool begins = skw_segment_before(gap->from, from);
		bool ends = skw_segment_before(to, gap->to);

		if (!skw_segment_before(from, gap->to) || !skw_segment_before(gap->from, to))
			continue;
		if (begins && ends)
			split(g, i, from, to);
		else if (begins)
			gap->to = from;
		else if (ends)
			gap->from = to;
		else
			cut_out(g, i);
	}
}

void skw_gaps_fill_before(struct skw_gaps *g, uint32_t to)
{
	if (g->len && skw_segment_before(g->list[0].from, to))
		skw_gaps_fill(g, g->list[0].from, to);
}

size_t skw_gaps_memory(const struct skw_gaps *g)
{
	return g->list ? SKW_GAPS_KEPT * sizeof(*g->list) : 0;
}

void skw_gaps_free(struct skw_gaps *g)
{
	free(g->list);
	*g = (struct skw_gaps){ 0 };
}
