/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The output files of a capture, opened by the keeper. Requests carry numbers only; names and
 * commands come from the plan, which the keeper has had since before the split, so that a worker
 * gone bad can open and run nothing but what was asked for.
 */
#ifndef SKW_VERBS_FILES_H
#define SKW_VERBS_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "keeper/keeper.h"
#include "keeper/privileges.h"
#include "model/file_plan.h"

/* What the keeper knows. It must stay valid for good. */
struct skw_verbs_files {
	const struct skw_file_plan *plan;
	/* Whose the files are (-Z); NULL: nobody else's. */
	const struct skw_identity *who;
	/* A file that is read (-r), which no output may be; `reads` tells whether there is one. */
	bool reads;
	dev_t in_dev;
	ino_t in_ino;
	/* The output's directory as it was at the split; -1: its name changes with time. */
	int dir_fd;
	struct skw_keeper_table table;
};

/* Fills in dir_fd and the table for skw_keeper_split(), from what the caller has set. */
void skw_verbs_files_prepare(struct skw_verbs_files *ctx);
/* Closes the directory: at the split, after which the keeper has its own; also where none came. */
void skw_verbs_files_settle(struct skw_verbs_files *ctx);

/* The name that the plan gives this file. 0, -ENAMETOOLONG or -EINVAL. */
int skw_verbs_files_name(const struct skw_file_plan *plan, const struct skw_file_id *id,
			 char name[PATH_MAX]);

/* The number of the file after that one, where a full file ends and not its time: -W wraps. */
uint64_t skw_verbs_files_next(const struct skw_file_plan *plan, uint64_t number);

/* Creates or opens the output file: a descriptor that the caller owns, or -errno. */
int skw_verbs_files_open(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id, struct skw_error *err);

/* This file is complete: the -z command may have it. Does not wait. */
int skw_verbs_files_done(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id);

#endif
