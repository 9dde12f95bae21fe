// SPDX-License-Identifier: BSD-2-Clause
#include "watch/table_taker.h"

#include "table/table.h"

static void sweep_begin(void *table, uint64_t now_ns)
{
	skw_table_sweep_begin(table, now_ns);
}

static int sweep_row(void *table, const struct skw_row_sample *sample)
{
	return skw_table_sweep_row(table, sample);
}

static int sweep_steady(void *table, const struct skw_row_steady *now)
{
	return skw_table_sweep_steady(table, now);
}

static void sweep_end(void *table, uint64_t now_ns, bool complete)
{
	skw_table_sweep_end(table, now_ns, complete);
}

static void holders_begin(void *table)
{
	skw_table_holders_begin(table);
}

static int holder(void *table, uint32_t inode, const struct skw_owner *owner)
{
	return skw_table_holder(table, inode, owner);
}

static int holders_end(void *table)
{
	return skw_table_holders_end(table);
}

static int event(void *table, const struct skw_event_told *told, struct skw_event *out)
{
	return skw_table_event(table, told, out);
}

static int name_netns(void *table, uint32_t netns, const char *name)
{
	return skw_table_name_netns(table, netns, name);
}

static int name_cgroup(void *table, uint64_t cgroup_id, const char *path)
{
	return skw_table_name_cgroup(table, cgroup_id, path);
}

static bool unnamed_cgroup(void *table, uint64_t *cgroup_id)
{
	return skw_table_unnamed_cgroup(table, cgroup_id);
}

static bool has(void *table, uint64_t cookie)
{
	return skw_table_find(table, cookie) != NULL;
}

static void bad_record(void *table)
{
	skw_table_count_bad_record(table);
}

static const struct skw_row_taker_ops ops = {
	.sweep_begin = sweep_begin,
	.sweep_row = sweep_row,
	.sweep_steady = sweep_steady,
	.sweep_end = sweep_end,
	.holders_begin = holders_begin,
	.holder = holder,
	.holders_end = holders_end,
	.event = event,
	.name_netns = name_netns,
	.name_cgroup = name_cgroup,
	.unnamed_cgroup = unnamed_cgroup,
	.has = has,
	.bad_record = bad_record,
};

struct skw_row_taker skw_table_taker(struct skw_table *table)
{
	return (struct skw_row_taker){ &ops, table };
}
