// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/exclusive.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>

#include "util/cleanup.h"

#define PROGRAMS_MAX 64

static bool is_cgroup(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC;
}

static void name_program(__u32 id, char *out, size_t size)
{
	SKW_AUTO_FD int fd = bpf_prog_get_fd_by_id(id);
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		info.name[0] = '\0';
	snprintf(out, size, "program %u%s%s", id, info.name[0] ? " " : "", info.name);
}

/* Whether programs are attached to this very cgroup so that others are excluded. */
static bool excludes(int fd, int type, __u32 *id)
{
	__u32 ids[PROGRAMS_MAX], flags = 0, n = PROGRAMS_MAX;

	if (bpf_prog_query(fd, (enum bpf_attach_type)type, 0, &flags, ids, &n) || !n)
		return false;
	*id = ids[0];
	return !(flags & BPF_F_ALLOW_MULTI);
}

int skw_exclusive_check(const char *path, int type, struct skw_error *err)
{
	char at[PATH_MAX], program[64];
	__u32 id;

	snprintf(at, sizeof(at), "%s", path);
	for (;;) {
		SKW_AUTO_FD int fd = open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		char *slash = strrchr(at, '/');

		if (fd < 0 || !is_cgroup(fd))
			return 0;
		if (excludes(fd, type, &id)) {
			name_program(id, program, sizeof(program));
			return skw_error_usage(err,
					       "%s: another program is attached to %s (%s) and "
					       "excludes others; see bpftool cgroup tree",
					       path, at, program);
		}
		if (!slash || slash == at)
			return 0;
		*slash = '\0';
	}
}
