// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/escapes.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <string.h>
#include <unistd.h>

#include "bpf/policyscan.skel.h"
#include "kern/bpf_log.h"
#include "kern/conn_owner.h"
#include "kern/host/cgroup.h"
#include "kern/libbpf.h"
#include "kern/types.h"
#include "util/cleanup.h"

static int add_cgroup(void *map_fd, uint64_t id, const char *path)
{
	const __u8 one = 1;

	(void)path;
	return bpf_map_update_elem(*(const int *)map_fd, &id, &one, BPF_ANY) ? -errno : 0;
}

/* The iterator writes nothing: reading it to its end runs it. */
static int run_iterator(const struct policyscan_bpf *bpf)
{
	struct bpf_link *link = bpf_program__attach_iter(bpf->progs.skw_policy_scan, NULL);
	int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	int ret = fd < 0 ? -errno : 0;
	char byte;

	while (!ret) {
		ssize_t n = read(fd, &byte, sizeof(byte));

		if (n == 0)
			break;
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			ret = -errno;
	}
	skw_cleanup_fd(&fd);
	bpf_link__destroy(link);
	return ret;
}

static int count(struct policyscan_bpf *bpf, const char *cgroup, struct skw_policy_escapes *out)
{
	SKW_AUTO_FD int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int map_fd = bpf_map__fd(bpf->maps.inside);

	if (fd < 0)
		return -errno;
	int ret = skw_cgroup_walk(fd, cgroup, add_cgroup, &map_fd);
	if (!ret)
		ret = run_iterator(bpf);
	if (!ret)
		*out = bpf->bss->escapes;
	return ret;
}

int skw_escapes_find(const char *cgroup, struct skw_policy_escapes *out, struct skw_error *err)
{
	struct policyscan_bpf *bpf;
	struct skw_types types;
	int ret = skw_libbpf_init(err);

	if (ret)
		return ret;
	skw_types_open(&types);
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = skw_types_path(&types));
	bpf = policyscan_bpf__open_opts(&open_opts);
	if (bpf)
		bpf->rodata->reader_pidns = skw_conn_owner_pidns();
	ret = bpf ? policyscan_bpf__load(bpf) : -errno;
	/* libbpf calls it loaded, too, when it could not map the memory of the variables. */
	if (!ret && !bpf->bss)
		ret = -ENOMEM;
	if (!ret)
		ret = count(bpf, cgroup, out);
	policyscan_bpf__destroy(bpf);
	skw_types_close(&types);
	return ret ? skw_error_set(err, ret, "the sockets that are open can't be found: %s",
				   skw_error_why(ret))
		   : 0;
}
