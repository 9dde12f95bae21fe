/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups of rows as JSON and CSV. The functions append to a buffer and print nothing. */
#ifndef SKW_FORMAT_FORMAT_GROUP_H
#define SKW_FORMAT_FORMAT_GROUP_H

#include "format/format.h"
#include "view/view.h"

/*
 * Appends a JSON object and a newline: the time of the sweep, what the rows are grouped by, the
 * name of the group (null for rows whose key is unknown), its counts and sums, the number of the
 * update, and the name of the host. 0 or -ENOMEM.
 */
int skw_format_group_json(struct skw_buf *out, enum skw_group by, const struct skw_group_row *row,
			  const struct skw_format_env *env);

/* The same as CSV: the header, and a line. */
void skw_format_group_csv_head(struct skw_buf *out);
int skw_format_group_csv(struct skw_buf *out, enum skw_group by, const struct skw_group_row *row,
			 const struct skw_format_env *env);

#endif
