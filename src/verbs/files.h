/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the keeper does for a capture. Requests carry numbers only; names and
 * commands come from the plan, which the keeper has had since before the split,
 * so that a worker gone bad can open, run and load nothing but what was asked for.
 */
#ifndef SKW_VERBS_FILES_H
#define SKW_VERBS_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "keeper/keeper.h"
#include "keeper/privileges.h"
#include "session/plan.h"

/* What the keeper knows. Must stay valid for good. */
struct skw_verbs_context {
	const struct skw_capture_plan *plan;
	const struct skw_identity *who; /* -Z; NULL: nobody else */
	int counters_fd, next_fd;       /* for filter programs; -1 without a live capture */
	bool reads;                     /* from a file (-r), which no output may be */
	dev_t in_dev;
	ino_t in_ino;
	int dir_fd; /* the output's directory as it was at the split; set by skw_verbs_split() */
	const struct skw_skb_access *access; /* likewise; NULL: none */
};

/* Which of the files of a rotation. */
struct skw_file_id {
	uint64_t start_s; /* when its time began (-G), seconds since the epoch */
	uint64_t number;  /* from 0; with -G it starts again with each start_s */
};

/* Splits; see skw_keeper_split(). */
int skw_verbs_split(struct skw_verbs_context *ctx, struct skw_keeper **out, struct skw_error *err);

/* The name that the plan gives this file. 0, -ENAMETOOLONG or -EINVAL. */
int skw_verbs_file_name(const struct skw_capture_plan *plan, const struct skw_file_id *id,
			char name[PATH_MAX]);

/* The number of the file after that one, where a full file ends and not its time: -W wraps. */
uint64_t skw_verbs_next_number(const struct skw_capture_plan *plan, uint64_t number);

/* Creates or empties the output file: a descriptor that the caller owns, or -errno. */
int skw_verbs_open_file(struct skw_keeper *k, const struct skw_capture_plan *plan,
			const struct skw_file_id *id, struct skw_error *err);

/* This file is complete: the -z command may have it. Does not wait. */
int skw_verbs_file_done(struct skw_keeper *k, const struct skw_file_id *id);

/* What came of making a filter program for the dispatcher. */
struct skw_made_filter {
	int32_t dlt;      /* link type of the interface's packets */
	uint8_t user;     /* takes everything: user space has to filter */
	uint8_t stand_in; /* made without a live handle, as the interface is down */
	uint8_t reserved[2];
};

/* A filter program for the kind of interface that this one is: its descriptor, or -errno. */
int skw_verbs_make_filter(struct skw_keeper *k, uint32_t ifindex, struct skw_made_filter *made,
			  struct skw_error *err);

#endif
