// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/layout.h"

#include <string.h>

/* The widths that a column needs. */
struct need {
	uint8_t id;
	int min, good; /* as those of struct skw_column_info */
	int whole;     /* for an address of usual length: its width */
	int want;      /* the width of its texts, as far as they are known */
};

/* A column of narrow texts needs no more room than they and its title take. */
static int narrowed(const struct skw_column_info *info, int width, int want)
{
	int title = (int)strlen(info->title), least = want > title ? want : title;

	return want && least < width ? least : width;
}

static bool is_address(const struct skw_column_info *info)
{
	return info->field < SKW_FIELDS && skw_fields[info->field].kind == SKW_KIND_ADDR;
}

static struct need need_of(const struct skw_column_info *info, uint8_t id, int want)
{
	int good = narrowed(info, info->widths.good ? info->widths.good : info->widths.min, want);
	int usual = want < info->widths.want ? want : info->widths.want;

	return (struct need){ .id = id,
			      .min = narrowed(info, info->widths.min, want),
			      .good = good,
			      .whole = is_address(info) && usual > good ? usual : good,
			      .want = want ? want : info->widths.want };
}

/* The place of the column to leave out first when room is short, n if all have to stay. */
static size_t first_to_go(const struct skw_column_info *infos, const struct need *needs, size_t n)
{
	size_t found = n;

	for (size_t i = 0; i < n; i++)
		if (infos[needs[i].id].stays < SKW_COLUMN_STAYS &&
		    (found == n || infos[needs[i].id].stays <= infos[needs[found].id].stays))
			found = i;
	return found;
}

enum width { WIDTH_MIN, WIDTH_GOOD, WIDTH_WHOLE };

static int width_of(const struct need *need, enum width which)
{
	return which == WIDTH_MIN ? need->min : which == WIDTH_GOOD ? need->good : need->whole;
}

static int width_of_all(const struct need *needs, size_t n, enum width which)
{
	int width = n ? (int)n - 1 : 0;

	for (size_t i = 0; i < n; i++)
		width += width_of(&needs[i], which);
	return width;
}

/* Leaves columns out until the others fit. Columns from `stays` on are not left out. */
static size_t leave_out(const struct skw_column_info *infos, struct need *needs, size_t n,
			enum width which, int width, uint8_t stays)
{
	while (width_of_all(needs, n, which) > width) {
		size_t gone = first_to_go(infos, needs, n);

		if (gone == n || infos[needs[gone].id].stays >= stays)
			break;
		n--;
		memmove(needs + gone, needs + gone + 1, (n - gone) * sizeof(needs[0]));
	}
	return n;
}

/*
 * The columns that get room, in their order. A long address would else be cut beside columns that
 * are wider than their texts, or that show what nobody needs to know in full.
 */
enum share { SHARE_ADDRESSES_USUAL, SHARE_ADDRESSES, SHARE_USUAL, SHARE_ALL, SHARES };

/*
 * Shares out `left` columns of width. The column with the highest `stays` gets its share first, as
 * much as it usually wants, or as much as its texts take. Returns the rest.
 */
static int share_out(struct skw_layout *l, const struct skw_column_info *infos,
		     const struct need *needs, enum share share, int left)
{
	bool usual = share == SHARE_ADDRESSES_USUAL || share == SHARE_USUAL;
	bool given[SKW_LAYOUT_COLUMNS] = { false };

	for (size_t round = 0; round < l->len && left > 0; round++) {
		size_t best = l->len;
		int more;

		for (size_t i = 0; i < l->len; i++)
			if (!given[i] &&
			    (best == l->len ||
			     infos[l->at[i].column].stays > infos[l->at[best].column].stays))
				best = i;
		given[best] = true;
		if (share < SHARE_USUAL && !is_address(&infos[l->at[best].column]))
			continue;
		more = needs[best].want;
		if (usual && more > infos[l->at[best].column].widths.want)
			more = infos[l->at[best].column].widths.want;
		more -= l->at[best].width;
		more = more < left ? more : left;
		if (more > 0) {
			l->at[best].width += more;
			left -= more;
		}
	}
	return left;
}

void skw_layout_make(struct skw_layout *l, const struct skw_column_info *infos, const uint8_t *ids,
		     size_t n, const uint8_t *want, int x, int width)
{
	struct need needs[SKW_LAYOUT_COLUMNS];
	enum width which;
	int left;

	if (n > SKW_LAYOUT_COLUMNS)
		n = SKW_LAYOUT_COLUMNS;
	for (size_t i = 0; i < n; i++)
		needs[i] = need_of(&infos[ids[i]], ids[i], want ? want[i] : 0);
	/* The figures that tell least are worth less than the whole of an address. */
	n = leave_out(infos, needs, n, WIDTH_WHOLE, width, SKW_COLUMN_LEAVES);
	n = leave_out(infos, needs, n, WIDTH_GOOD, width, SKW_COLUMN_STAYS);
	which = width_of_all(needs, n, WIDTH_GOOD) <= width ? WIDTH_GOOD : WIDTH_MIN;
	l->len = n;
	for (size_t i = 0; i < n; i++)
		l->at[i] = (struct skw_placed){ needs[i].id, 0, width_of(&needs[i], which) };
	left = width - width_of_all(needs, n, which);
	for (unsigned share = 0; share < SHARES; share++)
		left = share_out(l, infos, needs, (enum share)share, left);
	l->width = 0;
	for (size_t i = 0; i < n; i++) {
		l->at[i].x = x + l->width;
		l->width += l->at[i].width + (i + 1 < n);
	}
}
