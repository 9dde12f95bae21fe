/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of a replay, which are read one after the other. All are opened at once, while the
 * process may still open files, so that a missing one is found before the first packet.
 */
#ifndef SKW_REPLAY_FILES_H
#define SKW_REPLAY_FILES_H

#include <stdbool.h>

#include "out/input.h"
#include "util/error.h"
#include "verbs/files.h"

struct skw_replay_files {
	const char *const *names; /* borrowed; "-" is standard input */
	size_t len;
	size_t at;                       /* the next file to be read */
	int *fds;                        /* owned; -1 for standard input and those that were read */
	struct skw_create_input *inputs; /* owned: which files they are */
	bool ahead;                      /* a thread may be started to read one of them */
};

/* Opens the files. The caller calls skw_replay_files_close() in any case. Returns 0 or -errno. */
int skw_replay_files_open(struct skw_replay_files *f, const char *const *names, size_t len,
			  struct skw_error *err);

/*
 * Makes a stream of the next file, which must exist (at < len). The caller closes *in. *name is
 * borrowed. Returns 0 or -errno.
 */
int skw_replay_files_next(struct skw_replay_files *f, const struct skw_input_wait *wait,
			  struct skw_byte_stream **in, const char **name, struct skw_error *err);

void skw_replay_files_close(struct skw_replay_files *f);

#endif
