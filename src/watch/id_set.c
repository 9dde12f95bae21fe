// SPDX-License-Identifier: BSD-2-Clause
#include "watch/id_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

bool skw_id_set_has(const struct skw_id_set *set, uint64_t id)
{
	return set->len && bsearch(&id, set->all, set->len, sizeof(id), by_id);
}

int skw_id_set_add(struct skw_id_set *set, uint64_t id)
{
	size_t at = set->len;

	if (skw_id_set_has(set, id))
		return 0;
	if (set->len == set->size) {
		size_t size = set->size ? set->size * 2 : 16;
		uint64_t *all = reallocarray(set->all, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		set->all = all;
		set->size = size;
	}
	while (at && set->all[at - 1] > id)
		at--;
	memmove(set->all + at + 1, set->all + at, (set->len - at) * sizeof(id));
	set->all[at] = id;
	set->len++;
	return 0;
}

void skw_id_set_free(struct skw_id_set *set)
{
	free(set->all);
	*set = (struct skw_id_set){ 0 };
}

void skw_id_set_remove(struct skw_id_set *set, uint64_t id)
{
	uint64_t *at = set->len ? bsearch(&id, set->all, set->len, sizeof(id), by_id) : NULL;

	if (!at)
		return;
	set->len--;
	memmove(at, at + 1, (size_t)(set->all + set->len - at) * sizeof(id));
}
