/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and attaches the programs that watch connections (bpf/conn.bpf.c, bpf/owner.bpf.c), and
 * gives access to their event rings and iterators. abi/conn.h declares the records.
 */
#ifndef SKW_KERN_CONN_H
#define SKW_KERN_CONN_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "abi/conn.h"
#include "kern/ring/ring.h"
#include "model/watch.h"
#include "util/error.h"

struct skw_conn;

struct skw_conn_options {
	/* A folder in cgroup v2; NULL: the root, found through mountinfo. */
	const char *cgroup;
	/* Inode number of the only network namespace that is watched; 0: all are watched. */
	uint32_t netns;
	/* SKW_EVENT_BIT()s of the events that go into the rings. */
	uint32_t events;
	/* STATE events come only from sockets that a sweep, an RTO or a retransmission has met. */
	bool known_states;
	/* A sweep turns on the callbacks of sockets that were open before. */
	bool enrol;
	/* The iterators of UDP sockets and of sockets' holders are wanted, too. */
	bool udp, holders;
	/* The programs that count datagrams are loaded, for skw_conn_count_udp(). */
	bool counts;
	/* All event rings together. */
	uint64_t ring_bytes;
};

/*
 * Loads and attaches the programs; callbacks run from then on. The kernel detaches everything
 * when this process and the keeper have ended. Optional
 * parts that the kernel lacks are no error: skw_conn_lacks() names them, and callbacks where a
 * program of others excludes ours. Returns -errno if the kernel has no sockops or no iterator of
 * TCP sockets.
 */
int skw_conn_open(const struct skw_conn_options *opt, struct skw_conn **out, struct skw_error *err);
void skw_conn_close(struct skw_conn *c); /* NULL allowed */

/*
 * The descriptors that the keeper needs: iterators, the attachment and the counters. The caller
 * frees the array, and the conn owns the descriptors. NULL if memory is short.
 */
int *skw_conn_kept_fds(const struct skw_conn *c, size_t *n);

/*
 * For the worker: closes all programs, maps and links of this process. Afterwards only the rings,
 * skw_conn_count() and skw_conn_lacks() are left.
 */
void skw_conn_disarm(struct skw_conn *c);

/* Takes the programs off their cgroup. The contents of the rings and the counters stay. */
void skw_conn_detach(struct skw_conn *c);

/*
 * Attaches the programs that count datagrams, or takes them off. The program of another that runs
 * beside none is left in peace. Returns 0, -EBUSY in that case, or another -errno; then nothing is
 * attached. To be called by the process that has the programs: before the split, or the keeper.
 */
int skw_conn_count_udp(struct skw_conn *c, bool on, struct skw_error *err);

uint32_t skw_conn_lacks(const struct skw_conn *c); /* SKW_LACKS_* of model/watch.h */
/* With SKW_LACKS_CALLBACKS: names the program of others, in one line. It is valid as long as `c`.
 */
const char *skw_conn_excluded(const struct skw_conn *c);

enum skw_conn_iter { SKW_ITER_TCP, SKW_ITER_UDP, SKW_ITER_HOLDERS, SKW_ITERS };

/* Returns the iterator's descriptor, which stays ours, or -1 where the kernel lacks it. */
int skw_conn_iter_link(const struct skw_conn *c, enum skw_conn_iter which);

/*
 * The next runs of the iterator of TCP sockets tell only a struct skw_steady_rec of connections
 * that have been at rest since a time, which the reader has met at that time or later. 0: of none.
 * To be called by the process that has the programs.
 */
void skw_conn_steady_since(struct skw_conn *c, uint64_t since_ns);

/*
 * Starts a run of an iterator in the network namespace of the calling thread. Returns a
 * descriptor for struct skw_conn_reader, or -errno.
 */
int skw_conn_iter_open(int link_fd);
/* The same of one of our iterators. -EINVAL: there is none. -ENODATA: there is no such socket. */
int skw_conn_iter_run(const struct skw_conn *c, enum skw_conn_iter which);

struct skw_rings *skw_conn_rings(struct skw_conn *c); /* stays ours */

/*
 * Adds up the counters of all CPUs. They are mapped memory: this also works after
 * skw_conn_disarm(), and after the keeper has died.
 */
void skw_conn_count(const struct skw_conn *c, struct skw_conn_counters *sum);

#endif
