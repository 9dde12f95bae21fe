// SPDX-License-Identifier: BSD-2-Clause
/* The holders of sockets become the owners of rows. */
#include "table/table.h"

#include <errno.h>

#include "table/table_rows.h"
#include "table/table_state.h"

void skw_table_holders_begin(struct skw_table *t)
{
	skw_holders_free(&t->holders);
}

int skw_table_holder(struct skw_table *t, uint32_t inode, const struct skw_owner *owner)
{
	return skw_holders_add(&t->holders, inode, owner);
}

static int apply(struct skw_table *t, struct skw_entry *e)
{
	const struct skw_owner *list;
	const struct skw_owners *set;
	int len = skw_holders_of(&t->holders, e->row.inode, &list);

	if (len <= 0)
		return len;
	set = skw_owner_sets_get(&t->owners, list, (uint32_t)len);
	if (!set)
		return -ENOMEM;
	skw_table_row_own(t, e, set, SKW_OWNER_HOLDER);
	return 0;
}

int skw_table_holders_end(struct skw_table *t)
{
	int ret = 0;

	t->generation++;
	for (uint32_t slot = 0; slot < t->slots.end && !ret; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);

		/* No process has it open any more; the kernel is still closing it. */
		if (e->used && !e->row.inode && e->row.owner_source == SKW_OWNER_HOLDER)
			e->row.owner_source = SKW_OWNER_CLOSER;
		/* The inode number of a closed socket may belong to another one by now. */
		if (e->used && e->row.closed_ns == SKW_NONE64 && e->row.inode &&
		    e->row.inode != SKW_NONE32)
			ret = apply(t, e);
	}
	/* Listeners have their owners now, which the sockets that they accepted get too. */
	for (uint32_t slot = 0; slot < t->slots.end && !ret; slot++) {
		struct skw_entry *e = skw_slots_at(&t->slots, slot);

		if (e->used && !e->row.owners)
			skw_table_row_accept(t, e);
	}
	skw_holders_free(&t->holders);
	return ret;
}
