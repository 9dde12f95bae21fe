/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which rows are shown, and in which order: a filter, a sort key, grouping. Sort keys that change
 * quickly are smoothed over three ticks so that rows don't jump. Rows with an unknown key come last
 * in either order, and rows with equal keys are sorted by cookie.
 *
 * A view owns an array of places and codes of keys, not the rows. It is made again from the table
 * each tick and is valid until the table changes. It keeps the values of earlier ticks itself, 8
 * bytes for each row.
 */
#ifndef SKW_VIEW_VIEW_H
#define SKW_VIEW_VIEW_H

#include <stdbool.h>

#include "expr/expr.h"
#include "row/field.h"
#include "table/table.h"

enum skw_group {
	SKW_GROUP_NONE,
	SKW_GROUP_PROCESS, /* by the name */
	SKW_GROUP_PID,
	SKW_GROUP_REMOTE,
	SKW_GROUP_PORT, /* the port of the listening side, if that is known */
	SKW_GROUP_CGROUP,
	SKW_GROUP_NETNS,
	SKW_GROUP_STATE,
	SKW_GROUPS
};
extern const char *const skw_group_names[SKW_GROUPS]; /* "none", "process", ... */

struct skw_view_options {
	enum skw_field sort; /* not OWNERS, not RTT_HIST */
	bool ascending;
	const struct skw_expr *filter; /* borrowed; NULL shows all rows */
	/* Borrowed: the cookies of the rows to show. NULL shows all rows. */
	const uint64_t *only;
	size_t only_len;
	/* Borrowed; may be NULL. Rows that contain it are marked; other rows are shown too. */
	const char *search;
	bool listeners; /* show LISTEN and UNCONN too */
	bool datagrams; /* show UNCONN too */
	bool closed;    /* show closed rows that are kept */
	enum skw_group group;
};

/*
 * A line of the group view. It has the sums of the rows; a sum is unknown if it is unknown for all
 * rows. Processes are grouped by name. Rows whose key is unknown form the group "--".
 *
 * If rows are sorted by a field that groups have, groups are sorted by its sum, or by its median
 * for SRTT. If rows are sorted by the field that they are grouped by, groups are sorted by name or
 * number. Otherwise they are sorted by their number of open
 * rows. Equal groups are sorted by name.
 */
struct skw_group_row {
	/* "nginx", "nginx[913]", "10.0.0.1", "443", "nginx.service", "web", "ESTABLISHED". */
	char name[SKW_COMM_LEN + 64];
	bool known; /* false for the group "--" */
	/* When grouped by cgroup: the whole path, owned by a row; may be NULL. */
	const char *cgroup;
	/* When grouped by pid, port or netns: the number of the group, otherwise 0. */
	uint64_t number;
	/*
	 * Rows that are open, among them listeners and UDP sockets; those of them that are
	 * connections of TCP; and connections that have been closed.
	 */
	uint64_t open, connections, closed;
	/* Bits per second of open rows. */
	uint64_t tx_bps, rx_bps;
	uint64_t bytes_acked, bytes_received;
	uint64_t retrans_segs, rto_count;
	uint64_t srtt_us; /* the median of its rows */
	uint64_t worst_srtt_us;
	/* Of messages, by the rows that have some. */
	uint64_t requests, req_rate, errors;
	uint64_t latency_p99_us;
	const char *protocol; /* the first that was met; NULL: none */
	unsigned protocols;   /* over 1: rows have others, too */
};

struct skw_view;

int skw_view_new(struct skw_view **out);
/* NULL is allowed. */
void skw_view_free(struct skw_view *v);

/*
 * Makes the view from the current table. `tick` tells that the table has been swept since the last
 * call; only then do smoothed keys change. 0, or -ENOMEM with an empty view.
 */
int skw_view_make(struct skw_view *v, const struct skw_table *t, const struct skw_view_options *opt,
		  bool tick);

size_t skw_view_len(const struct skw_view *v);
/*
 * The row at this place of the order. The first call sorts the rows around it only, as a screen
 * shows few, and a call for a row elsewhere all of them.
 */
const struct skw_row *skw_view_row(struct skw_view *v, size_t at);
/* The place of a connection in the view, SIZE_MAX if it is not there. */
size_t skw_view_find(const struct skw_view *v, uint64_t cookie);
/* Whether a text of the row (local, remote, owner, state, cgroup) contains opt->search. */
bool skw_view_found(const struct skw_view_options *opt, const struct skw_row *row);

size_t skw_view_groups_len(const struct skw_view *v);
const struct skw_group_row *skw_view_group(const struct skw_view *v, size_t at);

/*
 * The sum of all rows of the view, beside which the totals of the table can be shown. NULL without
 * a filter, because then the view has all rows.
 */
const struct skw_group_row *skw_view_sum(const struct skw_view *v);

/* Finds a group by its name: "process", "remote", ... Returns false if there is none. */
bool skw_group_find(const char *name, enum skw_group *out);
/*
 * Finds a sort key by the name or alias of a field. Returns false if there is no such field or rows
 * can't be sorted by it.
 */
bool skw_view_sort_find(const char *name, enum skw_field *out);

#endif
