/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of this host, keyed by socket cookie. It is fed with sweeps, holders and
 * events, and derives what no record tells: rates, ages, who owns what, who has gone and why.
 * The cost per row does not grow with the number of rows. It reads no clock: times
 * (CLOCK_MONOTONIC, nanoseconds) are handed in.
 */
#ifndef SKW_TABLE_TABLE_H
#define SKW_TABLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/event.h"
#include "model/happening.h"
#include "model/row.h"
#include "model/totals.h"

struct skw_table;

struct skw_table_options {
	uint64_t
		closed_ns; /* how long closed rows are kept, less if they are many; 0: not at all */
	bool owners;       /* holders will come: accepted sockets get their listener's until then */
};

int skw_table_new(const struct skw_table_options *opt, struct skw_table **out); /* 0 or -ENOMEM */
void skw_table_free(struct skw_table *t);                                       /* NULL allowed */

/*
 * The table as it is, to be looked at only: it is fed nothing. Free it as any other. 0 or -ENOMEM.
 */
int skw_table_copy(const struct skw_table *t, struct skw_table **out);

/*
 * A sweep: begin, the rows of all namespaces in any order, end. `complete` says that every
 * namespace was read to its end: only then may a row that was not met be taken for gone (one
 * that two complete sweeps in a row did not meet, as an iterator may miss a socket whose
 * neighbour closes). Rates are derived at the end, closed rows beyond their time removed.
 * skw_table_sweep_row(): 0 or -ENOMEM.
 */
void skw_table_sweep_begin(struct skw_table *t, uint64_t now_ns);
int skw_table_sweep_row(struct skw_table *t, const struct skw_row_sample *sample);
void skw_table_sweep_end(struct skw_table *t, uint64_t now_ns, bool complete);

/*
 * Who holds what: begin, each holder of each socket in any order, end. At the end every row that a
 * holder was told for gets its owners, source `holder`; one that none was told for keeps what
 * it had. After end() accepted sockets without owners have their listener's, source `creator`.
 */
void skw_table_holders_begin(struct skw_table *t);
int skw_table_holder(struct skw_table *t, uint32_t inode, const struct skw_owner *owner);
int skw_table_holders_end(struct skw_table *t);

/*
 * An event. Returns 1 with *event filled, 0 for one that only the table needed, or -ENOMEM. What is
 * not known yet of the connection is made up from the event: a row that appears by an event alone
 * stays until a sweep, its close or, if neither comes, two complete sweeps.
 */
int skw_table_event(struct skw_table *t, const struct skw_event_told *told,
		    struct skw_event *event);

/*
 * Names. Both are copied. They apply to rows that are there and to those that come. A namespace
 * without a name any more is told "": its number may have been given to another.
 */
int skw_table_name_netns(struct skw_table *t, uint32_t netns, const char *name);
int skw_table_name_cgroup(struct skw_table *t, uint64_t cgroup_id, const char *path);

/*
 * The next cgroup of some row that has no name yet and was not asked for since the last
 * sweep began; false: none. For the caller to look up.
 */
bool skw_table_unnamed_cgroup(struct skw_table *t, uint64_t *cgroup_id);

/* A record was refused before it came here: it is counted in the totals. */
void skw_table_count_bad_record(struct skw_table *t);

size_t skw_table_len(const struct skw_table *t); /* rows, closed ones included */
const struct skw_row *skw_table_find(const struct skw_table *t, uint64_t cookie); /* or NULL */

/* Every row once, in no order: start with *at = 0, ends with NULL. Not across changes. */
const struct skw_row *skw_table_next(const struct skw_table *t, size_t *at);

/*
 * The number of the place of one of its rows: small, the row's own as long as it is there, and
 * used again when it is gone.
 */
uint32_t skw_table_place(const struct skw_row *row);

const struct skw_totals *skw_table_totals(const struct skw_table *t);

/*
 * What happened to one connection, oldest first: its last changes of state, RTOs and
 * retransmissions, as far as they are remembered (a bounded number over all connections, and a
 * bounded number kept for the one that is followed). Returns how many were put into `out`.
 */
size_t skw_table_timeline(const struct skw_table *t, uint64_t cookie, struct skw_happening *out,
			  size_t max);

/* The connection whose timeline is kept in full, and whose row is kept after its close; 0: none. */
void skw_table_follow(struct skw_table *t, uint64_t cookie);

#endif
