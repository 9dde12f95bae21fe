// SPDX-License-Identifier: BSD-2-Clause
#include "kern/cgroup_link.h"

#include <bpf/libbpf.h>
#include <errno.h>

#include "kern/exclusive.h"

int skw_cgroup_link_make(const struct bpf_program *program, int cgroup_fd, const char *path,
			 struct bpf_link **link, struct skw_error *err)
{
	int ret = skw_exclusive_check(cgroup_fd, path, bpf_program__expected_attach_type(program),
				      err);
	struct bpf_link *made = ret ? NULL : bpf_program__attach_cgroup(program, cgroup_fd);

	if (ret)
		return ret;
	if (made) {
		*link = made;
		return 0;
	}
	ret = -errno;
	return skw_error_set(err, ret, "%s: attaching %s to this cgroup: %s%s", path,
			     bpf_program__name(program), skw_error_why(ret),
			     ret == -EPERM ? "; it needs CAP_BPF and CAP_NET_ADMIN (or root)" : "");
}
