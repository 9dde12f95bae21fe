// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/process.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "util/cleanup.h"

#define NS_PER_S 1000000000ULL
/* The largest number of descriptors of a process that are looked at. */
#define FDS_MAX 65536

/* Reads a file into `out` and ends it with a zero. Returns the length, 0 if it can't be read. */
static size_t read_text(int dir, const char *name, char *out, size_t size)
{
	SKW_AUTO_FD int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && len + 1 < size && (n = read(fd, out + len, size - 1 - len)) > 0)
		len += (size_t)n;
	out[len] = '\0';
	return len;
}

static int open_process(uint32_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%u", pid);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool is_socket(int dir, const char *name)
{
	static const char sign[] = "socket:[";
	char text[sizeof(sign)];

	return readlinkat(dir, name, text, sizeof(text)) == (ssize_t)sizeof(text) &&
	       memcmp(text, sign, sizeof(sign) - 1) == 0;
}

/*
 * The kernel tells a socket's protocol as an attribute of its file, also of a socket in another
 * network namespace (sockfs_xattr_get() of net/socket.c).
 */
static bool is_network_socket(int dir, const char *name)
{
	static const char *const protocols[] = {
		"TCP", "TCPv6", "UDP", "UDPv6", "MPTCP", "MPTCPv6"
	};
	char path[64], protocol[32] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%.16s", dir, name);
	if (!is_socket(dir, name) ||
	    getxattr(path, "system.sockprotoname", protocol, sizeof(protocol) - 1) < 0)
		return false;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(protocols); i++)
		if (strcmp(protocol, protocols[i]) == 0)
			return true;
	return false;
}

/* Whether `is_one` holds for a descriptor of the process. */
static bool holds(int process, bool (*is_one)(int dir, const char *name))
{
	int fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	SKW_CLEANUP(close_dir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir && fd >= 0)
		close(fd);
	for (unsigned i = 0; dir && i < FDS_MAX && (entry = readdir(dir)); i++)
		if (is_one(dirfd(dir), entry->d_name))
			return true;
	return false;
}

/* CLOCK_BOOTTIME in ticks of the kernel's interface to real time, see proc_pid_stat(5). */
static uint64_t real_time(unsigned long long ticks)
{
	struct timespec boot, real;
	uint64_t per_s = (uint64_t)sysconf(_SC_CLK_TCK);

	clock_gettime(CLOCK_BOOTTIME, &boot);
	clock_gettime(CLOCK_REALTIME, &real);
	return (uint64_t)real.tv_sec * NS_PER_S + (uint64_t)real.tv_nsec -
	       ((uint64_t)boot.tv_sec * NS_PER_S + (uint64_t)boot.tv_nsec) +
	       ticks / per_s * NS_PER_S + ticks % per_s * NS_PER_S / per_s;
}

enum { FIELD_PARENT = 4, FIELD_START = 22 };

/* The name stands in parentheses and may have any characters, also parentheses. */
static bool read_stat(int process, char comm[SKW_COMM_LEN + 1], uint32_t *parent,
		      uint64_t *start_ns)
{
	char text[1024], *begin, *end;
	uint64_t ticks = 0;

	read_text(process, "stat", text, sizeof(text));
	begin = strchr(text, '(');
	end = strrchr(text, ')');
	if (!begin || !end || end < begin)
		return false;
	/* The fields behind the name, with their numbers in proc(5). */
	char *at = end + 1;
	for (int field = 3; field <= FIELD_START; field++) {
		at += strspn(at, " ");
		if (!*at)
			return false;
		if (field == FIELD_PARENT)
			*parent = (uint32_t)strtoul(at, NULL, 10);
		if (field == FIELD_START)
			ticks = strtoull(at, NULL, 10);
		at += strcspn(at, " ");
	}
	*end = '\0';
	snprintf(comm, SKW_COMM_LEN + 1, "%.*s", SKW_COMM_LEN, begin + 1);
	*start_ns = real_time(ticks);
	return true;
}

static void read_parents(struct skw_process *out, uint32_t pid)
{
	while (pid && out->parents_len < SKW_PROCESS_PARENTS) {
		struct skw_owner *parent = &out->parents[out->parents_len];
		SKW_AUTO_FD int process = open_process(pid);
		uint32_t next;
		uint64_t start_ns;

		if (process < 0 || !read_stat(process, parent->comm, &next, &start_ns))
			return;
		parent->pid = pid;
		out->parents_len++;
		pid = next;
	}
}

int skw_process_read(uint32_t pid, struct skw_process *out)
{
	SKW_AUTO_FD int process = open_process(pid);
	struct skw_process it = { .pid = pid, .start_ns = SKW_NONE64 };
	uint32_t parent = 0;
	size_t len;

	if (process < 0)
		return process;
	/* The worker has no business with processes that have no socket. */
	if (!holds(process, is_socket) || !read_stat(process, it.comm, &parent, &it.start_ns))
		return -ENOENT;
	len = read_text(process, "cmdline", it.command, sizeof(it.command));
	while (len && !it.command[len - 1])
		len--;
	for (size_t i = 0; i < len; i++)
		if (!it.command[i])
			it.command[i] = ' ';
	if (readlinkat(process, "exe", it.exe, sizeof(it.exe) - 1) < 0)
		it.exe[0] = '\0';
	read_parents(&it, parent);
	*out = it;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct skw_owner *x = a, *y = b;
	int order = strcmp(x->comm, y->comm);

	return order ? order : x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Fills in *out if the process with this number holds a socket. */
static bool read_holder(uint32_t pid, struct skw_owner *out)
{
	SKW_AUTO_FD int process = open_process(pid);
	uint32_t parent;
	uint64_t start_ns;

	out->pid = pid;
	return process >= 0 && holds(process, is_network_socket) &&
	       read_stat(process, out->comm, &parent, &start_ns);
}

int skw_process_list(struct skw_owner **list, size_t *n)
{
	SKW_CLEANUP(close_dir) DIR *dir = opendir("/proc");
	SKW_AUTO_FREE struct skw_owner *all = NULL;
	const struct dirent *entry;
	size_t len = 0, size = 0;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		struct skw_owner owner;

		if (!isdigit((unsigned char)entry->d_name[0]) ||
		    !read_holder((uint32_t)strtoul(entry->d_name, NULL, 10), &owner))
			continue;
		if (len == size) {
			size = size ? 2 * size : 64;
			struct skw_owner *more = realloc(all, size * sizeof(*all));

			if (!more)
				return -ENOMEM;
			all = more;
		}
		all[len++] = owner;
	}
	if (len)
		qsort(all, len, sizeof(*all), compare);
	*list = SKW_TAKE_PTR(all);
	*n = len;
	return 0;
}
