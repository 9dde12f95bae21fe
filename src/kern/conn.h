/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The programs that watch connections (bpf/conn.bpf.c, bpf/owner.bpf.c): loading, attaching by
 * bpf_link, the event rings, the iterators. Records are those of abi/conn.h.
 */
#ifndef SKW_KERN_CONN_H
#define SKW_KERN_CONN_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "abi/conn.h"
#include "kern/ring.h"
#include "model/watch.h"
#include "util/error.h"

struct skw_conn;

struct skw_conn_options {
	const char *cgroup; /* folder in cgroup v2; NULL: the root, found through mountinfo */
	uint32_t netns;     /* inode number of the only one that is watched; 0: all */
	uint32_t events;    /* SKW_EVENT_BIT()s that go into the rings */
	/* STATE only of sockets that a sweep, an RTO or a retransmission has met. */
	bool known_states;
	bool enrol;          /* the first sweeps give sockets that were open before our callbacks */
	bool udp, holders;   /* those iterators as well */
	uint64_t ring_bytes; /* of all event rings together */
};

/*
 * Loads and attaches. From here on callbacks run; nothing stays attached when the process (and
 * the keeper, which has copies of the iterators only) ends. What the kernel lacks is told by
 * skw_conn_lacks(), not an error; without sockops or iter/tcp there is nothing to watch: -errno.
 */
int skw_conn_open(const struct skw_conn_options *opt, struct skw_conn **out, struct skw_error *err);
void skw_conn_close(struct skw_conn *c); /* NULL allowed */

/* Takes the programs off their cgroup and leaves what is in the rings and counters. */
void skw_conn_detach(struct skw_conn *c);

uint32_t skw_conn_lacks(const struct skw_conn *c); /* SKW_LACKS_* of model/watch.h */

enum skw_conn_iter { SKW_ITER_TCP, SKW_ITER_UDP, SKW_ITER_HOLDERS, SKW_ITERS };

/* Stays ours; -1 where the kernel lacks it. Valid for skw_conn_iter_open() in any process. */
int skw_conn_iter_link(const struct skw_conn *c, enum skw_conn_iter which);

/*
 * A new run of an iterator, in the network namespace of the calling thread: a descriptor to
 * read records from until 0, in whole records as long as the buffer holds one. -errno. Static:
 * the keeper calls it with a descriptor only.
 */
int skw_conn_iter_open(int link_fd);

/* An iterator that is being read, in slices. */
struct skw_conn_reader {
	int fd;      /* owned; -1: none */
	size_t size; /* of a record */
	char *buf;   /* owned, kept from one run to the next */
	size_t fill; /* bytes of a record that is not whole yet */
};

/* Begins with a new run, whose descriptor is taken in any case. 0 or -ENOMEM. */
int skw_conn_reader_begin(struct skw_conn_reader *r, int fd, size_t size);

/*
 * Reads one slice, at most 64 KiB, and hands out the whole records in it. Stops at the first
 * negative return of `each` and returns it. 1: there is more; 0: the end, the descriptor is closed;
 * or -errno.
 */
int skw_conn_reader_slice(struct skw_conn_reader *r,
			  int (*each)(void *ctx, const void *record, size_t len), void *ctx);
void skw_conn_reader_end(struct skw_conn_reader *r);  /* gives the run up, keeps the buffer */
void skw_conn_reader_free(struct skw_conn_reader *r); /* safe on one whose fd is -1 */

struct skw_rings *skw_conn_rings(struct skw_conn *c); /* stays ours */

/* Sums over CPUs. 0 or -errno. */
int skw_conn_count(const struct skw_conn *c, struct skw_conn_counters *sum);

#endif
