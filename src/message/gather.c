// SPDX-License-Identifier: BSD-2-Clause
#include "message/gather.h"

#include <stdlib.h>
#include <string.h>

void skw_gather_free(struct skw_gather *g)
{
	free(g->held);
	*g = (struct skw_gather){ 0 };
}

size_t skw_gather_memory(const struct skw_gather *g)
{
	return g->held ? SKW_GATHER_BYTES : 0;
}

/* Without memory for it, a line is as good as too long. */
static void keep(struct skw_gather *g, const uint8_t *p, uint32_t n)
{
	uint32_t room = SKW_GATHER_BYTES - g->kept;

	/* Behind a part that was not kept, nothing can be. */
	if (g->kept == g->len && !g->held)
		g->held = malloc(SKW_GATHER_BYTES);
	if (g->held && g->kept == g->len) {
		uint32_t here = n < room ? n : room;

		memcpy(g->held + g->kept, p, here);
		g->kept += here;
	}
	g->len += n > UINT32_MAX - g->len ? UINT32_MAX - g->len : n;
}

static bool take(struct skw_gather *g, struct skw_bytes *b, uint32_t n, bool complete,
		 struct skw_bytes *out)
{
	const uint8_t *p = b->p;

	*b = skw_bytes_skip(*b, n);
	if (complete && !g->len) {
		*out = (struct skw_bytes){ p, n < SKW_GATHER_BYTES ? n : SKW_GATHER_BYTES, n };
		return true;
	}
	if (n)
		keep(g, p, n);
	if (!complete)
		return false;
	*out = (struct skw_bytes){ g->held, g->kept, g->len };
	g->given = true;
	return true;
}

static void take_back(struct skw_gather *g)
{
	if (g->given)
		skw_gather_free(g);
}

bool skw_gather_line(struct skw_gather *g, struct skw_bytes *b, struct skw_bytes *line)
{
	const uint8_t *end = b->caplen ? memchr(b->p, '\n', b->caplen) : NULL;

	take_back(g);
	return take(g, b, end ? (uint32_t)(end - b->p) + 1 : b->caplen, end, line);
}

bool skw_gather_record(struct skw_gather *g, struct skw_bytes *b, uint32_t need,
		       struct skw_bytes *record)
{
	take_back(g);

	uint32_t left = need > g->len ? need - g->len : 0;

	return take(g, b, left < b->caplen ? left : b->caplen, left <= b->caplen, record);
}
