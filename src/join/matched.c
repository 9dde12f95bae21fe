// SPDX-License-Identifier: BSD-2-Clause
#include "join/matched.h"

#include <stdlib.h>
#include <string.h>

#include "table/table.h"

void skw_matched_free(struct skw_matched *m)
{
	free(m->all);
	*m = (struct skw_matched){ 0 };
}

struct skw_matched_row *skw_matched_at(struct skw_matched *m, const struct skw_row *row)
{
	size_t place = skw_table_place(row);

	if (place == SKW_TABLE_NO_PLACE) {
		m->none = (struct skw_matched_row){ .cookie = row->cookie };
		return &m->none;
	}
	if (place >= m->len) {
		size_t len = place + place / 2 + 64;
		struct skw_matched_row *more = realloc(m->all, len * sizeof(*more));

		if (!more)
			return NULL;
		memset(more + m->len, 0, (len - m->len) * sizeof(*more));
		m->all = more;
		m->len = len;
	}
	struct skw_matched_row *at = &m->all[place];

	if (at->cookie != row->cookie)
		*at = (struct skw_matched_row){ .cookie = row->cookie };
	return at;
}
