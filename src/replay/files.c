// SPDX-License-Identifier: BSD-2-Clause
#include "replay/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/limits.h"

/* A session opens fewer than this beside its files. */
#define OTHER_DESCRIPTORS 32

static bool is_stdin(const char *name)
{
	return strcmp(name, "-") == 0;
}

/*
 * Opening a FIFO would wait for its writer, who may wait for an earlier file to be read. Returns a
 * descriptor or -errno.
 */
static int open_one(const char *name)
{
	SKW_AUTO_FD int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return -errno;
	return SKW_TAKE_FD(fd);
}

int skw_replay_files_open(struct skw_replay_files *f, const char *const *names, size_t len,
			  struct skw_error *err)
{
	int ret = skw_limits_descriptors((unsigned)len + OTHER_DESCRIPTORS, err);

	if (ret)
		return ret;
	f->names = names;
	f->fds = malloc(len * sizeof(*f->fds));
	f->inputs = calloc(len, sizeof(*f->inputs));
	if (!f->fds || !f->inputs)
		return skw_error_set(err, -ENOMEM, "out of memory");
	for (; f->len < len; f->len++) {
		const char *name = names[f->len];
		int fd = is_stdin(name) ? -1 : open_one(name);
		struct stat st;

		f->fds[f->len] = fd;
		if (fd < 0 && !is_stdin(name))
			return skw_error_set(err, fd, "%s: %s", name, strerror(-fd));
		if (fstat(fd < 0 ? STDIN_FILENO : fd, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			close(fd);
			return skw_error_set(err, -EISDIR, "%s: %s", name, strerror(EISDIR));
		}
		f->inputs[f->len] = (struct skw_create_input){ st.st_dev, st.st_ino };
		f->ahead |= skw_input_may_read_ahead(fd < 0 ? STDIN_FILENO : fd);
	}
	return 0;
}

int skw_replay_files_next(struct skw_replay_files *f, const struct skw_input_wait *wait,
			  struct skw_byte_stream **in, const char **name, struct skw_error *err)
{
	size_t at = f->at++;

	*name = f->names[at];
	if (is_stdin(*name))
		return skw_input_open_waiting(*name, wait, in, err);
	return skw_input_open_fd_waiting(SKW_TAKE_FD(f->fds[at]), *name, wait, in, err);
}

void skw_replay_files_close(struct skw_replay_files *f)
{
	for (size_t i = 0; i < f->len; i++)
		skw_cleanup_fd(&f->fds[i]);
	free(f->fds);
	free(f->inputs);
	*f = (struct skw_replay_files){ 0 };
}
