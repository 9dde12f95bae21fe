// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/netns.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kern/host/mountinfo.h"
#include "util/cleanup.h"
#include "util/error.h"

#define RUN_NETNS "/run/netns"

/* Returns 0 or -errno. */
static int inode_of(int fd, uint32_t *inode)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*inode = (uint32_t)st.st_ino;
	return 0;
}

/*
 * Returns the inode number in "net:[4026531840]", which is the text of a link in /proc/PID/ns and
 * the root of a mount in mountinfo; 0 if the text is something else.
 */
static uint32_t inode_in(const char *text)
{
	char *end;

	if (strncmp(text, "net:[", 5) != 0)
		return 0;
	unsigned long inode = strtoul(text + 5, &end, 10);

	return *end == ']' && inode <= UINT32_MAX ? (uint32_t)inode : 0;
}

static struct skw_netns *find(const struct skw_netns_list *list, uint32_t inode)
{
	for (size_t i = 0; i < list->len; i++)
		if (list->all[i].inode == inode)
			return &list->all[i];
	return NULL;
}

/* Adds a namespace and the first path to it. Returns its entry, or NULL if memory is short. */
static struct skw_netns *note(struct skw_netns_list *list, uint32_t inode, const char *path)
{
	struct skw_netns *it = find(list, inode);

	if (it)
		return it;
	if (list->len == list->size) {
		size_t size = list->size ? list->size * 2 : 16;
		struct skw_netns *all = reallocarray(list->all, size, sizeof(*all));

		if (!all)
			return NULL;
		list->all = all;
		list->size = size;
	}
	char *own = strdup(path);
	if (!own)
		return NULL;
	it = &list->all[list->len++];
	*it = (struct skw_netns){ .inode = inode, .fd = -1, .path = own };
	return it;
}

static int scan_processes(struct skw_netns_list *list)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char path[64], text[64];

	if (!proc)
		return -errno;
	while ((entry = readdir(proc))) {
		if (!isdigit((unsigned char)entry->d_name[0]) || strlen(entry->d_name) > 10)
			continue;
		snprintf(path, sizeof(path), "/proc/%.10s/ns/net", entry->d_name);
		ssize_t len = readlink(path, text, sizeof(text) - 1);

		if (len <= 0)
			continue;
		text[len] = '\0';
		uint32_t inode = inode_in(text);
		if (inode && !note(list, inode, path)) {
			closedir(proc);
			return -ENOMEM;
		}
	}
	closedir(proc);
	return 0;
}

/*
 * Calls `each` for every mount of a network namespace: its root in mountinfo is "net:[inode]".
 * Returns 0 or -errno.
 */
static int each_mount(void (*each)(void *ctx, uint32_t inode, const char *where), void *ctx)
{
	SKW_AUTO_FILE FILE *f = fopen("/proc/self/mountinfo", "re");
	SKW_AUTO_FREE char *line = NULL;
	size_t size = 0;

	if (!f)
		return -errno;
	while (getline(&line, &size, f) > 0) {
		struct skw_mountinfo mount;
		uint32_t inode;

		if (skw_mountinfo_parse(line, &mount) && (inode = inode_in(mount.root)))
			each(ctx, inode, mount.point);
	}
	return 0;
}

/* The name that `ip netns` gave is preferred: container engines use random names. */
static void take_name(struct skw_netns *it, const char *where)
{
	const char *base = strrchr(where, '/');

	if (base && (!it->name[0] || strncmp(where, RUN_NETNS "/", 11) == 0))
		snprintf(it->name, sizeof(it->name), "%s", base + 1);
}

static void note_mount(void *ctx, uint32_t inode, const char *where)
{
	struct skw_netns *it = note(ctx, inode, where);

	if (it)
		take_name(it, where);
}

static void name_by_mount(void *ctx, uint32_t inode, const char *where)
{
	struct skw_netns *it = ctx;

	if (inode == it->inode)
		take_name(it, where);
}

int skw_netns_self(struct skw_netns *out)
{
	SKW_AUTO_FD int fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	uint32_t inode;
	int ret = inode_of(fd, &inode);
	if (ret)
		return ret;
	*out = (struct skw_netns){ .inode = inode, .fd = -1 };
	/* The name is optional, so an error is ignored. */
	each_mount(name_by_mount, out);
	return 0;
}

int skw_netns_scan(struct skw_netns_list *list)
{
	struct skw_netns_list found = { 0 };
	int ret = scan_processes(&found);

	if (!ret)
		ret = each_mount(note_mount, &found);
	skw_netns_list_free(ret ? &found : list);
	if (!ret)
		*list = found;
	return ret;
}

void skw_netns_list_free(struct skw_netns_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		skw_cleanup_fd(&list->all[i].fd);
		free(list->all[i].path);
	}
	free(list->all);
	*list = (struct skw_netns_list){ 0 };
}

static bool is_netns(int fd)
{
	return ioctl(fd, NS_GET_NSTYPE) == CLONE_NEWNET;
}

static bool is_number(const char *name)
{
	return *name && !name[strspn(name, "0123456789")];
}

/*
 * The path of a name. A number is a process, unless `ip netns` has given it as a name. Returns NULL
 * if memory is short.
 */
static char *path_of(const char *name, bool *is_process)
{
	char *path = NULL;
	int len = strchr(name, '/') ? asprintf(&path, "%s", name)
				    : asprintf(&path, RUN_NETNS "/%s", name);

	*is_process = len >= 0 && is_number(name) && access(path, F_OK) < 0;
	if (*is_process) {
		free(path);
		len = asprintf(&path, "/proc/%s/ns/net", name);
	}
	return len < 0 ? NULL : path;
}

int skw_netns_open(const char *name, struct skw_netns *out, struct skw_error *err)
{
	bool is_process = false;
	SKW_AUTO_FREE char *path = path_of(name, &is_process);
	SKW_AUTO_FD int fd = -1;

	if (!path)
		return skw_error_set(err, -ENOMEM, "out of memory");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && is_process && errno == ENOENT)
		return skw_error_usage(err,
				       "--netns %s: no process has this number, and `ip netns` "
				       "lists no such name",
				       name);
	if (fd < 0) {
		if (errno == EACCES || errno == EPERM)
			return skw_error_set(err, -errno, "--netns %s: %s", name, strerror(errno));
		return skw_error_usage(err,
				       "--netns %s: %s: %s; give self, all, a name that "
				       "`ip netns` lists, a process, or a path",
				       name, path, strerror(errno));
	}
	if (!is_netns(fd))
		return skw_error_usage(err, "--netns %s: %s is not a network namespace", name,
				       path);
	uint32_t inode;
	int ret = inode_of(fd, &inode);
	if (ret)
		return skw_error_set(err, ret, "--netns %s: %s", name, strerror(-ret));
	*out = (struct skw_netns){ .inode = inode, .fd = -1 };
	if (is_process)
		each_mount(name_by_mount, out);
	else if (!strchr(name, '/'))
		snprintf(out->name, sizeof(out->name), "%s", name);
	out->fd = SKW_TAKE_FD(fd);
	return 0;
}

/*
 * Checks the inode number, because the path may lead to another namespace by now: process numbers
 * are reused, and a mount can cover another.
 */
static int open_by_path(const struct skw_netns *netns)
{
	SKW_AUTO_FD int fd = open(netns->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return errno == ESRCH ? -ENOENT : -errno;
	uint32_t inode = 0;
	int ret = inode_of(fd, &inode);
	if (ret)
		return ret;
	return is_netns(fd) && inode == netns->inode ? SKW_TAKE_FD(fd) : -ENOENT;
}

int skw_netns_inside(const struct skw_netns *netns, int (*call)(void *ctx), void *ctx)
{
	SKW_AUTO_FD int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	SKW_AUTO_FD int opened = -1;

	if (home < 0)
		return -errno;
	if (netns->fd < 0) {
		opened = open_by_path(netns);
		if (opened < 0)
			return opened;
	}
	if (setns(netns->fd < 0 ? opened : netns->fd, CLONE_NEWNET) < 0)
		return -errno;
	int ret = call(ctx);
	/* The process must not continue in the wrong namespace. The status tells the reason. */
	if (setns(home, CLONE_NEWNET) < 0)
		_exit(SKW_EXIT_ERRNO + errno);
	return ret;
}
