/* SPDX-License-Identifier: BSD-2-Clause */
/* Puts records of the kernel into a table, in the same way as the code that reads them. */
#ifndef SKW_TESTS_UNIT_TABLE_FEED_H
#define SKW_TESTS_UNIT_TABLE_FEED_H

#include "row/record.h"
#include "table/table.h"

/* 0, -EBADMSG (counted) or -ENOMEM. */
static inline int take_row(struct skw_table *t, const void *bytes, size_t len)
{
	struct skw_row_sample sample;
	int ret = skw_record_row(bytes, len, &sample);

	if (ret)
		skw_table_count_bad_record(t);
	return ret ? ret : skw_table_sweep_row(t, &sample);
}

static inline int take_holder(struct skw_table *t, const struct skw_holder_rec *rec)
{
	struct skw_owner owner;
	uint32_t inode;
	int ret = skw_record_holder(rec, sizeof(*rec), &inode, &owner);

	return ret ? ret : skw_table_holder(t, inode, &owner);
}

/* The same, or 1 with *event. */
static inline int take_event(struct skw_table *t, const void *bytes, size_t len,
			     struct skw_event *event)
{
	struct skw_event_told told;
	int ret = skw_record_event(bytes, len, &told);

	if (ret)
		skw_table_count_bad_record(t);
	return ret ? ret : skw_table_event(t, &told, event);
}

#endif
