// SPDX-License-Identifier: BSD-2-Clause
#include "join/health.h"

#include <stdlib.h>

#include "join/matched.h"
#include "row/row.h"
#include "table/table.h"

/* The bits of a row: it has matched, and it is in the capture. */
enum { MATCHED = 1, IN = 2 };

/* A connection that has entered and not left yet. */
struct entered {
	struct skw_health_row row;
	uint32_t turn; /* the last sweep that had its row */
	uint32_t netns;
	struct skw_tuple tuple;
};

struct skw_health {
	const struct skw_expr *expr;
	struct skw_matched rows; /* owned; `more` is the place among the entered ones */
	struct entered *entered; /* owned */
	uint32_t len, room;
	uint32_t turn, at; /* of sweeps; the next that skw_health_gone() looks at */
};

struct skw_health *skw_health_new(const struct skw_expr *expr)
{
	struct skw_health *h = calloc(1, sizeof(*h));

	if (h)
		h->expr = expr;
	return h;
}

void skw_health_free(struct skw_health *h)
{
	if (!h)
		return;
	skw_matched_free(&h->rows);
	free(h->entered);
	free(h);
}

struct skw_health_row skw_health_row_of(const struct skw_row *row)
{
	return (struct skw_health_row){ skw_table_place(row), row->cookie };
}

/* Its bits, or NULL: another row has its place. */
static struct skw_matched_row *find(const struct skw_health *h, struct skw_health_row row)
{
	struct skw_matched_row *at = row.place < h->rows.len ? &h->rows.all[row.place] : NULL;

	return at && at->cookie == row.cookie ? at : NULL;
}

static bool add_entered(struct skw_health *h, const struct skw_row *row, struct skw_matched_row *at)
{
	if (h->len == h->room) {
		uint32_t room = h->room ? 2 * h->room : 64;
		struct entered *more = realloc(h->entered, room * sizeof(*more));

		if (!more)
			return false;
		h->entered = more;
		h->room = room;
	}
	at->more = h->len;
	h->entered[h->len++] = (struct entered){ .row = skw_health_row_of(row),
						 .turn = h->turn,
						 .netns = row->netns,
						 .tuple = row->tuple };
	return true;
}

/* The last one takes its place. */
static void drop_entered(struct skw_health *h, uint32_t i)
{
	h->entered[i] = h->entered[--h->len];
	struct skw_matched_row *moved = i < h->len ? find(h, h->entered[i].row) : NULL;

	if (moved)
		moved->more = i;
}

/* Whether it belongs into the capture, where it is or is not at the moment. */
static bool belongs(const struct skw_health *h, const struct skw_row *row, bool is_in,
		    uint64_t now_ns)
{
	if (row->closed_ns == SKW_NONE64)
		return skw_expr_matches(h->expr, row);
	return is_in && now_ns < row->closed_ns + SKW_HEALTH_CLOSED_NS;
}

enum skw_health_change skw_health_look(struct skw_health *h, const struct skw_row *row,
				       uint64_t now_ns)
{
	struct skw_matched_row *at =
		row->cookie == SKW_NONE64 ? NULL : skw_matched_at(&h->rows, row);

	if (!at)
		return SKW_HEALTH_NONE;
	bool before = at->bits & MATCHED, now = belongs(h, row, before, now_ns);

	if (before)
		h->entered[at->more].turn = h->turn;
	if (now == before || (now && !add_entered(h, row, at)))
		return SKW_HEALTH_NONE;
	at->bits ^= MATCHED;
	if (now)
		return SKW_HEALTH_ENTERS;
	drop_entered(h, at->more);
	return SKW_HEALTH_LEAVES;
}

void skw_health_begin(struct skw_health *h)
{
	h->turn++;
	h->at = 0;
}

bool skw_health_gone(struct skw_health *h, struct skw_row *bare, struct skw_health_row *at)
{
	while (h->at < h->len && h->entered[h->at].turn == h->turn)
		h->at++;
	if (h->at == h->len)
		return false;

	const struct entered *e = &h->entered[h->at];
	struct skw_matched_row *row = find(h, e->row);

	skw_row_blank(bare);
	bare->cookie = e->row.cookie;
	bare->netns = e->netns;
	bare->tuple = e->tuple;
	*at = e->row;
	if (row && row->more == h->at)
		row->bits &= ~(uint32_t)MATCHED;
	drop_entered(h, h->at);
	return true;
}

void skw_health_set(struct skw_health *h, struct skw_health_row row, bool in)
{
	struct skw_matched_row *at = find(h, row);

	if (at)
		at->bits = in ? at->bits | IN : at->bits & ~(uint32_t)IN;
}

bool skw_health_has(const struct skw_health *h, const struct skw_row *row)
{
	const struct skw_matched_row *at = find(h, skw_health_row_of(row));

	return at && at->bits & IN;
}
