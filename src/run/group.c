// SPDX-License-Identifier: BSD-2-Clause
#include "run/group.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kern/host/cgroup.h"
#include "util/cleanup.h"
#include "util/units.h"

#define PREFIX "skwatch."
/*
 * A process may start another one while its cgroup is emptied, and a process that has ended leaves
 * its cgroup a little later. No event tells that.
 */
#define TRIES  1000
#define TRY_MS 1
/* A command may make cgroups, but not without end. */
#define DEPTH_MAX 32

/* The part of this process's path in the hierarchy of version 2, or "" if nothing tells. */
static void own_path(char path[PATH_MAX])
{
	SKW_AUTO_FILE FILE *f = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX];

	path[0] = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "0::", 3) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(path, PATH_MAX, "%s", line + 3);
	}
}

/*
 * Opens the cgroup of this process. Where the mount shows a part of the hierarchy only, the path
 * may lead nowhere; then the mount's own folder takes its place.
 */
static int open_parent(struct skw_error *err)
{
	char mount[PATH_MAX], inner[PATH_MAX], path[2 * PATH_MAX];
	int ret = skw_cgroup_mount(mount, err);

	if (ret)
		return ret;
	own_path(inner);
	snprintf(path, sizeof(path), "%s%s", mount, inner);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 ? fd : skw_error_set(err, -errno, "%s: %s", mount, strerror(errno));
}

/* Another skwatch that runs has its process, so its cgroup is left alone. */
static void remove_left(int parent_fd)
{
	int fd = openat(parent_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	uint64_t pid;

	while (dir && (entry = readdir(dir)))
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
		    skw_units_parse_uint(entry->d_name + strlen(PREFIX), &pid) && pid &&
		    pid <= INT_MAX && kill((pid_t)pid, 0) < 0 && errno == ESRCH)
			unlinkat(parent_fd, entry->d_name, AT_REMOVEDIR);
	if (dir)
		closedir(dir);
	else
		skw_cleanup_fd(&fd);
}

int skw_run_group_make(struct skw_run_group *group, struct skw_error *err)
{
	struct skw_run_group made = SKW_RUN_GROUP_INIT;
	int ret = made.parent_fd = open_parent(err);

	if (ret < 0)
		return ret;
	remove_left(made.parent_fd);
	snprintf(made.name, sizeof(made.name), PREFIX "%d", getpid());
	if (mkdirat(made.parent_fd, made.name, 0755) < 0)
		ret = -errno;
	else if ((made.fd = openat(made.parent_fd, made.name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) <
		 0)
		ret = -errno;
	if (ret >= 0) {
		*group = made;
		return 0;
	}
	skw_run_group_close(&made);
	return skw_error_set(err, ret, "a cgroup for the command: %s%s", strerror(-ret),
			     ret == -EACCES || ret == -EPERM
				     ? "; it needs the right to make cgroups (or root)"
				     : "");
}

/* Moves the processes of a cgroup. Each line of the file is one number. */
static int move_up(int fd, int to_fd)
{
	int from = openat(fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	SKW_AUTO_FILE FILE *f = from < 0 ? NULL : fdopen(from, "r");
	SKW_AUTO_FD int to = openat(to_fd, "cgroup.procs", O_WRONLY | O_CLOEXEC);
	char line[32];

	if (!f)
		skw_cleanup_fd(&from);
	if (!f || to < 0)
		return -errno;
	/* A process that has gone meanwhile needs no move. */
	while (fgets(line, sizeof(line), f))
		if (write(to, line, strcspn(line, "\n")) < 0 && errno != ESRCH)
			return -errno;
	return 0;
}

static int remove_group(int parent_fd, const char *name, int to_fd, unsigned depth);

static void remove_below(int group_fd, int to_fd, unsigned depth)
{
	int fd = openat(group_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			remove_group(group_fd, entry->d_name, to_fd, depth + 1);
	if (dir)
		closedir(dir);
	else
		skw_cleanup_fd(&fd);
}

static int remove_group(int parent_fd, const char *name, int to_fd, unsigned depth)
{
	SKW_AUTO_FD int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0 || depth > DEPTH_MAX)
		return fd < 0 ? -errno : -ELOOP;
	for (int i = 0; i < TRIES; i++) {
		if (unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return 0;
		ret = -errno;
		remove_below(fd, to_fd, depth);
		move_up(fd, to_fd);
		if (i > 0)
			poll(NULL, 0, TRY_MS);
	}
	return ret;
}

int skw_run_group_remove(const struct skw_run_group *group)
{
	return remove_group(group->parent_fd, group->name, group->parent_fd, 0);
}

void skw_run_group_close(struct skw_run_group *group)
{
	skw_cleanup_fd(&group->fd);
	skw_cleanup_fd(&group->parent_fd);
	group->fd = group->parent_fd = -1;
}
