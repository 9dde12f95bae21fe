/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A tap on all interfaces that the keeper opens and closes while the program runs, for what the
 * user has picked. Nothing of it exists before that and afterwards.
 */
#ifndef SKW_KERN_TAPPED_H
#define SKW_KERN_TAPPED_H

#include <limits.h>

#include "filter/pick.h"
#include "kern/chosen.h"
#include "kern/dispatch.h"
#include "kern/tap.h"
#include "model/capture_plan.h"
#include "model/pick.h"
#include "util/error.h"

/* The most rings of such a tap: their descriptors go to the worker in one answer. */
#define SKW_TAPPED_RINGS 4

/* Must not move while it is open. */
struct skw_tapped {
	struct skw_tap *tap;           /* owned; NULL: it is not open */
	struct skw_chosen *chosen;     /* owned; NULL: the filter decides alone */
	struct skw_dispatch *dispatch; /* borrowed, set by the caller */
	struct skw_capture_plan plan;
	struct skw_skb_access access_room;
	char filter[SKW_PICK_FILTER_SIZE];
	char comm[SKW_COMM_LEN];
	char cgroup[PATH_MAX]; /* below the mount point; empty: no cgroup was picked */
};

/* Everything that the worker needs to read the tap and to write the file, which it owns. */
struct skw_picked {
	struct skw_tap_shape shape;
	char name[SKW_PICK_NAME_SIZE]; /* of the file */
	char filter[SKW_PICK_FILTER_SIZE];
};
enum { SKW_PICKED_FILE, SKW_PICKED_NEWS, SKW_PICKED_COUNTERS, SKW_PICKED_RINGS };
#define SKW_PICKED_FDS (SKW_PICKED_RINGS + SKW_TAPPED_RINGS)

/*
 * Checks the pick, which may come from an attacker, and opens a tap for it: programs, a packet
 * socket, rings. Returns 0, or -errno with err filled, and then nothing is open.
 */
int skw_tapped_open(struct skw_tapped *t, const struct skw_pick *pick, struct skw_error *err);
void skw_tapped_close(struct skw_tapped *t);

#endif
