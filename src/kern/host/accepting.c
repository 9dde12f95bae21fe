// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/accepting.h"

#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "util/cleanup.h"

/* Servers have a parent, its workers, and rarely the workers' workers. */
#define DEPTH_MAX 4
#define POLL_MAX  1024
/* A new server has few sockets. */
#define SOCKETS_MAX 256

struct accept_look {
	uint32_t pid;
	struct skw_accepting *sockets;
	size_t n;
	unsigned described; /* sockets of this process */
};

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static void note_inode(const struct accept_look *l, uint32_t inode)
{
	for (size_t i = 0; i < l->n; i++)
		l->sockets[i].seen |= l->sockets[i].is.inode == inode;
}

/* Notes the socket that a descriptor of the process is. */
static void note_fd(const struct accept_look *l, int fd)
{
	static const char sign[] = "socket:[";
	char path[48], text[64] = "";

	snprintf(path, sizeof(path), "/proc/%u/fd/%d", l->pid, fd);
	if (readlink(path, text, sizeof(text) - 1) > 0 && strncmp(text, sign, strlen(sign)) == 0)
		note_inode(l, (uint32_t)strtoul(text + strlen(sign), NULL, 10));
}

/* Copies memory of the process. */
static bool copy_from(const struct accept_look *l, unsigned long long at, void *to, size_t len)
{
	const struct iovec here = { to, len };
	const struct iovec there = { (void *)(uintptr_t)at, len }; /* NOLINT: its address */

	return process_vm_readv((pid_t)l->pid, &here, 1, &there, 1, 0) == (ssize_t)len;
}

static void note_poll(const struct accept_look *l, unsigned long long at, unsigned long long n)
{
	struct pollfd fds[POLL_MAX];

	if (!n || n > POLL_MAX || !copy_from(l, at, fds, n * sizeof(fds[0])))
		return;
	for (size_t i = 0; i < n; i++)
		if (fds[i].fd >= 0 && fds[i].events & POLLIN)
			note_fd(l, fds[i].fd);
}

static void note_select(const struct accept_look *l, unsigned long long n, unsigned long long at)
{
	fd_set set;
	/* The kernel reads whole words. */
	size_t len = (n + 8 * sizeof(long) - 1) / (8 * sizeof(long)) * sizeof(long);

	FD_ZERO(&set);
	if (!n || n > FD_SETSIZE || !at || !copy_from(l, at, &set, len))
		return;
	for (int fd = 0; fd < (int)n; fd++)
		if (FD_ISSET(fd, &set))
			note_fd(l, fd);
}

/* The system call in which a thread waits, with its arguments. */
static void note_call(const struct accept_look *l, const char *thread)
{
	char path[64];
	long nr;
	unsigned long long a[3];

	snprintf(path, sizeof(path), "/proc/%u/task/%.16s/syscall", l->pid, thread);
	SKW_AUTO_FILE FILE *file = fopen(path, "re");
	if (!file || fscanf(file, "%ld %llx %llx %llx", &nr, &a[0], &a[1], &a[2]) != 4)
		return;
	switch (nr) {
	case SYS_accept:
	case SYS_accept4:
		note_fd(l, (int)a[0]);
		break;
#ifdef SYS_poll
	case SYS_poll:
#endif
	case SYS_ppoll:
		note_poll(l, a[0], a[1]);
		break;
#ifdef SYS_select
	case SYS_select:
#endif
	case SYS_pselect6:
		note_select(l, a[0], a[1]);
		break;
	default:
		break;
	}
}

/* The sockets in a set of epoll. The kernel tells their inode numbers. */
static void note_set(const struct accept_look *l, const char *fd)
{
	char path[64], line[256];
	unsigned long inode;

	snprintf(path, sizeof(path), "/proc/%u/fdinfo/%.16s", l->pid, fd);
	SKW_AUTO_FILE FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "tfd: %*d events: %*x data: %*x pos:%*d ino:%lx", &inode) == 1)
			note_inode(l, (uint32_t)inode);
}

static void note_sets(const struct accept_look *l)
{
	static const char sign[] = "anon_inode:[eventpoll]";
	char path[32], text[64];
	const struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%u/fd", l->pid);
	SKW_CLEANUP(close_dir) DIR *dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL) {
		ssize_t len = readlinkat(dirfd(dir), entry->d_name, text, sizeof(text));

		if (len == (ssize_t)strlen(sign) && memcmp(text, sign, strlen(sign)) == 0)
			note_set(l, entry->d_name);
	}
}

static bool is_listed(const struct accept_look *l, uint32_t inode)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->sockets[i].is.inode == inode)
			return true;
	return false;
}

/* Whether a connection was accepted from a socket: it has its port, and its address if it has one.
 */
static bool is_from(const struct skw_foreign_socket *is, const struct skw_foreign_socket *from)
{
	static const uint8_t any[sizeof(from->addr)];

	return is->connected && is->type == SOCK_STREAM && is->port && is->port == from->port &&
	       (memcmp(from->addr, any, sizeof(any)) == 0 ||
		memcmp(from->addr, is->addr, sizeof(is->addr)) == 0);
}

static int note_accepted(void *ctx, int fd, uint32_t inode)
{
	struct accept_look *l = ctx;
	struct skw_foreign_socket is;

	if (is_listed(l, inode))
		return 0;
	if (l->described++ == SOCKETS_MAX)
		return 1;
	SKW_AUTO_FD int copy = skw_foreign_get(l->pid, fd, NULL);
	if (copy < 0 || skw_foreign_describe(copy, &is))
		return 0;
	for (size_t i = 0; i < l->n; i++)
		l->sockets[i].seen |= is_from(&is, &l->sockets[i].is);
	return 0;
}

static void look_at(struct accept_look *l, unsigned depth);

static void look_at_children(const struct accept_look *l, const char *thread, unsigned depth)
{
	char path[64];
	struct accept_look child = { .sockets = l->sockets, .n = l->n };

	snprintf(path, sizeof(path), "/proc/%u/task/%.16s/children", l->pid, thread);
	SKW_AUTO_FILE FILE *file = fopen(path, "re");
	while (file && depth < DEPTH_MAX && fscanf(file, "%u", &child.pid) == 1)
		look_at(&child, depth + 1);
}

static void look_at(struct accept_look *l, unsigned depth)
{
	char path[32];
	const struct dirent *entry;

	note_sets(l);
	skw_foreign_each(l->pid, note_accepted, l);
	snprintf(path, sizeof(path), "/proc/%u/task", l->pid);
	SKW_CLEANUP(close_dir) DIR *dir = opendir(path);
	while (dir && (entry = readdir(dir)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		note_call(l, entry->d_name);
		look_at_children(l, entry->d_name, depth);
	}
}

bool skw_accepting_look(uint32_t pid, struct skw_accepting *sockets, size_t n)
{
	struct accept_look l = { .pid = pid, .sockets = sockets, .n = n };
	bool all = true;

	look_at(&l, 0);
	for (size_t i = 0; i < n; i++)
		all &= sockets[i].seen;
	return all;
}
