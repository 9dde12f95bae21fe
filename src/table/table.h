/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of this host, by socket cookie. The table takes sweeps, holders and events as
 * models, and derives what none of them tells: rates, ages, owners, which connections have gone and
 * why. It trusts what it takes: the code that decodes or makes a model checks it. The cost per row
 * does not grow with the number of rows. The table reads no clock: the caller hands times in
 * (CLOCK_MONOTONIC, nanoseconds).
 */
#ifndef SKW_TABLE_TABLE_H
#define SKW_TABLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/event.h"
#include "model/happening.h"
#include "model/message.h"
#include "model/row.h"
#include "model/totals.h"

struct skw_table;

struct skw_table_options {
	/* How long closed rows are kept, or less if they are many. 0: they are not kept. */
	uint64_t closed_ns;
	/* Holders will come; until then accepted sockets have the owners of their listener. */
	bool owners;
	/* skw_table_socket() will be called. It takes some 12 bytes more a row. */
	bool packets;
};

int skw_table_new(const struct skw_table_options *opt, struct skw_table **out); /* 0 or -ENOMEM */
void skw_table_free(struct skw_table *t);                                       /* NULL allowed */

/*
 * A copy of the table as it is now, for reading only. The caller frees it as any other. 0 or
 * -ENOMEM.
 */
int skw_table_copy(const struct skw_table *t, struct skw_table **out);

/*
 * A sweep: begin, the rows of all namespaces in any order, end. `complete` says that every
 * namespace was read to its end. A row goes when two complete sweeps in a row did not meet it: one
 * is not enough, as an iterator may miss a socket whose neighbour closes. The end derives rates and
 * removes closed rows whose time is over. skw_table_sweep_row(): 0 or -ENOMEM.
 */
void skw_table_sweep_begin(struct skw_table *t, uint64_t now_ns);
int skw_table_sweep_row(struct skw_table *t, const struct skw_row_sample *sample);
/*
 * In place of the row of a connection at rest. 1 or -ENOMEM; 0: it does not do, as the last sweep
 * did not meet the connection, or something else is not as it was. Then this sweep needs its row.
 */
int skw_table_sweep_steady(struct skw_table *t, const struct skw_row_steady *now);
void skw_table_sweep_end(struct skw_table *t, uint64_t now_ns, bool complete);

/*
 * The holders of sockets: begin, each pair of socket and process in any order, end. The end gives
 * each row its holders as owners, with the source `holder`. A row without holders keeps the owners
 * that it had, with the source `closer` if no process has it open any more; an accepted socket that
 * had none gets those of its listener, with the source `listener`, where only one listener fits.
 * skw_table_holder() and skw_table_holders_end(): 0 or -ENOMEM.
 */
void skw_table_holders_begin(struct skw_table *t);
int skw_table_holder(struct skw_table *t, uint32_t inode, const struct skw_owner *owner);
int skw_table_holders_end(struct skw_table *t);

/*
 * An event. Returns 1 with *event filled, 0 if only the table needed it, or -ENOMEM. If there is
 * no row of the connection, the event makes one, which goes as any other: after its close, or when
 * two complete sweeps in a row did not meet it.
 */
int skw_table_event(struct skw_table *t, const struct skw_event_told *told,
		    struct skw_event *event);

/*
 * Drops closed rows whose time is over. A sweep does so, too, and events if there are many.
 */
void skw_table_expire(struct skw_table *t, uint64_t now_ns);

/*
 * A recording, in place of samples and events: rows with all that another table had derived. Their
 * strings and owners are the caller's. Between the begin and the end of a sweep come the rows that
 * have changed, then skw_table_recorded_rest() for all others. `gone` drops a row. These return 0
 * or -ENOMEM.
 */
int skw_table_recorded_row(struct skw_table *t, const struct skw_row *row);
int skw_table_recorded_event(struct skw_table *t, const struct skw_event *event);
void skw_table_recorded_rest(struct skw_table *t, uint64_t now_ns);
void skw_table_recorded_gone(struct skw_table *t, uint64_t cookie);

/*
 * Names, for the rows that are there and those that will come. The text is copied. 0 or -ENOMEM. A
 * namespace that has lost its name is told with "", as its number may belong to another one now.
 */
int skw_table_name_netns(struct skw_table *t, uint32_t netns, const char *name);
int skw_table_name_cgroup(struct skw_table *t, uint64_t cgroup_id, const char *path);

/*
 * A cgroup without a name, for the caller to look up. Each comes once after the begin of a sweep.
 * False: there is no other.
 */
bool skw_table_unnamed_cgroup(struct skw_table *t, uint64_t *cgroup_id);

/* Counts, in the totals, a record that was refused when it was decoded. */
void skw_table_count_bad_record(struct skw_table *t);

size_t skw_table_len(const struct skw_table *t); /* rows, closed ones included */
const struct skw_row *skw_table_find(const struct skw_table *t, uint64_t cookie); /* or NULL */

/* A number that is another one after everything that may change the result of the next function. */
uint64_t skw_table_generation(const struct skw_table *t);

/* Which sockets will do for skw_table_socket(). */
enum skw_table_bound {
	SKW_TABLE_TOLD,      /* with both ends of the tuple, or an event has told it (WIRE) */
	SKW_TABLE_CONNECTED, /* also one that is bound to the tuple's local address */
	SKW_TABLE_BOUND      /* also one that is bound to every address */
};

/* For tables without options.packets: skw_table_socket() works from now on, or until now. */
int skw_table_find_sockets(struct skw_table *t, bool on);

/*
 * The socket of a packet in network namespace `netns`, whose `tuple` is in the form of this host's
 * end: a connection, a listener, or a socket of UDP. If that namespace has none, the socket of the
 * only other namespace that has one with these addresses will do: the caller can tell by the row's
 * netns. NULL: there is none, or several that may be it have different owners.
 */
const struct skw_row *skw_table_socket(const struct skw_table *t, uint32_t netns,
				       const struct skw_tuple *tuple, enum skw_table_bound bound);

/*
 * Every row once, in no order, NULL at the end. *at is 0 at first. The table must not change
 * meanwhile.
 */
const struct skw_row *skw_table_next(const struct skw_table *t, size_t *at);

/*
 * The number of a row's place in its table. Places are counted from 0 and used again, so their
 * numbers stay small. The row of an event may have none, if its socket has another row already.
 */
#define SKW_TABLE_NO_PLACE UINT32_MAX
uint32_t skw_table_place(const struct skw_row *row);

/* The row at a place. */
const struct skw_row *skw_table_at(const struct skw_table *t, uint32_t place);

const struct skw_totals *skw_table_totals(const struct skw_table *t);

/*
 * The happenings of one connection, oldest first: changes of state, RTOs and retransmissions. Only
 * the newest of all connections are remembered, and more of the one that is followed. Returns how
 * many were put into `out`.
 */
size_t skw_table_timeline(const struct skw_table *t, uint64_t cookie, struct skw_happening *out,
			  size_t max);

/*
 * A message between two ends, of which one or both are of network namespace `netns`. It needs
 * skw_table_find_sockets() or options.packets. Rows without room are counted by the second one.
 */
void skw_table_message(struct skw_table *t, uint32_t netns, const struct skw_message *m,
		       bool client_is_here, bool server_is_here);
uint64_t skw_table_messages_left_out(const struct skw_table *t);
/* No row has any more. */
void skw_table_forget_messages(struct skw_table *t);

/*
 * Asks for the names of the other ends of all connections of TCP that have begun since this time,
 * or whose begin is not known, and of all connected sockets of UDP. The function returns a name
 * with its source in *source, or NULL: unknown. With NULL for the function, all names are
 * forgotten.
 */
typedef const char *(*skw_table_namer)(void *ctx, const struct skw_row *row, const char **source);
void skw_table_name_remotes(struct skw_table *t, uint64_t since_ns, skw_table_namer name,
			    void *ctx);

/* The connection that is followed: its row also stays after its close. 0: none. */
void skw_table_follow(struct skw_table *t, uint64_t cookie);

#endif
