/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper's part of a capture from the kernel: it holds the packet sockets, the programs and
 * their maps. Requests carry an interface's index.
 */
#ifndef SKW_VERBS_CAPTURE_H
#define SKW_VERBS_CAPTURE_H

#include "filter/offline.h"
#include "keeper/keeper.h"
#include "kern/chosen.h"
#include "kern/dispatch.h"
#include "kern/tap.h"

/* The data of the keeper's part. It must stay valid for the rest of the program. */
struct skw_verbs_capture {
	struct skw_tap *tap;       /* borrowed; NULL: nothing is captured yet (verbs/pick.h) */
	struct skw_chosen *chosen; /* borrowed; NULL: everybody's packets are captured */
	/* For a capture on all interfaces. */
	struct skw_dispatch dispatch;
	bool dispatches;
	/* The interfaces of any other capture. */
	const uint32_t *named;
	size_t named_len;
	int *keep_fds; /* owned */
	struct skw_keeper_table table;
};

/*
 * Fills in the table for skw_keeper_split(). The caller has set the other fields above. Returns 0
 * or -ENOMEM.
 */
int skw_verbs_capture_prepare(struct skw_verbs_capture *ctx);
/* Gives up what only the keeper needs: at the split, also where none came. */
void skw_verbs_capture_settle(void *arg);

/*
 * Enters an interface into the dispatcher. If user space must filter its packets, *user is the
 * filter, which the caller owns; otherwise it is NULL. Returns 0, -ENODEV if the interface has
 * gone, or another -errno.
 */
int skw_verbs_capture_learn(const struct skw_verbs_capture *ctx, struct skw_keeper *k,
			    uint32_t ifindex, struct skw_dispatched *out,
			    struct skw_offline_filter **user, struct skw_error *err);
/* Returns 0 if an interface of this capture has gone, -EEXIST if it is there, or -ENOENT. */
int skw_verbs_capture_forget(const struct skw_verbs_capture *ctx, struct skw_keeper *k,
			     uint32_t ifindex);

/* Closes the packet sockets. No packet is added to the rings after this returns. */
int skw_verbs_capture_stop(const struct skw_verbs_capture *ctx, struct skw_keeper *k);

#endif
