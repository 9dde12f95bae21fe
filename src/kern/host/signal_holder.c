// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/signal_holder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include "util/cleanup.h"

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Returns 0, -ENOENT if no descriptor of the process is the socket, or another -errno. */
static int find_socket(uint32_t pid, uint32_t inode)
{
	char path[32], wanted[32], text[sizeof(wanted)];

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	SKW_CLEANUP(close_dir) DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? -ESRCH : -errno;
	ssize_t len = snprintf(wanted, sizeof(wanted), "socket:[%u]", inode);
	while ((entry = readdir(dir)))
		if (readlinkat(dirfd(dir), entry->d_name, text, sizeof(text)) == len &&
		    memcmp(text, wanted, (size_t)len) == 0)
			return 0;
	return -ENOENT;
}

int skw_signal_holder_send(uint32_t pid, uint32_t inode, int signo)
{
	/* It is opened first: then all that follows is about the same process. */
	SKW_AUTO_FD int fd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);

	if (fd < 0)
		return -errno;
	if (!inode)
		return -ENOENT;
	int ret = find_socket(pid, inode);
	if (ret)
		return ret;
	return syscall(SYS_pidfd_send_signal, fd, signo, NULL, 0) < 0 ? -errno : 0;
}
