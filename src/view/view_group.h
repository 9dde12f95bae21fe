/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups rows by what they have in common. */
#ifndef SKW_VIEW_VIEW_GROUP_H
#define SKW_VIEW_VIEW_GROUP_H

#include "view/view.h"
#include "view/view_order.h"

/* Makes an entry for each group, in the order of `opt`. The caller frees *out. 0 or -ENOMEM. */
int skw_view_group_rows(const struct skw_table *t, const struct skw_view_item *items, size_t len,
			const struct skw_view_options *opt, struct skw_group_row **out,
			size_t *out_len);

/* Sums up all rows. The caller frees *out. 0 or -ENOMEM. */
int skw_view_sum_rows(const struct skw_table *t, const struct skw_view_item *items, size_t len,
		      struct skw_group_row **out);

#endif
