// SPDX-License-Identifier: BSD-2-Clause
/* A copy of a table, which stays as it is while the table goes on. */
#include "table/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/table_rows.h"
#include "table/table_state.h"

static int set_remote(struct skw_table *t, struct skw_entry *e, const struct skw_remote *remote)
{
	struct skw_remote copy = *remote;

	if (copy.talk)
		copy.talk = skw_talks_copy(&t->talks, e->slot, remote->talk);
	return skw_table_row_set_remote(t, e, &copy);
}

/* The pointers of an entry lead into its table. This makes them lead into the copy. */
static int settle(struct skw_table *t, const struct skw_table *from, struct skw_entry *e)
{
	struct skw_row *row = &e->row;
	const struct skw_owners *owners = row->owners;
	const struct skw_remote *remote = row->remote;
	const char *netns = row->netns_name, *cgroup = row->cgroup;
	int ret = skw_extras_copy(&t->extras, row);

	row->owners = NULL;
	row->remote = NULL;
	row->netns_name = row->cgroup = NULL;
	if (row->congestion) {
		size_t at = (size_t)(row->congestion - (const char *)from->congestions);

		row->congestion = t->congestions[at / sizeof(t->congestions[0])];
	}
	if (!ret && owners)
		ret = skw_table_row_own(t, e, owners->list, owners->len, row->owner_source);
	if (!ret && remote)
		ret = set_remote(t, e, remote);
	if (!ret && e->in_netns)
		ret = skw_names_ref(&t->netns, row->netns, e->slot, &row->netns_name);
	if (!ret && netns && !row->netns_name)
		ret = skw_table_name_netns(t, row->netns, netns);
	if (!ret && row->cgroup_id != SKW_NONE64)
		ret = skw_names_ref(&t->cgroups, row->cgroup_id, e->slot, &row->cgroup);
	if (!ret && cgroup && !row->cgroup)
		ret = skw_table_name_cgroup(t, row->cgroup_id, cgroup);
	return ret;
}

static int fill(struct skw_table *t, const struct skw_table *from)
{
	int ret = skw_slots_copy(&t->slots, &from->slots);

	if (!ret)
		ret = skw_timeline_copy(&t->timeline, &from->timeline);
	t->opt = from->opt;
	memcpy(t->congestions, from->congestions, sizeof(t->congestions));
	t->totals = from->totals;
	t->begin_ns = from->begin_ns;
	t->prev_begin_ns = from->prev_begin_ns;
	t->hidden = from->hidden;
	for (uint32_t slot = 0; !ret && slot < t->slots.end; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);

		if (e->used)
			ret = settle(t, from, e);
	}
	return ret;
}

int skw_table_copy(const struct skw_table *t, struct skw_table **out)
{
	struct skw_table *copy = calloc(1, sizeof(*copy));
	int ret = copy ? fill(copy, t) : -ENOMEM;

	if (ret)
		skw_table_free(copy);
	else
		*out = copy;
	return ret;
}
