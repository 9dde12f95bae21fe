// SPDX-License-Identifier: BSD-2-Clause
#include "session/watch_names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kern/cgroup.h"

static int by_id(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool set_has(const struct skw_id_set *set, uint64_t id)
{
	return set->len && bsearch(&id, set->all, set->len, sizeof(id), by_id);
}

static int set_add(struct skw_id_set *set, uint64_t id)
{
	size_t at = set->len;

	if (set_has(set, id))
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

static void set_free(struct skw_id_set *set)
{
	free(set->all);
	*set = (struct skw_id_set){ 0 };
}

void skw_watch_names_free(struct skw_watch_names *n)
{
	set_free(&n->missing);
	set_free(&n->inside);
	set_free(&n->outside);
}

struct naming {
	struct skw_table *table;
	const struct skw_id_set *wanted;
	struct skw_id_set found;
};

static int name_one(void *ctx, uint64_t id, const char *path)
{
	struct naming *naming = ctx;

	if (!set_has(naming->wanted, id))
		return 0;
	int ret = set_add(&naming->found, id);

	return ret ? ret : skw_table_name_cgroup(naming->table, id, path);
}

int skw_watch_names_fill(struct skw_watch_names *n, struct skw_table *table)
{
	struct skw_id_set wanted = { 0 };
	struct naming naming = { .table = table, .wanted = &wanted };
	uint64_t id;
	int ret = 0;

	while (!ret && skw_table_unnamed_cgroup(table, &id))
		if (!set_has(&n->missing, id))
			ret = set_add(&wanted, id);
	if (!ret && wanted.len)
		ret = skw_cgroup_walk(n->mount, n->mount, name_one, &naming);
	for (size_t i = 0; !ret && i < wanted.len; i++)
		if (!set_has(&naming.found, wanted.all[i]))
			ret = set_add(&n->missing, wanted.all[i]);
	set_free(&wanted);
	set_free(&naming.found);
	return ret;
}

static int note_inside(void *ctx, uint64_t id, const char *path)
{
	(void)path;
	return set_add(ctx, id);
}

bool skw_watch_names_inside(struct skw_watch_names *n, uint64_t cgroup_id)
{
	if (!n->top[0] || set_has(&n->inside, cgroup_id))
		return true;
	if (set_has(&n->outside, cgroup_id))
		return false;
	/* One that is not known yet may have been made below the subtree's top meanwhile. */
	skw_cgroup_walk(n->mount, n->top, note_inside, &n->inside);
	if (set_has(&n->inside, cgroup_id))
		return true;
	set_add(&n->outside, cgroup_id);
	return false;
}
