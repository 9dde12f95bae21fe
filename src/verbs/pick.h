/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper captures what the user has picked on the screen of top: it opens a tap and a file, and
 * closes the tap again. The capture's own verbs (verbs/capture.h) work while the tap is open.
 */
#ifndef SKW_VERBS_PICK_H
#define SKW_VERBS_PICK_H

#include "kern/tapped.h"
#include "verbs/capture.h"

/* The most captures of one run, as each makes a file. */
#define SKW_VERBS_PICK_MAX 1000

struct skw_verbs_pick {
	/* The folder of the files, set by the caller. Owned, for the keeper only. */
	int folder_fd;
	/* Set by the caller: the only kind that is picked, and its packets go into no file. 0:
	 * none. */
	uint8_t reads; /* enum skw_pick_kind */
	struct skw_verbs_capture capture;
	/* In the keeper. */
	struct skw_tapped tapped;
	unsigned begun;
	struct skw_keeper_table table;
};

/* Fills in both tables for skw_keeper_split(). Returns 0 or -ENOMEM. */
int skw_verbs_pick_prepare(struct skw_verbs_pick *ctx);
/* Begins a capture. The caller owns the descriptors. Returns 0 or -errno with err filled. */
int skw_verbs_pick_begin(const struct skw_verbs_pick *ctx, struct skw_keeper *k,
			 const struct skw_pick *pick, struct skw_picked *out,
			 int fds[SKW_PICKED_FDS], struct skw_error *err);
/* Ends it: nothing of the tap is left. Returns 0 or -errno. */
int skw_verbs_pick_end(const struct skw_verbs_pick *ctx, struct skw_keeper *k);

#endif
