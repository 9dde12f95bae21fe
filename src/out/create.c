// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/create.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define FLAGS (O_WRONLY | O_CLOEXEC | O_NOCTTY)

int skw_create_file(const char *name, uid_t user, bool waits)
{
	SKW_AUTO_FD int fd = open(name, FLAGS | O_CREAT | O_NONBLOCK, 0666);
	struct stat st;

	if (fd < 0 && errno == ENXIO && waits && stat(name, &st) == 0 && S_ISFIFO(st.st_mode) &&
	    st.st_uid == user)
		fd = open(name, FLAGS);
	if (fd < 0)
		return -errno;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
		return -errno;
	return SKW_TAKE_FD(fd);
}

int skw_create_new(int dir_fd, const char *base)
{
	int fd = openat(dir_fd, base, FLAGS | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);

	return fd < 0 ? -errno : fd;
}

int skw_create_for(int dir_fd, const char *base, uid_t user, gid_t group, bool known)
{
	SKW_AUTO_FD int fd = skw_create_new(dir_fd, base);
	struct stat st;

	if (fd >= 0)
		return fchown(fd, user, group) < 0 ? -errno : SKW_TAKE_FD(fd);
	if (fd != -EEXIST || !known)
		return fd;
	/* The open of anything but a regular file must not wait, as that is refused below. */
	fd = openat(dir_fd, base, FLAGS | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != user || st.st_nlink != 1)
		return -EACCES;
	return SKW_TAKE_FD(fd);
}

int skw_create_folder(const char *name)
{
	const char *slash = strrchr(name, '/');
	SKW_AUTO_FREE char *dir = slash ? strndup(name, (size_t)(slash - name) + 1) : strdup(".");
	int fd = dir ? open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;

	return fd < 0 ? -errno : fd;
}

int skw_create_open_regular(const char *name, dev_t *dev, ino_t *ino)
{
	SKW_AUTO_FD int path = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char link[32];
	struct stat st;

	if (path < 0 || fstat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	if (st.st_dev == *dev && st.st_ino == *ino)
		return -EALREADY;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path);
	int fd = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*dev = st.st_dev;
	*ino = st.st_ino;
	return fd;
}
