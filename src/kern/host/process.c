// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* The worker has no business with processes that have no socket. */
static bool holds_socket(int process)
{
	static const char sign[] = "socket:[";
	int fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	SKW_CLEANUP(close_dir) DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	char text[sizeof(sign)];

	if (!dir && fd >= 0)
		close(fd);
	for (unsigned i = 0; dir && i < FDS_MAX && (entry = readdir(dir)); i++)
		if (readlinkat(dirfd(dir), entry->d_name, text, sizeof(text)) ==
			    (ssize_t)sizeof(text) &&
		    memcmp(text, sign, sizeof(sign) - 1) == 0)
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
	if (!holds_socket(process) || !read_stat(process, it.comm, &parent, &it.start_ns))
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
