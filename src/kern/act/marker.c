// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/marker.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/mark.skel.h"
#include "kern/act/pins.h"
#include "kern/bpf_log.h"
#include "kern/conn.h"
#include "kern/exclusive.h"
#include "kern/host/cgroup.h"
#include "kern/host/netns.h"
#include "kern/libbpf.h"
#include "kern/ring/ring_set.h"
#include "kern/types.h"
#include "util/cleanup.h"

#define RING_BYTES (2ULL << 20)
#define COUNTERS   "counters"
#define PROGS_MAX  64

struct skw_marker {
	struct mark_bpf *bpf; /* NULL after skw_marker_disarm() */
	/* Both are mapped for reading, one element per CPU. */
	const struct skw_mark_counters *marks;
	const struct skw_conn_counters *counters;
	unsigned cpus;
	struct skw_ring_set rings;
	struct bpf_link *sockops;
	struct bpf_link *listeners, *holders; /* the iterators; holders NULL: none */
	int cgroup_fd;
	bool wants_holders;
};

/* ---- other programs ---- */

/* Whether the program is one of skwatch's, none of which wants callbacks for headers but this. */
static bool is_skwatch(uint32_t id)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	SKW_AUTO_FD int fd = bpf_prog_get_fd_by_id(id);

	return fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0 &&
	       strncmp(info.name, "skw_", strlen("skw_")) == 0;
}

/* Whether no sockops programs but ours run for sockets of this cgroup. Unknown counts as no. */
static bool is_alone(int fd)
{
	uint32_t ids[PROGS_MAX], n = PROGS_MAX;

	if (bpf_prog_query(fd, BPF_CGROUP_SOCK_OPS, BPF_F_QUERY_EFFECTIVE, NULL, ids, &n))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!is_skwatch(ids[i]))
			return false;
	return true;
}

/* Sockets of a cgroup below ours have its programs, too. */
static int see_below(void *ctx, uint64_t id, const char *path)
{
	char full[PATH_MAX];
	const char *top = ctx;

	(void)id;
	if (snprintf(full, sizeof(full), "%s%s", top, path) >= PATH_MAX)
		return -1;
	SKW_AUTO_FD int fd = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* It may have gone meanwhile. */
	return fd < 0 || is_alone(fd) ? 0 : -1;
}

static bool is_shared(const struct skw_marker *m, const char *cgroup)
{
	return !is_alone(m->cgroup_fd) ||
	       skw_cgroup_walk(m->cgroup_fd, "", see_below, (void *)cgroup) != 0;
}

/* ---- loading ---- */

static int set_up(struct skw_marker *m, const struct skw_marker_options *opt, struct skw_error *err)
{
	struct stat st;

	m->cgroup_fd = open(opt->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (m->cgroup_fd < 0 || fstat(m->cgroup_fd, &st) < 0)
		return skw_error_set(err, -errno, "%s: %s", opt->cgroup, strerror(errno));
	m->bpf->rodata->host = htobe32(opt->host);
	m->bpf->rodata->names = opt->names;
	m->bpf->rodata->tell = opt->events;
	m->bpf->rodata->shared = is_shared(m, opt->cgroup);
	m->bpf->rodata->rings_len = m->rings.len;
	/* The real root has inode number 1. */
	m->bpf->rodata->subtree = st.st_ino == 1 ? 0 : (uint64_t)st.st_ino;
	bpf_map__set_max_entries(m->bpf->maps.rings, m->rings.len);
	bpf_map__set_max_entries(m->bpf->maps.counters, m->cpus);
	bpf_map__set_max_entries(m->bpf->maps.marks, m->cpus);
	return 0;
}

static int load(struct skw_marker *m, const struct skw_marker_options *opt,
		const struct skw_types *types, bool listeners, struct skw_error *err)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = skw_types_path(types));

	m->bpf = mark_bpf__open_opts(&open_opts);
	if (!m->bpf)
		return skw_error_set(err, -errno, "BPF: %s", skw_error_why(-errno));
	int ret = set_up(m, opt, err);
	if (ret)
		return ret;
	bpf_program__set_autoload(m->bpf->progs.skw_mark_listeners, listeners);
	bpf_program__set_autoload(m->bpf->progs.skw_mark_holders, opt->names);
	return mark_bpf__load(m->bpf);
}

/* Before 6.12 no iterator may change the flags of a socket. */
static int load_some(struct skw_marker *m, const struct skw_marker_options *opt,
		     const struct skw_types *types, struct skw_error *err)
{
	skw_bpf_log_begin();
	int ret = load(m, opt, types, true, err);

	if (ret == -EINVAL || ret == -EACCES) {
		mark_bpf__destroy(m->bpf);
		skw_cleanup_fd(&m->cgroup_fd);
		ret = load(m, opt, types, false, err);
	}
	return ret ? skw_bpf_log_failure(
			     err, ret, "loading the programs that mark connections",
			     ret == -EPERM ? "; it needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON "
					     "(or root)"
					   : "")
		   : 0;
}

static int map_memory(struct skw_marker *m, struct skw_error *err)
{
	void *marks = mmap(NULL, m->cpus * sizeof(*m->marks), PROT_READ, MAP_SHARED,
			   bpf_map__fd(m->bpf->maps.marks), 0);
	void *counters = mmap(NULL, m->cpus * sizeof(*m->counters), PROT_READ, MAP_SHARED,
			      bpf_map__fd(m->bpf->maps.counters), 0);

	m->marks = marks == MAP_FAILED ? NULL : marks;
	m->counters = counters == MAP_FAILED ? NULL : counters;
	if (!m->marks || !m->counters)
		return skw_error_set(err, -errno, "BPF: memory of the counters: %s",
				     strerror(errno));
	return 0;
}

static int attach(struct skw_marker *m, const char *cgroup, struct skw_error *err)
{
	int ret = skw_exclusive_check(cgroup, BPF_CGROUP_SOCK_OPS, err);

	if (ret)
		return ret;
	m->sockops = bpf_program__attach_cgroup(m->bpf->progs.skw_mark, m->cgroup_fd);
	if (m->sockops)
		return 0;
	ret = -errno;
	return skw_error_set(err, ret, "%s: attaching to this cgroup: %s%s", cgroup, strerror(-ret),
			     ret == -EPERM ? "; it needs CAP_BPF and CAP_NET_ADMIN (or root)" : "");
}

/* ---- listeners ---- */

static int run_iter(void *link)
{
	SKW_AUTO_FD int fd = skw_conn_iter_open(*(const int *)link);
	char nothing[64];

	if (fd < 0)
		return fd;
	/* The program writes nothing; the kernel may pause between its runs. */
	while (read(fd, nothing, sizeof(nothing)) < 0)
		if (errno != EINTR && errno != EAGAIN)
			return -errno;
	return 0;
}

/* Namespaces that can't be entered are left out: they may have gone. */
static void run_everywhere(int link)
{
	struct skw_netns_list list = { 0 };

	run_iter(&link);
	if (skw_netns_scan(&list) == 0)
		for (size_t i = 0; i < list.len; i++)
			skw_netns_inside(&list.all[i], run_iter, &link);
	skw_netns_list_free(&list);
}

static void find_listeners(struct skw_marker *m)
{
	int fd;

	if (bpf_program__autoload(m->bpf->progs.skw_mark_listeners))
		m->listeners = bpf_program__attach_iter(m->bpf->progs.skw_mark_listeners, NULL);
	if (m->listeners)
		run_everywhere(bpf_link__fd(m->listeners));
	if (!m->wants_holders)
		return;
	m->holders = bpf_program__attach_iter(m->bpf->progs.skw_mark_holders, NULL);
	if (!m->holders)
		return;
	fd = bpf_link__fd(m->holders);
	run_iter(&fd);
}

static int start(struct skw_marker *m, const struct skw_marker_options *opt, struct skw_error *err)
{
	struct skw_types types;

	skw_types_open(&types);
	int ret = load_some(m, opt, &types, err);
	if (!ret)
		ret = map_memory(m, err);
	if (!ret && opt->events)
		ret = skw_ring_set_make(&m->rings, bpf_map__fd(m->bpf->maps.rings), err);
	if (!ret)
		ret = attach(m, opt->cgroup, err);
	/* Listeners that come from now on call back, so none is missed in between. */
	if (!ret)
		find_listeners(m);
	skw_types_close(&types);
	return ret;
}

int skw_marker_open(const struct skw_marker_options *opt, struct skw_marker **out,
		    struct skw_error *err)
{
	int ret = skw_libbpf_init(err);
	struct skw_marker *m = ret ? NULL : calloc(1, sizeof(*m));

	if (!m)
		return ret ? ret : skw_error_set(err, -ENOMEM, "out of memory");
	m->cgroup_fd = -1;
	m->cpus = skw_libbpf_cpus();
	m->wants_holders = opt->names;
	skw_ring_set_plan(&m->rings, 0, 0, RING_BYTES);
	ret = start(m, opt, err);
	if (ret) {
		skw_marker_close(m);
		return ret;
	}
	*out = m;
	return 0;
}

bool skw_marker_is_shared(const struct skw_marker *m)
{
	return m->bpf->rodata->shared;
}

bool skw_marker_reaches_listeners(const struct skw_marker *m)
{
	return m->listeners;
}

bool skw_marker_lacks_holders(const struct skw_marker *m)
{
	return m->wants_holders && !m->holders;
}

/* ---- the end ---- */

size_t skw_marker_kept_fds(const struct skw_marker *m, int fds[2])
{
	size_t n = 0;

	fds[n++] = bpf_link__fd(m->sockops);
	if (m->listeners)
		fds[n++] = bpf_link__fd(m->listeners);
	return n;
}

void skw_marker_stop(struct skw_marker *m)
{
	bpf_link__destroy(m->sockops);
	m->sockops = NULL;
	if (m->listeners && m->bpf) {
		m->bpf->bss->leaving = true;
		run_everywhere(bpf_link__fd(m->listeners));
	}
	/* Waits for an RCU grace period. After it no CPU runs the program any more. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

void skw_marker_disarm(struct skw_marker *m)
{
	bpf_link__destroy(m->sockops);
	bpf_link__destroy(m->listeners);
	bpf_link__destroy(m->holders);
	mark_bpf__destroy(m->bpf);
	skw_ring_set_close_fds(&m->rings);
	skw_cleanup_fd(&m->cgroup_fd);
	m->sockops = m->listeners = m->holders = NULL;
	m->bpf = NULL;
	m->cgroup_fd = -1;
}

void skw_marker_close(struct skw_marker *m)
{
	if (!m)
		return;
	skw_marker_disarm(m);
	skw_ring_set_free(&m->rings);
	if (m->marks)
		munmap((void *)m->marks, m->cpus * sizeof(*m->marks));
	if (m->counters)
		munmap((void *)m->counters, m->cpus * sizeof(*m->counters));
	free(m);
}

/* ---- figures ---- */

struct skw_rings *skw_marker_rings(struct skw_marker *m)
{
	return m->rings.reader;
}

/* All members are counters of 64 bits. */
static void add_up(struct skw_mark_counters *sum, const struct skw_mark_counters *one)
{
	uint64_t *to = (uint64_t *)sum;
	const uint64_t *from = (const uint64_t *)one;

	for (size_t i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

void skw_marker_count(const struct skw_marker *m, struct skw_marker_figures *sum)
{
	*sum = (struct skw_marker_figures){ 0 };
	for (unsigned i = 0; i < m->cpus; i++) {
		add_up(&sum->marks, &m->marks[i]);
		sum->events += __atomic_load_n(&m->counters[i].events, __ATOMIC_RELAXED);
		sum->events_lost += __atomic_load_n(&m->counters[i].lost, __ATOMIC_RELAXED);
	}
}

/* ---- pins ---- */

int skw_marker_pin(const struct skw_marker *m, const char *dir, const char *name,
		   const struct skw_pin_meta *meta, struct skw_error *err)
{
	struct skw_pin pin;
	int ret = skw_pins_create(dir, name, meta, &pin, err);

	if (ret)
		return ret;
	ret = skw_pins_put(&pin, COUNTERS, bpf_map__fd(m->bpf->maps.marks), err);
	if (!ret)
		ret = skw_pins_put(&pin, SKW_MARKER_PEERS, bpf_map__fd(m->bpf->maps.peers), err);
	if (!ret)
		ret = skw_pins_put(&pin, "link-sockops", bpf_link__fd(m->sockops), err);
	if (ret)
		skw_pins_remove(&pin, NULL);
	return ret;
}

int skw_marker_count_pin(const struct skw_pin *pin, struct skw_mark_counters *sum)
{
	SKW_AUTO_FD int fd = skw_pins_get(pin, COUNTERS);
	struct skw_mark_counters one;
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);

	*sum = (struct skw_mark_counters){ 0 };
	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (info.value_size != sizeof(one) || info.key_size != sizeof(__u32))
		return -EINVAL;
	for (__u32 i = 0; i < info.max_entries; i++)
		if (bpf_map_lookup_elem(fd, &i, &one) == 0)
			add_up(sum, &one);
	return 0;
}
