// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

/*
 * Nothing is opened before it is known to be a regular file: the open of a pipe waits, and that of
 * a device may do something. A link is not followed, as it could lead to the file of somebody else.
 */
int skw_regular_open(const char *name, struct skw_regular_id *last)
{
	SKW_AUTO_FD int path = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char link[32];
	struct stat st;

	if (path < 0 || fstat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EMEDIUMTYPE;
	if (st.st_dev == last->dev && st.st_ino == last->ino)
		return -EALREADY;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path);
	int fd = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*last = (struct skw_regular_id){ st.st_dev, st.st_ino };
	return fd;
}
