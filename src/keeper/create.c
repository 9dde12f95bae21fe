// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/create.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper/privileges.h"
#include "keeper/rights.h"
#include "util/cleanup.h"

#define OUTPUT_FLAGS (O_WRONLY | O_CLOEXEC | O_NOCTTY)

/*
 * Opens a file for writing. A named pipe that nobody reads would hold the keeper up. So the open
 * does not wait, unless the pipe is the user's own and the output itself (`waits`): then its reader
 * may come later, as with any other program. A signal to the worker ends both meanwhile.
 */
static int open_for_writing(const char *name, uid_t user, bool waits)
{
	SKW_AUTO_FD int fd = open(name, OUTPUT_FLAGS | O_CREAT | O_NONBLOCK, 0666);
	struct stat st;

	if (fd < 0 && errno == ENXIO && waits && stat(name, &st) == 0 && S_ISFIFO(st.st_mode) &&
	    st.st_uid == user)
		fd = open(name, OUTPUT_FLAGS);
	if (fd < 0)
		return -errno;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return -errno;
	return SKW_TAKE_FD(fd);
}

/* The arguments of open_theirs() and create_theirs(), by skw_rights_borrow(). */
struct theirs {
	const struct skw_create_options *how;
	const char *name;
};

static int open_theirs(void *arg)
{
	const struct theirs *t = arg;

	return open_for_writing(t->name, t->how->who->uid, t->how->waits);
}

static int create(int dir_fd, const char *base)
{
	int fd = openat(dir_fd, base, OUTPUT_FLAGS | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);

	return fd < 0 ? -errno : fd;
}

/*
 * Creates the file where `who` may not do so: root does, in the directory that was opened before
 * the first packet was read.
 */
static int create_for(const struct skw_create_options *how, const char *base)
{
	SKW_AUTO_FD int fd = how->dir_fd < 0 ? how->dir_fd : create(how->dir_fd, base);

	if (fd < 0)
		return fd;
	return fchown(fd, how->who->uid, how->who->gid) < 0 ? -errno : SKW_TAKE_FD(fd);
}

/* The same with a file that may exist, if root has created it for this user before. */
static int open_for(const struct skw_create_options *how, const char *name)
{
	const char *base = strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
	SKW_AUTO_FD int fd = create_for(how, base);
	struct stat st;

	if (fd != -EEXIST)
		return SKW_TAKE_FD(fd);
	/* The open of anything but a regular file must not wait, as that is refused below. */
	fd = openat(how->dir_fd, base, OUTPUT_FLAGS | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != how->who->uid || st.st_nlink != 1)
		return -EACCES;
	return SKW_TAKE_FD(fd);
}

static bool is_input(const struct skw_create_options *how, const struct stat *st)
{
	for (size_t i = 0; i < how->inputs_len; i++)
		if (st->st_dev == how->inputs[i].dev && st->st_ino == how->inputs[i].ino)
			return true;
	return false;
}

int skw_create_output(const struct skw_create_options *how, const char *name, struct skw_error *err)
{
	SKW_AUTO_FD int fd = -1;
	struct stat st;

	if (how->who) {
		struct theirs theirs = { how, name };

		/* So a link in that user's directory can't make root overwrite another file. */
		fd = skw_rights_borrow(how->who, open_theirs, &theirs);
		if (fd == -EACCES)
			fd = open_for(how, name);
	} else {
		fd = open_for_writing(name, geteuid(), how->waits);
	}
	if (fd == -ENXIO)
		return skw_error_set(err, fd,
				     "%s: it is a pipe that nobody reads; start its reader first",
				     name);
	if (fd < 0)
		return skw_error_set(err, fd, "%s: %s", name, strerror(-fd));
	if (fstat(fd, &st) < 0)
		return skw_error_set(err, -errno, "%s: %s", name, strerror(errno));
	if (S_ISREG(st.st_mode) && is_input(how, &st))
		return skw_error_set(err, -EBUSY,
				     "%s: this is the file that -r reads: it would be lost", name);
	return SKW_TAKE_FD(fd);
}

static int create_theirs(void *arg)
{
	const struct theirs *t = arg;

	return create(t->how->dir_fd, t->name);
}

int skw_create_new(const struct skw_create_options *how, const char *base)
{
	struct theirs theirs = { how, base };

	if (!how->who)
		return create_theirs(&theirs);
	int fd = skw_rights_borrow(how->who, create_theirs, &theirs);
	return fd == -EACCES ? create_for(how, base) : fd;
}

int skw_create_folder(const char *name)
{
	const char *slash = strrchr(name, '/');
	SKW_AUTO_FREE char *dir = slash ? strndup(name, (size_t)(slash - name) + 1) : strdup(".");
	int fd = dir ? open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

	return fd < 0 ? -errno : fd;
}
