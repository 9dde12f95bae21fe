/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A source: the connections of the host. BPF programs count and send events, and sweeps read all
 * sockets once per interval. Both update a table of connections, which goes to the sink.
 */
#ifndef SKW_WATCH_WATCH_H
#define SKW_WATCH_WATCH_H

#include "loop/source.h"
#include "model/watch_plan.h"

struct skw_table;

struct skw_watch;
struct skw_watch_status;

/*
 * Makes a watch and opens nothing. `plan` must outlive *out. The caller frees *out. Returns 0 or
 * -errno.
 */
int skw_watch_new(const struct skw_watch_plan *plan, struct skw_watch **out, struct skw_error *err);
void skw_watch_free(struct skw_watch *w); /* NULL is allowed */

struct skw_source skw_watch_source(struct skw_watch *w);

/*
 * The folder that the watch goes on reading, for the sandbox: cgroup v2. It is open after
 * `prepare`, and the watch owns it.
 */
const int *skw_watch_folder_fd(const struct skw_watch *w);

/*
 * The watch owns the result. It is exact once the source has stopped and all records have been
 * taken.
 */
const struct skw_watch_status *skw_watch_status(const struct skw_watch *w);
/*
 * Reads the number of events again. Without this call the status has the number that the last sweep
 * found.
 */
void skw_watch_count(struct skw_watch *w);

/*
 * For packets, with plan->packets: the connections, or NULL before the first sweep has ended; the
 * inode number of the network namespace that the process is in, and whether it is an address of
 * that namespace (`addr` as in a tuple).
 */
const struct skw_table *skw_watch_table(const struct skw_watch *w);
uint32_t skw_watch_netns(const struct skw_watch *w);
bool skw_watch_is_local(const struct skw_watch *w, const uint8_t addr[16], uint8_t family);

/* The users of the function below; each switches it for itself. */
enum skw_watch_finder { SKW_WATCH_FOR_CAPTURE = 1, SKW_WATCH_FOR_MESSAGES = 2 };
/* The same without plan->packets, from now on or until now. Returns 0 or -ENOMEM. */
int skw_watch_find_sockets(struct skw_watch *w, enum skw_watch_finder who, bool on);

/*
 * A request with its answer, of packets that this network namespace has seen, for the rows of its
 * sockets; needs the function before. The second one forgets all, and the third tells how many
 * found no room.
 */
struct skw_message;
void skw_watch_message(struct skw_watch *w, const struct skw_message *m);
void skw_watch_forget_messages(struct skw_watch *w);
uint64_t skw_watch_messages_left_out(const struct skw_watch *w);

/* See skw_table_name_remotes(). */
struct skw_row;
void skw_watch_name_remotes(struct skw_watch *w, uint64_t since_ns,
			    const char *(*name)(void *ctx, const struct skw_row *row,
						const char **source),
			    void *ctx);

/* Chooses the connection that is kept in full, even after its close. 0: none. */
void skw_watch_follow(struct skw_watch *w, uint64_t cookie);
/*
 * Begins or ends the counting of datagrams, with a plan that allows it. The totals of sockets that
 * are open when it begins are not known. Returns 0, -EBUSY if the program of another allows none
 * beside it, or another -errno.
 */
int skw_watch_count_datagrams(struct skw_watch *w, bool on);
/* Returns 0 or -errno. */
int skw_watch_set_interval(struct skw_watch *w, uint64_t interval_ns, struct skw_error *err);
/* While the watch is paused there are no sweeps. Events still go into the table and to the sink. */
void skw_watch_set_paused(struct skw_watch *w, bool paused);

#endif
