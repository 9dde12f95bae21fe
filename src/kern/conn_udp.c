// SPDX-License-Identifier: BSD-2-Clause
#include "kern/conn_udp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/udp.skel.h"
#include "kern/conn_owner.h"
#include "kern/conn_wire.h"
#include "kern/cgroup_link.h"
#include "kern/exclusive.h"
#include "kern/types.h"
#include "util/cleanup.h"
#include "util/clock.h"

struct skw_conn_udp {
	struct udp_bpf *bpf;
	struct bpf_link *links[SKW_CONN_UDP_PROGRAMS];
	char cgroup[PATH_MAX];
	int cgroup_fd;
	__u64 *since_ns; /* borrowed */
};

static bool load(struct skw_conn_udp *u, const struct skw_conn_wire_options *opt, int storage_fd)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = skw_types_path(opt->types));

	u->cgroup_fd = open(u->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	u->bpf = u->cgroup_fd < 0 ? NULL : udp_bpf__open_opts(&open_opts);
	if (!u->bpf)
		return false;
	u->bpf->rodata->rings_len = opt->rings_len;
	u->bpf->rodata->events = opt->events;
	u->bpf->rodata->only_netns = opt->netns;
	u->bpf->rodata->reader_pidns = skw_conn_owner_pidns();
	return !bpf_map__reuse_fd(u->bpf->maps.rings, opt->rings_fd) &&
	       !bpf_map__reuse_fd(u->bpf->maps.counters, opt->counters_fd) &&
	       !bpf_map__reuse_fd(u->bpf->maps.udp_counts, storage_fd) && !udp_bpf__load(u->bpf);
}

struct skw_conn_udp *skw_conn_udp_open(const struct skw_conn_wire_options *opt, int storage_fd,
				       __u64 *since_ns)
{
	struct skw_conn_udp *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	snprintf(u->cgroup, sizeof(u->cgroup), "%s", opt->cgroup);
	u->since_ns = since_ns;
	if (load(u, opt, storage_fd))
		return u;
	skw_conn_udp_close(u);
	return NULL;
}

static void detach(struct skw_conn_udp *u)
{
	for (size_t i = 0; i < SKW_CONN_UDP_PROGRAMS; i++) {
		bpf_link__destroy(u->links[i]);
		u->links[i] = NULL;
	}
}

void skw_conn_udp_close(struct skw_conn_udp *u)
{
	if (!u)
		return;
	detach(u);
	udp_bpf__destroy(u->bpf);
	skw_cleanup_fd(&u->cgroup_fd);
	free(u);
}

/*
 * In this order: a socket that has a time of opening must have all its datagrams counted, and so
 * what gives it that time comes last.
 */
static void programs(const struct skw_conn_udp *u, struct bpf_program *out[SKW_CONN_UDP_PROGRAMS])
{
	out[0] = u->bpf->progs.skw_udp_out;
	out[1] = u->bpf->progs.skw_udp_in;
	out[2] = u->bpf->progs.skw_udp_end;
	out[3] = u->bpf->progs.skw_udp_made;
}

static int look_for_others(const struct skw_conn_udp *u, struct skw_error *err)
{
	static const int types[] = { BPF_CGROUP_INET_EGRESS, BPF_CGROUP_INET_INGRESS,
				     BPF_CGROUP_INET_SOCK_RELEASE, BPF_CGROUP_INET_SOCK_CREATE };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(types); i++)
		if (skw_exclusive_check(u->cgroup_fd, u->cgroup, types[i], err))
			return -EBUSY;
	return 0;
}

static int attach(struct skw_conn_udp *u, struct skw_error *err)
{
	struct bpf_program *all[SKW_CONN_UDP_PROGRAMS];
	int ret = look_for_others(u, err);

	if (ret)
		return ret;
	u->bpf->bss->since_ns = skw_clock_monotonic_ns();
	programs(u, all);
	for (size_t i = 0; i < SKW_CONN_UDP_PROGRAMS; i++) {
		ret = skw_cgroup_link_make(all[i], u->cgroup_fd, u->cgroup, &u->links[i], err);
		if (ret) {
			detach(u);
			return ret;
		}
	}
	return 0;
}

int skw_conn_udp_count(struct skw_conn_udp *u, bool on, struct skw_error *err)
{
	int ret = 0;

	if (!u && on)
		return skw_error_set(err, -EOPNOTSUPP, "this kernel refuses the programs");
	if (!u || (on && u->links[0]))
		return 0;
	if (on)
		ret = attach(u, err);
	else
		detach(u);
	__atomic_store_n(u->since_ns, on && !ret ? u->bpf->bss->since_ns : 0, __ATOMIC_RELAXED);
	return ret;
}

size_t skw_conn_udp_fds(const struct skw_conn_udp *u, int fds[SKW_CONN_UDP_FDS])
{
	struct bpf_program *all[SKW_CONN_UDP_PROGRAMS];
	size_t n = 0;

	if (!u)
		return 0;
	fds[n++] = u->cgroup_fd;
	programs(u, all);
	for (size_t i = 0; i < SKW_CONN_UDP_PROGRAMS; i++) {
		fds[n++] = bpf_program__fd(all[i]);
		if (u->links[i])
			fds[n++] = bpf_link__fd(u->links[i]);
	}
	return n;
}
