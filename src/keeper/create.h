/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens output files where strangers may have put links, pipes and files of their own. */
#ifndef SKW_KEEPER_CREATE_H
#define SKW_KEEPER_CREATE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "util/error.h"

struct skw_identity;

/* A file that is read. */
struct skw_create_input {
	dev_t dev;
	ino_t ino;
};

struct skw_create_options {
	/* The user who owns new files. NULL: the user who runs the program. */
	const struct skw_identity *who;
	/* With `who`: the output's folder, for a user who may not create files there. -errno: none.
	 */
	int dir_fd;
	/* No output may be one of these. */
	const struct skw_create_input *inputs;
	size_t inputs_len;
	/* The reader of a pipe may come later. */
	bool waits;
};

/*
 * Creates or opens a file for writing. Does not truncate: the previous file may be the same, and
 * must be complete first. Returns a descriptor that the caller owns, or -errno.
 */
int skw_create_output(const struct skw_create_options *how, const char *name,
		      struct skw_error *err);

/*
 * Creates a file in the folder dir_fd. It must not be there, also not as a link: -EEXIST. Returns a
 * descriptor that the caller owns, or -errno.
 */
int skw_create_new(const struct skw_create_options *how, const char *base);

/* Opens the folder of a file, for dir_fd. Returns a descriptor that the caller owns, or -errno. */
int skw_create_folder(const char *name);

#endif
