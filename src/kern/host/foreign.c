// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/foreign.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/cleanup.h"

/* Older C libraries lack these. */
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define NS_PER_S 1000000000ULL

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int skw_foreign_get(uint32_t pid, int fd, struct skw_error *err)
{
	SKW_AUTO_FD int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return skw_error_set(err, -errno, "process %u: %s", pid, strerror(errno));
	int copy = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	if (copy >= 0)
		return copy;
	if (errno == EPERM)
		return skw_error_set(err, -EPERM,
				     "descriptor %d of process %u: %s; it takes CAP_SYS_PTRACE", fd,
				     pid, strerror(errno));
	return skw_error_set(err, -errno, "descriptor %d of process %u: %s", fd, pid,
			     strerror(errno));
}

/* The number in "socket:[123]", or 0. */
static uint32_t inode_of(int dir, const char *name)
{
	static const char sign[] = "socket:[";
	char text[64] = "";

	if (readlinkat(dir, name, text, sizeof(text) - 1) < 0 ||
	    strncmp(text, sign, strlen(sign)) != 0)
		return 0;
	return (uint32_t)strtoul(text + strlen(sign), NULL, 10);
}

int skw_foreign_each(uint32_t pid, int (*each)(void *ctx, int fd, uint32_t inode), void *ctx)
{
	char path[32];
	const struct dirent *entry;
	int ret = 0;

	snprintf(path, sizeof(path), "/proc/%u/fd", pid);
	SKW_CLEANUP(close_dir) DIR *dir = opendir(path);
	if (!dir)
		return -errno;
	while (!ret && (entry = readdir(dir)) != NULL) {
		uint32_t inode = isdigit((unsigned char)entry->d_name[0])
					 ? inode_of(dirfd(dir), entry->d_name)
					 : 0;

		if (inode)
			ret = each(ctx, (int)strtol(entry->d_name, NULL, 10), inode);
	}
	return ret;
}

struct search {
	uint32_t inode;
	int fd;
};

static int is_it(void *ctx, int fd, uint32_t inode)
{
	struct search *s = ctx;

	if (inode != s->inode)
		return 0;
	s->fd = fd;
	return 1;
}

void skw_foreign_cgroup(uint32_t pid, char *out, size_t size)
{
	char path[32], line[PATH_MAX];

	out[0] = '\0';
	snprintf(path, sizeof(path), "/proc/%u/cgroup", pid);
	SKW_AUTO_FILE FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::", 3) == 0 && strlen(line + 3) < size)
			strcpy(out, line + 3);
	}
}

void skw_foreign_comm(uint32_t pid, char out[17])
{
	char path[32];

	strcpy(out, "?");
	snprintf(path, sizeof(path), "/proc/%u/comm", pid);
	SKW_AUTO_FILE FILE *file = fopen(path, "re");
	if (file && fgets(out, 17, file))
		out[strcspn(out, "\n")] = '\0';
}

/* The name in the file may have any characters, so the fields behind it begin at the last ")". */
uint64_t skw_foreign_started_ns(uint32_t pid)
{
	char path[32], line[1024];
	unsigned long long ticks = 0;
	long per_s = sysconf(_SC_CLK_TCK);

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	SKW_AUTO_FILE FILE *file = fopen(path, "re");
	if (!file || !fgets(line, sizeof(line), file) || per_s <= 0)
		return 0;
	const char *at = strrchr(line, ')');
	/* It is the 22nd field, and the 20th behind the name. */
	for (unsigned i = 0; at && i < 20; i++)
		at = strchr(at + 1, ' ');
	if (!at || sscanf(at, "%llu", &ticks) != 1)
		return 0;
	return ticks * (NS_PER_S / (uint64_t)per_s);
}

uint32_t skw_foreign_netns(uint32_t pid)
{
	char path[40];
	struct stat st;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%u/ns/net", pid);
	else
		strcpy(path, "/proc/thread-self/ns/net");
	return stat(path, &st) == 0 ? (uint32_t)st.st_ino : 0;
}

/* Looks at all processes, or at those of a cgroup only. Returns 1 if it was found. */
static int find_among(uint32_t inode, const char *cgroup, uint32_t *pid, int *fd)
{
	SKW_CLEANUP(close_dir) DIR *proc = opendir("/proc");
	const struct dirent *entry;

	while (proc && (entry = readdir(proc)) != NULL) {
		struct search s = { .inode = inode };
		char of[256];

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		uint32_t it = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (cgroup) {
			skw_foreign_cgroup(it, of, sizeof(of));
			if (strcmp(of, cgroup) != 0)
				continue;
		}
		if (skw_foreign_each(it, is_it, &s) == 1) {
			*pid = it;
			*fd = s.fd;
			return 1;
		}
	}
	return 0;
}

int skw_foreign_find(uint32_t inode, const char *cgroup, uint32_t *pid, int *fd)
{
	if (cgroup[0] && find_among(inode, cgroup, pid, fd))
		return 0;
	return find_among(inode, NULL, pid, fd) ? 0 : -ENOENT;
}

static int option(int fd, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, name, &value, &len) == 0 ? value : 0;
}

static uint64_t wide_option(int fd, int name)
{
	uint64_t value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &len) == 0 ? value : 0;
}

int skw_foreign_describe(int fd, struct skw_foreign_socket *out)
{
	struct sockaddr_storage local = { 0 }, peer;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&local;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&local;
	socklen_t len = sizeof(local), peer_len = sizeof(peer);
	struct stat st;

	*out = (struct skw_foreign_socket){ 0 };
	if (getsockname(fd, (struct sockaddr *)&local, &len) < 0 || fstat(fd, &st) < 0)
		return -errno;
	out->uid = st.st_uid;
	out->inode = (uint32_t)st.st_ino;
	out->family = option(fd, SOL_SOCKET, SO_DOMAIN);
	out->type = option(fd, SOL_SOCKET, SO_TYPE);
	out->protocol = option(fd, SOL_SOCKET, SO_PROTOCOL);
	out->listens = option(fd, SOL_SOCKET, SO_ACCEPTCONN);
	out->connected = getpeername(fd, (struct sockaddr *)&peer, &peer_len) == 0;
	out->nonblock = fcntl(fd, F_GETFL) & O_NONBLOCK;
	out->cookie = wide_option(fd, SO_COOKIE);
	out->netns_cookie = wide_option(fd, SO_NETNS_COOKIE);
	if (out->family == AF_INET) {
		memcpy(out->addr, &v4->sin_addr, sizeof(v4->sin_addr));
		out->port = ntohs(v4->sin_port);
	} else if (out->family == AF_INET6) {
		memcpy(out->addr, &v6->sin6_addr, sizeof(v6->sin6_addr));
		out->port = ntohs(v6->sin6_port);
		out->v6only = option(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	}
	return 0;
}

uint64_t skw_foreign_netns_cookie(void)
{
	SKW_AUTO_FD int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd < 0 ? 0 : wide_option(fd, SO_NETNS_COOKIE);
}
