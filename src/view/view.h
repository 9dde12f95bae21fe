/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which rows are shown and in which order: a filter, a sort key smoothed over three ticks so
 * that rows don't jump, grouping. Unknown keys come last in either order, equal ones go by cookie.
 * What was in the ticks before is the view's own, 8 bytes a row. A view owns an array of pointers,
 * no rows; it is made anew from the table each tick and is valid until the table changes.
 */
#ifndef SKW_VIEW_VIEW_H
#define SKW_VIEW_VIEW_H

#include <stdbool.h>

#include "expr/expr.h"
#include "row/field.h"
#include "table/table.h"

enum skw_group {
	SKW_GROUP_NONE,
	SKW_GROUP_PROCESS,
	SKW_GROUP_REMOTE,
	SKW_GROUP_PORT, /* the listener's, where it is known: what is served or asked for */
	SKW_GROUP_CGROUP,
	SKW_GROUP_STATE,
	SKW_GROUPS
};
extern const char *const skw_group_names[SKW_GROUPS]; /* "none", "process", ... */

struct skw_view_options {
	enum skw_field sort; /* any but OWNERS and RTT_HIST */
	bool ascending;
	const struct skw_expr *filter; /* lent; NULL: all */
	const char *search; /* lent; NULL: none. Rows that contain it are marked, not chosen */
	bool listeners;     /* LISTEN and UNCONN too */
	bool closed;        /* closed rows that are kept */
	enum skw_group group;
};

/*
 * A line of the group view; sums of its rows, unknown where no row knows. Processes go by name,
 * the group of rows that don't know theirs is called "--". Groups are sorted by the sum (of SRTT
 * the median) of the field that rows are sorted by, where a group has it; by name or number, where
 * it is the field they are grouped by; otherwise by their number of rows. Equal ones go by name.
 */
struct skw_group_row {
	char name[SKW_COMM_LEN +
		  64];      /* "nginx", "10.0.0.1", "443", "nginx.service", "ESTABLISHED" */
	bool known;         /* not the group of those that don't know theirs */
	const char *cgroup; /* of groups by cgroup: the whole path, as a row's; NULL: none */
	size_t rows;
	uint64_t tx_bps, rx_bps, bytes_acked, bytes_received;
	uint64_t retrans_segs, rto_count;
	uint64_t srtt_us; /* median of its rows */
	uint64_t worst_srtt_us;
};

struct skw_view;

int skw_view_new(struct skw_view **out);
void skw_view_free(struct skw_view *v); /* NULL allowed */

/*
 * Makes the view of the table as it is. `tick` says that the table was swept since the last
 * time: then smoothed keys move, otherwise they stay. 0 or -ENOMEM (the view is empty then).
 */
int skw_view_make(struct skw_view *v, const struct skw_table *t, const struct skw_view_options *opt,
		  bool tick);

size_t skw_view_len(const struct skw_view *v);
const struct skw_row *skw_view_row(const struct skw_view *v, size_t at);
/* Where a connection stands; SIZE_MAX: not in the view. */
size_t skw_view_find(const struct skw_view *v, uint64_t cookie);
/* Whether the row's text contains the search (local, remote, owner, state, cgroup). */
bool skw_view_found(const struct skw_view_options *opt, const struct skw_row *row);

size_t skw_view_groups_len(const struct skw_view *v);
const struct skw_group_row *skw_view_group(const struct skw_view *v, size_t at);

/* "process", "remote", ...: false if it is none. */
bool skw_group_find(const char *name, enum skw_group *out);
/* A sort key as typed: a field's name or alias. False: none, or one that can't be sorted by. */
bool skw_view_sort_find(const char *name, enum skw_field *out);

#endif
