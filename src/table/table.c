// SPDX-License-Identifier: BSD-2-Clause
#include "table/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table/table_rows.h"
#include "table/table_state.h"

int skw_table_new(const struct skw_table_options *opt, struct skw_table **out)
{
	struct skw_table *t = calloc(1, sizeof(*t));

	if (!t || skw_slots_init(&t->slots)) {
		free(t);
		return -ENOMEM;
	}
	if (opt->packets && skw_by_tuple_init(&t->by_tuple)) {
		skw_table_free(t);
		return -ENOMEM;
	}
	t->opt = *opt;
	t->keep_ns = opt->closed_ns;
	t->generation = 1;
	t->begin_ns = t->prev_begin_ns = SKW_NONE64;
	skw_timeline_init(&t->timeline);
	skw_totals_init(&t->totals);
	*out = t;
	return 0;
}

void skw_table_free(struct skw_table *t)
{
	if (!t)
		return;
	skw_slots_free(&t->slots);
	skw_closed_free(&t->closed);
	skw_by_tuple_free(&t->by_tuple);
	skw_wires_free(&t->wires);
	skw_owner_sets_free(&t->owners);
	skw_names_free(&t->netns);
	skw_names_free(&t->cgroups);
	skw_extras_free(&t->extras);
	skw_remotes_free(&t->remotes);
	skw_talks_free(&t->talks);
	skw_listeners_free(&t->listeners);
	skw_timeline_free(&t->timeline);
	skw_holders_free(&t->holders);
	free(t);
}

/* Which of a row's names is set: that of its namespace or that of its cgroup. */
struct naming {
	struct skw_names *names;
	uint64_t (*id)(const struct skw_row *row);
	const char **(*name)(struct skw_row *row);
};

static uint64_t netns_id(const struct skw_row *row)
{
	return row->netns;
}

static const char **netns_name(struct skw_row *row)
{
	return &row->netns_name;
}

static uint64_t cgroup_id(const struct skw_row *row)
{
	return row->cgroup_id;
}

static const char **cgroup_name(struct skw_row *row)
{
	return &row->cgroup;
}

static int tell(struct skw_table *t, const struct naming *naming, uint64_t id, const char *name)
{
	struct skw_name *who;
	char *old;
	int ret = skw_names_set(naming->names, id, name, &who, &old);

	if (ret || !who)
		return ret;
	/* If it had a name before, rows have that name and are not listed: look at all rows. */
	bool all = old || who->unlisted;
	uint32_t len = all ? t->slots.end : who->waiting_len;

	for (uint32_t i = 0; i < len; i++) {
		struct skw_entry *e = skw_slots_at(&t->slots, all ? i : who->waiting[i]);

		if (e->used && naming->id(&e->row) == id)
			*naming->name(&e->row) = who->name;
	}
	free(old);
	skw_names_told(who);
	return 0;
}

int skw_table_name_netns(struct skw_table *t, uint32_t netns, const char *name)
{
	const struct naming naming = { &t->netns, netns_id, netns_name };

	t->generation++;
	return tell(t, &naming, netns, name);
}

int skw_table_name_cgroup(struct skw_table *t, uint64_t id, const char *path)
{
	const struct naming naming = { &t->cgroups, cgroup_id, cgroup_name };

	t->generation++;
	return tell(t, &naming, id, path);
}

bool skw_table_unnamed_cgroup(struct skw_table *t, uint64_t *id)
{
	return skw_names_unnamed(&t->cgroups, id);
}

void skw_table_count_bad_record(struct skw_table *t)
{
	t->totals.bad_records++;
}

size_t skw_table_len(const struct skw_table *t)
{
	return t->slots.len - t->hidden;
}

uint64_t skw_table_generation(const struct skw_table *t)
{
	return t->generation;
}

const struct skw_row *skw_table_find(const struct skw_table *t, uint64_t cookie)
{
	const struct skw_entry *e = skw_slots_find_cookie(&t->slots, cookie);

	return e && !e->hidden ? &e->row : NULL;
}

const struct skw_row *skw_table_next(const struct skw_table *t, size_t *at)
{
	while (*at < t->slots.end) {
		const struct skw_entry *e = skw_slots_at(&t->slots, (uint32_t)(*at)++);

		if (e->used && !e->hidden)
			return &e->row;
	}
	return NULL;
}

uint32_t skw_table_place(const struct skw_row *row)
{
	const char *entry = (const char *)row - offsetof(struct skw_entry, row);

	return ((const struct skw_entry *)entry)->slot;
}

const struct skw_row *skw_table_at(const struct skw_table *t, uint32_t place)
{
	return &skw_slots_at(&t->slots, place)->row;
}

const struct skw_totals *skw_table_totals(const struct skw_table *t)
{
	return &t->totals;
}

size_t skw_table_timeline(const struct skw_table *t, uint64_t cookie, struct skw_happening *out,
			  size_t max)
{
	return skw_timeline_read(&t->timeline, cookie, out, max);
}

void skw_table_follow(struct skw_table *t, uint64_t cookie)
{
	/* Without memory the timeline only begins later, which is no error of the caller. */
	(void)skw_timeline_follow(&t->timeline, cookie);
}
