// SPDX-License-Identifier: BSD-2-Clause
#include "view/group_talks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "row/talks.h"

void skw_group_talks_free(struct skw_group_talks *g)
{
	free(g->buckets);
	*g = (struct skw_group_talks){ 0 };
}

static void sum(uint64_t *total, uint64_t value)
{
	if (value != SKW_NONE64)
		*total = *total == SKW_NONE64 ? value : *total + value;
}

int skw_group_talks_add(struct skw_group_talks *g, struct skw_group_row *group,
			const struct skw_row *row)
{
	const struct skw_row_talk *talk = skw_row_talk(row);

	if (!talk)
		return 0;
	if (!g->buckets)
		g->buckets = calloc(SKW_TALK_BUCKETS, sizeof(*g->buckets));
	if (!g->buckets)
		return -ENOMEM;
	group->protocols += !group->protocol || strcmp(group->protocol, talk->protocol) != 0;
	if (!group->protocol)
		group->protocol = talk->protocol;
	sum(&group->requests, talk->requests);
	sum(&group->errors, talk->errors);
	/* After its close, the last rate of a connection is no longer true. */
	if (row->state != SKW_STATE_CLOSED)
		sum(&group->req_rate, talk->req_rate);
	g->answered += talk->answered;
	if (talk->max_us > g->max_us)
		g->max_us = talk->max_us;
	for (unsigned i = 0; i < SKW_TALK_BUCKETS; i++)
		g->buckets[i] += talk->buckets[i];
	return 0;
}

void skw_group_talks_end(const struct skw_group_talks *g, struct skw_group_row *group)
{
	if (g->buckets)
		group->latency_p99_us = skw_talks_quantile(g->buckets, g->answered, g->max_us, 99);
}
