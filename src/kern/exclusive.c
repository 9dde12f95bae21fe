// SPDX-License-Identifier: BSD-2-Clause
#include "kern/exclusive.h"

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

/* The program that is attached to this very cgroup, with the flags of its kind; or 0. */
static __u32 find_program(int fd, int type, __u32 *flags)
{
	__u32 ids[PROGRAMS_MAX], n = PROGRAMS_MAX;

	if (bpf_prog_query(fd, (enum bpf_attach_type)type, 0, flags, ids, &n))
		return 0;
	return n ? ids[0] : 0;
}

static int refuse(const char *path, const char *at, __u32 id, struct skw_error *err)
{
	char program[64];

	name_program(id, program, sizeof(program));
	return skw_error_usage(err,
			       "%s: another program is attached to %s (%s) and does not run beside "
			       "others; see bpftool cgroup tree",
			       path, at, program);
}

int skw_exclusive_check(const char *path, int type, struct skw_error *err)
{
	char at[PATH_MAX];
	__u32 hidden = 0;

	snprintf(at, sizeof(at), "%s", path);
	for (bool above = false;; above = true) {
		SKW_AUTO_FD int fd = open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		char *slash = strrchr(at, '/');
		__u32 flags = 0;

		if (fd < 0 || !is_cgroup(fd))
			return 0;
		__u32 id = find_program(fd, type, &flags);
		bool shares = flags & BPF_F_ALLOW_MULTI;
		if (id && !shares && !(flags & hidden))
			return refuse(path, at, id, err);
		/* Here the kernel looks no further, as hierarchy_allows_attach() has it. */
		if ((id && shares && above) || !slash || slash == at)
			return 0;
		/* Programs of our cgroup have put such a program above out of effect before us. */
		if (id && shares)
			hidden = BPF_F_ALLOW_OVERRIDE;
		*slash = '\0';
	}
}
