// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <linux/magic.h>
#include <linux/mount.h>

#include "kern/host/mountinfo.h"
#include "util/cleanup.h"

/* A limit for the recursion: deeper cgroups get no names. */
#define DEPTH_MAX 64

#define NOWHERE   "/proc/self/fd/"

/*
 * Returns whether a line of mountinfo is a cgroup2 mount. `path` gets its mount point. *whole tells
 * whether the mount shows the whole hierarchy and not a subtree.
 */
static bool cgroup2_line(char *line, char path[PATH_MAX], bool *whole)
{
	struct skw_mountinfo mount;

	if (!skw_mountinfo_parse(line, &mount) || strcmp(mount.type, "cgroup2") != 0 ||
	    strlen(mount.point) >= PATH_MAX)
		return false;
	strcpy(path, mount.point);
	*whole = strcmp(mount.root, "/") == 0;
	return true;
}

static bool is_cgroup2(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

/*
 * Mounts the hierarchy without attaching the mount to a folder. This is needed where no mount is
 * visible, as under `ip netns exec`, which mounts a new /sys over the host's. `path` goes through
 * the mount's descriptor, which stays open until the process ends.
 */
static int mount_nowhere(char path[PATH_MAX])
{
	SKW_AUTO_FD int fs = (int)syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC);

	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	int fd = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	snprintf(path, PATH_MAX, NOWHERE "%d", fd);
	return 0;
}

int skw_cgroup_mount(char path[PATH_MAX], struct skw_error *err)
{
	SKW_AUTO_FILE FILE *f = fopen("/proc/self/mountinfo", "re");
	SKW_AUTO_FREE char *line = NULL;
	char found[PATH_MAX];
	bool whole = false;
	size_t size = 0;

	path[0] = '\0';
	if (!f)
		return skw_error_set(err, -errno, "/proc/self/mountinfo: %s", strerror(errno));
	/* Another mount can cover a cgroup2 mount point; is_cgroup2() refuses such a path. */
	while (!whole && getline(&line, &size, f) > 0) {
		if (!cgroup2_line(line, found, &whole) || !is_cgroup2(found))
			whole = false;
		else if (whole || !path[0])
			strcpy(path, found);
	}
	if (path[0] || mount_nowhere(path) == 0)
		return 0;
	return skw_error_set(err, -ENOENT,
			     "cgroup v2: no hierarchy is mounted, and watching connections needs "
			     "it; mount it: mount -t cgroup2 none /sys/fs/cgroup");
}

/* realpath() can't resolve the path of a mount that is attached to no folder. */
static bool resolve(const char *full, char path[PATH_MAX])
{
	if (strncmp(full, NOWHERE, strlen(NOWHERE)) != 0)
		return realpath(full, path) != NULL;
	if (strlen(full) >= PATH_MAX)
		return false;
	strcpy(path, full);
	return true;
}

int skw_cgroup_find(const char *mount, const char *name, char path[PATH_MAX], struct skw_error *err)
{
	char full[PATH_MAX + 2];
	struct stat st;

	errno = 0;
	if (name[0] == '/' && stat(name, &st) == 0 && S_ISDIR(st.st_mode) && is_cgroup2(name)) {
		if (!realpath(name, path))
			return skw_error_usage(err, "--cgroup %s: %s", name, strerror(errno));
		return 0;
	}
	if (errno && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
		return skw_error_usage(err, "--cgroup %s: %s", name, strerror(errno));
	if (snprintf(full, sizeof(full), "%s/%s", mount, name) >= PATH_MAX)
		return skw_error_usage(err, "--cgroup: the name is too long");
	if (stat(full, &st) < 0 || !resolve(full, path))
		return skw_error_usage(err, "--cgroup %s: no such cgroup below %s (%s)", name,
				       mount, strerror(errno));
	if (!S_ISDIR(st.st_mode) || !is_cgroup2(path))
		return skw_error_usage(err, "--cgroup %s: not a cgroup v2 folder", name);
	return 0;
}

struct walk {
	int (*each)(void *ctx, uint64_t id, const char *path);
	void *ctx;
	char path[PATH_MAX]; /* below the mount point */
};

/* Walks the folder `fd` and closes it. `len` is the length of the folder's path in w->path. */
static int walk(struct walk *w, int fd, size_t len, unsigned depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	struct stat st;
	int ret = 0;

	if (!dir) {
		close(fd);
		return -errno;
	}
	if (fstat(fd, &st) == 0)
		ret = w->each(w->ctx, st.st_ino, len ? w->path : "/");
	while (!ret && depth < DEPTH_MAX && (entry = readdir(dir))) {
		int more;

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		int n = snprintf(w->path + len, sizeof(w->path) - len, "/%s", entry->d_name);
		if (n < 0 || (size_t)n >= sizeof(w->path) - len)
			continue;
		more = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		/* A cgroup that was removed meanwhile, or that we may not read, is left out. */
		if (more >= 0)
			ret = walk(w, more, len + (size_t)n, depth + 1);
		w->path[len] = '\0';
	}
	closedir(dir);
	return ret;
}

int skw_cgroup_walk(int fd, const char *path, int (*each)(void *ctx, uint64_t id, const char *path),
		    void *ctx)
{
	struct walk w = { .each = each, .ctx = ctx };

	if (strlen(path) >= sizeof(w.path))
		return -ENAMETOOLONG;
	/* Another descriptor, because a walk reads and closes it. */
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (own < 0)
		return -errno;
	strcpy(w.path, path);
	return walk(&w, own, strlen(path), 0);
}

struct by_id {
	uint64_t id;
	char *path;
};

static int is_wanted(void *ctx, uint64_t id, const char *path)
{
	const struct by_id *w = ctx;

	if (id == w->id)
		strcpy(w->path, path);
	return id == w->id;
}

int skw_cgroup_by_id(const char *mount, uint64_t id, char path[PATH_MAX])
{
	SKW_AUTO_FD int fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct by_id wanted = { id, path };
	int ret = fd < 0 ? -errno : skw_cgroup_walk(fd, "", is_wanted, &wanted);

	return ret == 1 ? 0 : ret ? ret : -ENOENT;
}
