/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The output of `skwatch top -b`: lines of fixed columns for people and for awk. An unknown value
 * is "--", so that every line has the same number of words.
 */
#ifndef SKW_FORMAT_LISTING_H
#define SKW_FORMAT_LISTING_H

#include "format/format.h"
#include "model/totals.h"
#include "model/watch.h"
#include "util/buf.h"
#include "view/view.h"

/* Appends three lines about all connections: time and losses, connections by state, rates. */
void skw_listing_totals(struct skw_buf *out, const struct skw_totals *totals,
			const struct skw_watch_status *status);
/* Appends a line with the sum of the rows that a filter lets through, see skw_view_sum(). */
void skw_listing_sum(struct skw_buf *out, const struct skw_group_row *sum);

/* `messages`: with their columns, as env->messages for the lines. */
void skw_listing_head(struct skw_buf *out, bool messages);
void skw_listing_row(struct skw_buf *out, const struct skw_row *row,
		     const struct skw_format_env *env);

void skw_listing_group_head(struct skw_buf *out, enum skw_group group, bool messages);
void skw_listing_group(struct skw_buf *out, const struct skw_group_row *row,
		       const struct skw_format_env *env);

#endif
