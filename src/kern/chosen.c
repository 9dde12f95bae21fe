// SPDX-License-Identifier: BSD-2-Clause
#include "kern/chosen.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/chosen.h"
#include "bpf/ownerfilter.skel.h"
#include "kern/bpf_log.h"
#include "kern/cgroup_link.h"
#include "kern/conn_owner.h"
#include "kern/host/cgroup.h"
#include "kern/libbpf.h"
#include "kern/types.h"
#include "util/cleanup.h"

/* include/uapi/asm-generic/socket.h; the C library's headers may be older. */
#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define LINKS_MAX 12

_Static_assert(SKW_OWNER_PLAN_MAX == SKW_CHOSEN_MAX, "the same number of each kind");

struct skw_chosen {
	struct ownerfilter_bpf *bpf; /* NULL after skw_chosen_disarm() */
	struct bpf_link *links[LINKS_MAX];
	size_t links_len;
	/* Mapped for reading, and skw_chosen_disarm() leaves them. */
	const struct skw_chosen_counters *counters;
};

static int netns_cookie(__u64 *cookie, struct skw_error *err)
{
	SKW_AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*cookie);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, cookie, &len) < 0)
		return skw_error_set(err, -errno, "the network namespace's number: %s",
				     strerror(errno));
	return 0;
}

static int put(const struct bpf_map *map, const void *key, size_t key_len, const void *value,
	       size_t len, struct skw_error *err)
{
	if (bpf_map__update_elem(map, key, key_len, value, len, 0) == 0)
		return 0;
	return skw_error_set(err, -errno, "BPF: owners: %s", strerror(errno));
}

static int put_pids(struct skw_chosen *c, const struct skw_owner_plan *plan, struct skw_error *err)
{
	const __u64 unknown = 0;
	int ret = 0;

	for (size_t i = 0; !ret && i < plan->pids_len; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/proc/%u", plan->pids[i]);
		if (access(path, F_OK) < 0)
			return skw_error_usage(err, "--pid %u: no such process", plan->pids[i]);
		ret = put(c->bpf->maps.pids, &plan->pids[i], sizeof(plan->pids[i]), &unknown,
			  sizeof(unknown), err);
	}
	return ret;
}

/* The kernel cuts the name of a process as well. */
static int put_comms(struct skw_chosen *c, const struct skw_owner_plan *plan, struct skw_error *err)
{
	const __u8 one = 1;
	int ret = 0;

	for (size_t i = 0; !ret && i < plan->comms_len; i++) {
		char comm[SKW_CHOSEN_COMM_LEN] = "";

		strncpy(comm, plan->comms[i], sizeof(comm) - 1);
		ret = put(c->bpf->maps.comms, comm, sizeof(comm), &one, sizeof(one), err);
	}
	return ret;
}

static int put_cgroups(struct skw_chosen *c, const struct skw_owner_plan *plan, const char *mount,
		       struct skw_error *err)
{
	const __u8 one = 1;
	int ret = 0;

	for (size_t i = 0; !ret && i < plan->cgroups_len; i++) {
		char path[PATH_MAX];
		struct stat st;

		ret = skw_cgroup_find(mount, plan->cgroups[i], path, err);
		if (!ret && stat(path, &st) < 0)
			return skw_error_usage(err, "--cgroup %s: %s", plan->cgroups[i],
					       strerror(errno));
		const __u64 id = ret ? 0 : st.st_ino;
		if (!ret)
			ret = put(c->bpf->maps.cgroups, &id, sizeof(id), &one, sizeof(one), err);
	}
	return ret;
}

/* The owner filter adds records as well, and jumps to the capture program. */
static int use_tap(struct ownerfilter_bpf *bpf, const struct skw_tap *tap)
{
	int ret = bpf_map__reuse_fd(bpf->maps.next, skw_tap_next_fd(tap));

	bpf->rodata->cpus = skw_libbpf_cpus();
	bpf->rodata->counters_len = skw_tap_counters_len(tap);
	bpf->rodata->rings_len = skw_tap_rings_len(tap);
	if (!ret)
		ret = bpf_map__reuse_fd(bpf->maps.rings, skw_tap_rings_fd(tap));
	return ret ? ret : bpf_map__reuse_fd(bpf->maps.packets, skw_tap_counters_fd(tap));
}

static int chosen_load(struct skw_chosen *c, const struct skw_owner_plan *plan, struct skw_tap *tap,
		       const struct skw_types *types, struct skw_error *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = skw_types_path(types));
	__u64 cookie = 0;
	int ret = netns_cookie(&cookie, err);

	if (ret)
		return ret;
	skw_bpf_log_begin();
	c->bpf = ownerfilter_bpf__open_opts(&open_opts);
	if (!c->bpf)
		return skw_bpf_log_failure(err, -errno, "opening the owner filter", "");
	c->bpf->rodata->own_netns = cookie;
	c->bpf->rodata->everything = plan->group_fd != NULL;
	c->bpf->rodata->by_pid = plan->pids_len > 0;
	c->bpf->rodata->by_comm = plan->comms_len > 0;
	c->bpf->rodata->by_cgroup = plan->cgroups_len > 0;
	c->bpf->rodata->with_children = plan->children;
	if (plan->sockets_max) {
		bpf_map__set_max_entries(c->bpf->maps.tuples, plan->sockets_max);
		bpf_map__set_max_entries(c->bpf->maps.ends, plan->sockets_max);
		bpf_map__set_max_entries(c->bpf->maps.closed, plan->sockets_max);
	}
	c->bpf->rodata->reader_pidns = skw_conn_owner_pidns();
	ret = use_tap(c->bpf, tap);
	if (!ret)
		ret = ownerfilter_bpf__load(c->bpf);
	if (!ret)
		return 0;
	return skw_bpf_log_failure(
		err, ret, "loading the owner filter",
		ret == -EPERM ? "; it needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (or root)"
		: ret == -ESRCH || ret == -ENOENT
			? "; it needs a kernel with BTF (CONFIG_DEBUG_INFO_BTF)"
			: "");
}

static int map_counters(struct skw_chosen *c, struct skw_error *err)
{
	void *counters = mmap(NULL, sizeof(*c->counters), PROT_READ, MAP_SHARED,
			      bpf_map__fd(c->bpf->maps.counters), 0);

	if (counters == MAP_FAILED)
		return skw_error_set(err, -errno, "BPF: counters of owners: %s", strerror(errno));
	c->counters = counters;
	return 0;
}

static int attach(struct skw_chosen *c, int fd, const char *path, struct skw_error *err)
{
	struct bpf_program *const programs[] = {
		c->bpf->progs.skw_owner_create,   c->bpf->progs.skw_owner_bind4,
		c->bpf->progs.skw_owner_bind6,    c->bpf->progs.skw_owner_release,
		c->bpf->progs.skw_owner_connect4, c->bpf->progs.skw_owner_connect6,
		c->bpf->progs.skw_owner_sendmsg4, c->bpf->progs.skw_owner_sendmsg6,
		c->bpf->progs.skw_owner_sockops,  c->bpf->progs.skw_owner_egress,
	};

	_Static_assert(SKW_ARRAY_SIZE(programs) <= LINKS_MAX, "room for the links");
	for (size_t i = 0; i < SKW_ARRAY_SIZE(programs); i++) {
		struct bpf_link *link;
		int ret = skw_cgroup_link_make(programs[i], fd, path, &link, err);

		if (ret)
			return ret;
		c->links[c->links_len++] = link;
	}
	return 0;
}

static int attach_to_root(struct skw_chosen *c, const char *mount, struct skw_error *err)
{
	SKW_AUTO_FD int fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return skw_error_set(err, -errno, "%s: %s", mount, strerror(errno));
	return attach(c, fd, mount, err);
}

/* Reads the iterator over open files to its end: the program does the work. */
static int fill(struct skw_chosen *c, struct skw_error *err)
{
	struct bpf_link *link = bpf_program__attach_iter(c->bpf->progs.skw_owner_fill, NULL);
	SKW_AUTO_FD int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	int ret = fd < 0 ? -errno : 0;
	ssize_t n = 1;
	char bytes[64];

	/* The kernel pauses after a million files. */
	while (!ret && n) {
		n = read(fd, bytes, sizeof(bytes));
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			ret = -errno;
	}
	bpf_link__destroy(link);
	return ret ? skw_error_set(err, ret, "BPF: the sockets that are open: %s", strerror(-ret))
		   : 0;
}

/* Attaches the programs where all sockets of the host are, and finds those that are open. */
static int choose(struct skw_chosen *c, const struct skw_owner_plan *plan, struct skw_error *err)
{
	char mount[PATH_MAX];
	int ret = skw_cgroup_mount(mount, err);

	if (!ret)
		ret = put_pids(c, plan, err);
	if (!ret)
		ret = put_comms(c, plan, err);
	if (!ret)
		ret = put_cgroups(c, plan, mount, err);
	/* Sockets that open between these two are met by both. */
	if (!ret)
		ret = attach_to_root(c, mount, err);
	return ret ? ret : fill(c, err);
}

static int chosen_start(struct skw_chosen *c, const struct skw_owner_plan *plan,
			struct skw_tap *tap, struct skw_error *err)
{
	struct skw_types types;

	skw_types_open(&types);
	int ret = chosen_load(c, plan, tap, &types, err);
	skw_types_close(&types);
	if (!ret)
		ret = map_counters(c, err);
	if (!ret && plan->group_fd)
		ret = attach(c, *plan->group_fd, "the command's cgroup", err);
	else if (!ret)
		ret = choose(c, plan, err);
	return ret ? ret
		   : skw_tap_set_first(tap, bpf_program__fd(c->bpf->progs.skw_owner_filter), err);
}

int skw_chosen_open(const struct skw_owner_plan *plan, struct skw_tap *tap, struct skw_chosen **out,
		    struct skw_error *err)
{
	struct skw_chosen *c = calloc(1, sizeof(*c));

	if (!c)
		return skw_error_set(err, -ENOMEM, "out of memory");
	int ret = chosen_start(c, plan, tap, err);
	if (ret) {
		skw_chosen_close(c);
		return ret;
	}
	*out = c;
	return 0;
}

void skw_chosen_detach(struct skw_chosen *c)
{
	while (c && c->links_len)
		bpf_link__destroy(c->links[--c->links_len]);
}

/* Closing a link detaches nothing while another process, the keeper, has it open. */
void skw_chosen_disarm(struct skw_chosen *c)
{
	if (!c)
		return;
	skw_chosen_detach(c);
	ownerfilter_bpf__destroy(c->bpf);
	c->bpf = NULL;
}

void skw_chosen_close(struct skw_chosen *c)
{
	if (!c)
		return;
	skw_chosen_disarm(c);
	if (c->counters)
		munmap((void *)c->counters, sizeof(*c->counters));
	free(c);
}

size_t skw_chosen_kept_fds(const struct skw_chosen *c, int fds[SKW_CHOSEN_FDS_MAX])
{
	size_t n = 0;

	_Static_assert(LINKS_MAX <= SKW_CHOSEN_FDS_MAX, "room for the links");
	for (size_t i = 0; c && i < c->links_len; i++)
		fds[n++] = bpf_link__fd(c->links[i]);
	return n;
}

void skw_chosen_count(const struct skw_chosen *c, struct skw_chosen_figures *figures)
{
	figures->sockets = __atomic_load_n(&c->counters->sockets, __ATOMIC_RELAXED);
	figures->open = __atomic_load_n(&c->counters->opened, __ATOMIC_RELAXED) -
			__atomic_load_n(&c->counters->finished, __ATOMIC_RELAXED);
	figures->full = __atomic_load_n(&c->counters->full, __ATOMIC_RELAXED);
	figures->early = __atomic_load_n(&c->counters->early, __ATOMIC_RELAXED);
}
