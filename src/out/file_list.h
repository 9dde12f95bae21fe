/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of an output so far, and which one may follow. The numbers come from a process that may
 * have been taken over: only a file of the plan may follow, and a command runs once for each file.
 * Creates nothing and reads no clock.
 */
#ifndef SKW_OUT_FILE_LIST_H
#define SKW_OUT_FILE_LIST_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/file_plan.h"
#include "model/file_trigger.h"
#include "out/trigger_name.h"

struct skw_file_list_entry {
	struct skw_file_id id;
	/* Only if there is a file for each trigger. */
	struct skw_file_trigger trigger;
	struct skw_file_trigger_made made;
};

struct skw_file_list {
	/* Set by the caller, borrowed. */
	const struct skw_file_plan *plan;
	/* The triggers in the user's words, borrowed, if there is a file for each. */
	const char *const *events;
	size_t events_len;
	/* The files so far, and those whose command has not run yet, the oldest first. */
	uint64_t opened;
	struct skw_file_id last;
	struct skw_file_list_entry *undone; /* owned */
	size_t undone_len;
};

/* Instead of the time of now: the packets come from a file. */
#define SKW_FILE_LIST_ANY_TIME UINT64_MAX

/*
 * The entry of the file that a process asks for, if that may follow. Does not add it. now_s: the
 * time in seconds since the epoch. Returns 0 or -EINVAL.
 */
int skw_file_list_next(const struct skw_file_list *l, const struct skw_file_id *id, uint64_t now_s,
		       struct skw_file_list_entry *entry);
/* The same for the file of a trigger. */
int skw_file_list_next_trigger(const struct skw_file_list *l,
			       const struct skw_file_trigger *trigger, uint64_t now_s,
			       struct skw_file_list_entry *entry);
/* Takes the next copy, as the name is taken. Returns false if there are too many. */
bool skw_file_list_next_copy(struct skw_file_list_entry *entry);

/* The whole name of a file. Returns 0, -ENAMETOOLONG or -EINVAL. */
int skw_file_list_name(const struct skw_file_list *l, const struct skw_file_list_entry *entry,
		       char name[PATH_MAX]);
/* Whether the name of the folder is known before the files: not with fields of time in it. */
bool skw_file_list_has_folder(const struct skw_file_list *l);

/* Adds a file that was opened. Returns 0 or -ENOMEM. */
int skw_file_list_add(struct skw_file_list *l, const struct skw_file_list_entry *entry);

/* How the command of a file runs. Must not move. */
struct skw_file_list_command {
	const char *option; /* which gave it */
	const char *argv[3];
	struct skw_trigger_name_environment env; /* empty if there is no file for each trigger */
	char name[2 + PATH_MAX];
};

/* Takes the command of the oldest file with this id. Returns 0, or -EINVAL if there is none. */
int skw_file_list_take_command(struct skw_file_list *l, const struct skw_file_id *id,
			       struct skw_file_list_command *out);

void skw_file_list_free(struct skw_file_list *l); /* neither `l` itself nor what the caller set */

#endif
