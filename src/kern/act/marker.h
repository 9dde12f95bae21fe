/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads and attaches the programs that mark connections (bpf/mark.bpf.c). abi/mark.h declares the
 * records of their rings.
 */
#ifndef SKW_KERN_ACT_MARKER_H
#define SKW_KERN_ACT_MARKER_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/mark.h"
#include "kern/ring/ring.h"
#include "model/pin.h"
#include "util/error.h"

struct skw_marker;

struct skw_marker_options {
	const char *cgroup; /* its folder */
	uint32_t host;      /* the number that this host tells: not 0 */
	bool names;         /* tell the names of processes, too */
	bool events;        /* put a record into the rings for each connection */
};

struct skw_marker_figures {
	struct skw_mark_counters marks;
	uint64_t events, events_lost;
};

/*
 * Loads and attaches them, and lets listeners that are there already answer with marks, in all
 * network namespaces that can be entered. Returns 0, or -errno with err filled.
 */
int skw_marker_open(const struct skw_marker_options *opt, struct skw_marker **out,
		    struct skw_error *err);
void skw_marker_close(struct skw_marker *m); /* NULL allowed */

/* Whether listeners that are there already could be changed, which takes 6.12. */
bool skw_marker_reaches_listeners(const struct skw_marker *m);

/* Whether another program is attached, whose flags must stay. */
bool skw_marker_is_shared(const struct skw_marker *m);

/* Whether the kernel has no name of older listeners, although names are wanted. */
bool skw_marker_lacks_holders(const struct skw_marker *m);

struct skw_rings *skw_marker_rings(struct skw_marker *m); /* stays ours */
void skw_marker_count(const struct skw_marker *m, struct skw_marker_figures *sum);

/*
 * For the keeper: the descriptors that skw_marker_stop() needs, which stay ours. Writes two at
 * most, and returns their number.
 */
size_t skw_marker_kept_fds(const struct skw_marker *m, int fds[2]);

/* For the worker: closes all but the rings and the counters. */
void skw_marker_disarm(struct skw_marker *m);

/*
 * Detaches the programs, and takes the callback flags of listeners back. Needs privileges, and is
 * called where skw_marker_disarm() was not.
 */
void skw_marker_stop(struct skw_marker *m);

/* The map of struct skw_mark_peer has this name in a pin. */
#define SKW_MARKER_PEERS "peers"

/* Pins them as DIR/NAME. They stay when `m` is closed. Returns 0, or -errno with err filled. */
int skw_marker_pin(const struct skw_marker *m, const char *dir, const char *name,
		   const struct skw_pin_meta *meta, struct skw_error *err);

/* Adds up the counters of a pin. Returns 0 or -errno. */
int skw_marker_count_pin(const struct skw_pin *pin, struct skw_mark_counters *sum);

#endif
