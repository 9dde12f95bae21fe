/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keeper opens the output files of a capture. Requests carry numbers only. The names and the
 * command come from the plan, which the keeper has had since before the split, so that a
 * compromised worker can open and run only what the user asked for.
 */
#ifndef SKW_VERBS_FILES_H
#define SKW_VERBS_FILES_H

#include <limits.h>
#include <stddef.h>

#include "keeper/create.h"
#include "keeper/keeper.h"
#include "keeper/privileges.h"
#include "out/file_list.h"

/* The data of the keeper's part. It must stay valid for the rest of the program. */
struct skw_verbs_files {
	/* The caller sets the plan and what belongs to it. The keeper adds the files. */
	struct skw_file_list list;
	/* The user who owns the new files (-Z). NULL: the user who runs the program. */
	const struct skw_identity *who;
	/* Borrowed: the files that -r and -V read. No output may be one of them. */
	const struct skw_create_input *inputs;
	size_t inputs_len;
	/* The output's directory, opened before the split. -errno: it is not open. */
	int dir_fd;
	/* Its name until it is complete, and replaces the last one. NULL: outputs keep their names.
	 */
	const char *beside;
	/* Borrowed: the output, if it is open already, so that no keeper is asked. */
	const int *given_fd;
	struct skw_keeper_table table;
};

/* Fills in dir_fd and the table for skw_keeper_split(). The caller has set the fields above. */
void skw_verbs_files_prepare(struct skw_verbs_files *ctx);
/* Closes the directory: at the split, after which the keeper has its own; also where none came. */
void skw_verbs_files_settle(void *arg);

/* Creates or opens the output file. Returns a descriptor that the caller owns, or -errno. */
int skw_verbs_files_open(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id, struct skw_error *err);

/*
 * Creates a file for a trigger, which can be none that is there. Returns a descriptor that the
 * caller owns, with the file's id and name, or -errno.
 */
int skw_verbs_files_open_trigger(const struct skw_verbs_files *ctx, struct skw_keeper *k,
				 const struct skw_file_trigger *trigger, struct skw_file_id *id,
				 char name[PATH_MAX], struct skw_error *err);

/* Tells the keeper that this file is complete, so that it runs the command. Does not wait. */
int skw_verbs_files_done(const struct skw_verbs_files *ctx, struct skw_keeper *k,
			 const struct skw_file_id *id);

#endif
