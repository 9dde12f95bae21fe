// SPDX-License-Identifier: BSD-2-Clause
#include "table/past/closed.h"

#include <stdlib.h>
#include <string.h>

void skw_closed_free(struct skw_closed *c)
{
	free(c->since);
	*c = (struct skw_closed){ 0 };
}

void skw_closed_fit(struct skw_closed *c, uint32_t end)
{
	if (end <= c->len)
		return;
	uint32_t len = end + end / 4;
	uint32_t *since = reallocarray(c->since, len, sizeof(*since));

	if (!since)
		return;
	memset(since + c->len, 0, (len - c->len) * sizeof(*since));
	c->since = since;
	c->len = len;
}
