/* SPDX-License-Identifier: BSD-2-Clause */
/* The sums of requests and answers of a group's rows. Internal to this room. */
#ifndef SKW_VIEW_GROUP_TALKS_H
#define SKW_VIEW_GROUP_TALKS_H

#include "view/view.h"

/* The latencies of all rows, for a quantile. Nothing is there until a row has some. */
struct skw_group_talks {
	uint32_t *buckets; /* owned */
	uint64_t answered, max_us;
};

void skw_group_talks_free(struct skw_group_talks *g);
/* Adds a row. 0 or -ENOMEM. */
int skw_group_talks_add(struct skw_group_talks *g, struct skw_group_row *group,
			const struct skw_row *row);
/* All rows were added. */
void skw_group_talks_end(const struct skw_group_talks *g, struct skw_group_row *group);

#endif
