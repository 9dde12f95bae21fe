// SPDX-License-Identifier: BSD-2-Clause
#include "kern/conn.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/membarrier.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bpf/conn.skel.h"
#include "kern/bpf_log.h"
#include "kern/host/cgroup.h"
#include "kern/host/sockstat.h"
#include "kern/cgroup_link.h"
#include "kern/conn_owner.h"
#include "kern/conn_trace.h"
#include "kern/conn_udp.h"
#include "kern/conn_wire.h"
#include "kern/exclusive.h"
#include "kern/libbpf.h"
#include "kern/ring/ring_set.h"
#include "kern/types.h"
#include "util/cleanup.h"

#define RING_BYTES_DEFAULT (8ULL << 20)
#define JIFFY_SHIFT        10

_Static_assert(SKW_CONN_LACKS_ENROL == SKW_LACKS_ENROL, "same bit");
_Static_assert(SKW_CONN_LACKS_RTT_ARGS == SKW_LACKS_RTT_ARGS, "same bit");

struct skw_conn {
	struct conn_bpf *bpf; /* NULL after skw_conn_disarm() */
	/* Both are mapped for reading, and skw_conn_disarm() leaves them. */
	const struct conn_bpf__bss *told;
	const struct skw_conn_counters *counters; /* one per CPU */
	unsigned cpus;
	struct skw_ring_set rings;
	struct bpf_link *sockops;
	struct skw_conn_owner *owner; /* NULL: none */
	struct skw_conn_trace *trace; /* NULL: none */
	struct skw_conn_wire *wire;   /* NULL: none */
	struct skw_conn_udp *counts;  /* NULL: none */
	struct bpf_link *tcp, *udp;   /* the iterators; udp NULL: none */
	uint32_t lacks;               /* SKW_LACKS_*, found while loading */
	struct skw_error excluded;    /* names the program that excludes our callbacks */
};

#define STEADY_MARGIN_NS 10000000ULL

/* Where the programs go: the cgroup of the sockops program, and this kernel's types. */
struct place {
	struct skw_types types;
	char path[PATH_MAX];
	int fd;
	uint64_t subtree; /* kernfs id; 0: the root */
};

static void leave_out_udp(struct conn_bpf *bpf)
{
	bpf_program__set_autoload(bpf->progs.skw_sweep_udp, false);
}

static void leave_out_enrol(struct conn_bpf *bpf)
{
	bpf->rodata->enrol = false;
}

static void leave_out_creator(struct conn_bpf *bpf)
{
	bpf->rodata->creator = false;
}

/* Parts that a kernel may refuse, and that we can do without. */
static const struct {
	uint32_t lacks;
	void (*leave_out)(struct conn_bpf *bpf);
} optional[] = {
	{ SKW_LACKS_UDP, leave_out_udp },
	{ SKW_LACKS_ENROL, leave_out_enrol },
	{ SKW_LACKS_CREATOR, leave_out_creator },
};

/*
 * The length of a jiffy, shifted by JIFFY_SHIFT. The resolution of a coarse clock tells it, because
 * coarse clocks advance once per jiffy. The kernel's configuration may not be readable.
 */
static uint64_t jiffy_us(void)
{
	struct timespec jiffy = { 0 };

	clock_getres(CLOCK_MONOTONIC_COARSE, &jiffy);
	if (jiffy.tv_nsec <= 0)
		return 0;
	uint64_t hz = (1000000000ULL + (uint64_t)jiffy.tv_nsec / 2) / (uint64_t)jiffy.tv_nsec;
	return ((1000000ULL << JIFFY_SHIFT) + hz - 1) / hz;
}

static int place_open(struct place *place, const char *cgroup, struct skw_error *err)
{
	struct stat st;
	int ret = 0;

	place->fd = -1;
	if (!cgroup)
		ret = skw_cgroup_mount(place->path, err);
	else if (snprintf(place->path, sizeof(place->path), "%s", cgroup) >= PATH_MAX)
		ret = skw_error_set(err, -ENAMETOOLONG, "%.64s...: too long", cgroup);
	if (ret)
		return ret;
	place->fd = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place->fd < 0 || fstat(place->fd, &st) < 0)
		return skw_error_set(err, -errno, "%s: %s", place->path, strerror(errno));
	/* The real root has inode number 1. A container's root is a subtree and has another. */
	place->subtree = st.st_ino == 1 ? 0 : (uint64_t)st.st_ino;
	return 0;
}

/* Loads the programs without the optional parts in `without`. Returns 0 or -errno. */
static int conn_try(struct skw_conn *c, const struct skw_conn_options *opt,
		    const struct place *place, uint32_t without)
{
	LIBBPF_OPTS(bpf_object_open_opts, open_opts,
		    .btf_custom_path = skw_types_path(&place->types));
	struct conn_bpf *bpf = conn_bpf__open_opts(&open_opts);

	if (!bpf)
		return -errno;
	bpf->rodata->rings_len = c->rings.len;
	bpf->rodata->events = opt->events;
	bpf->rodata->only_netns = opt->netns;
	/* Callbacks that we turn on would be those of the program that excludes ours. */
	bpf->rodata->enrol = opt->enrol && !(c->lacks & SKW_LACKS_CALLBACKS);
	bpf->rodata->known_states = opt->known_states;
	bpf->rodata->subtree = place->subtree;
	bpf->rodata->reader_pidns = skw_conn_owner_pidns();
	bpf->rodata->jiffy_us = jiffy_us();
	bpf_map__set_max_entries(bpf->maps.rings, c->rings.len);
	bpf_map__set_max_entries(bpf->maps.counters, c->cpus);
	bpf_program__set_autoload(bpf->progs.skw_sweep_udp, opt->udp);
	for (size_t i = 0; i < SKW_ARRAY_SIZE(optional); i++)
		if (without & 1U << i)
			optional[i].leave_out(bpf);
	int ret = conn_bpf__load(bpf);
	if (ret) {
		conn_bpf__destroy(bpf);
		return ret;
	}
	for (size_t i = 0; i < SKW_ARRAY_SIZE(optional); i++)
		if (without & 1U << i)
			c->lacks |= optional[i].lacks;
	c->bpf = bpf;
	return 0;
}

/* libbpf calls it missing when the memory for the kernel's types can't be had. */
static int missing_btf(int ret)
{
	return ret == -ESRCH && access("/sys/kernel/btf/vmlinux", R_OK) == 0 ? -ENOMEM : ret;
}

/* Loads the programs, with as many of the optional parts as the kernel accepts. */
static int conn_load(struct skw_conn *c, const struct skw_conn_options *opt,
		     const struct place *place, struct skw_error *err)
{
	int first = 0, ret = 0;

	skw_bpf_log_begin();
	for (uint32_t without = 0; without < 1U << SKW_ARRAY_SIZE(optional); without++) {
		ret = conn_try(c, opt, place, without);
		ret = missing_btf(ret);
		first = first ? first : ret;
		if (!ret)
			return 0;
		/* Without any of its parts the program would fail in the same way. */
		if (ret == -EPERM || ret == -ENOMEM || ret == -EMFILE || ret == -ENFILE) {
			first = ret;
			break;
		}
	}
	return skw_bpf_log_failure(
		err, first, "loading the connection programs",
		first == -EPERM ? "; it needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (or root)"
		: first == -ESRCH || first == -ENOENT
			? "; it needs a kernel with BTF (CONFIG_DEBUG_INFO_BTF)"
		/* The verifier returns these, whatever the privileges. */
		: first == -EACCES || first == -EINVAL || first == -E2BIG
			? "; this kernel refuses the program: please report it"
			: "");
}

static int sockops_attach(struct skw_conn *c, const struct place *place, struct skw_error *err)
{
	if (c->lacks & SKW_LACKS_CALLBACKS)
		return 0;
	return skw_cgroup_link_make(c->bpf->progs.skw_sockops, place->fd, place->path, &c->sockops,
				    err);
}

static int iters_attach(struct skw_conn *c, const struct skw_conn_options *opt,
			struct skw_error *err)
{
	c->tcp = bpf_program__attach_iter(c->bpf->progs.skw_sweep_tcp, NULL);
	if (!c->tcp)
		return skw_error_set(err, -errno, "BPF: the iterator of TCP sockets: %s",
				     strerror(errno));
	if (!opt->udp || c->lacks & SKW_LACKS_UDP)
		return 0;
	c->udp = bpf_program__attach_iter(c->bpf->progs.skw_sweep_udp, NULL);
	if (!c->udp)
		c->lacks |= SKW_LACKS_UDP;
	return 0;
}

static int map_memory(struct skw_conn *c, struct skw_error *err)
{
	void *told = mmap(NULL, sizeof(*c->told), PROT_READ, MAP_SHARED,
			  bpf_map__fd(c->bpf->maps.bss), 0);
	void *counters = mmap(NULL, c->cpus * sizeof(*c->counters), PROT_READ, MAP_SHARED,
			      bpf_map__fd(c->bpf->maps.counters), 0);

	c->told = told == MAP_FAILED ? NULL : told;
	c->counters = counters == MAP_FAILED ? NULL : counters;
	if (!c->told || !c->counters)
		return skw_error_set(err, -errno, "BPF: memory of the watch: %s", strerror(errno));
	return 0;
}

static void trace_attach(struct skw_conn *c, const struct skw_conn_options *opt,
			 const struct place *place)
{
	const struct skw_conn_trace_options trace = {
		.types = &place->types,
		.events = opt->events,
		.netns = opt->netns,
		.subtree = place->subtree,
		.rings_fd = bpf_map__fd(c->bpf->maps.rings),
		.rings_len = c->rings.len,
		.counters_fd = bpf_map__fd(c->bpf->maps.counters),
	};
	uint32_t lacks;

	c->trace = skw_conn_trace_open(&trace, &lacks);
	c->lacks |= lacks;
}

/* The programs beside this one that count datagrams, and that tell the addresses of packets. */
static void beside_attach(struct skw_conn *c, const struct skw_conn_options *opt,
			  const struct place *place)
{
	const struct skw_conn_wire_options beside = {
		.types = &place->types,
		.cgroup = place->path,
		.cgroup_fd = place->fd,
		.events = opt->events,
		.netns = opt->netns,
		.rings_fd = bpf_map__fd(c->bpf->maps.rings),
		.rings_len = c->rings.len,
		.counters_fd = bpf_map__fd(c->bpf->maps.counters),
	};

	if (opt->events & SKW_EVENT_BIT(SKW_EVENT_WIRE)) {
		c->wire = skw_conn_wire_open(&beside);
		c->lacks |= c->wire ? 0 : SKW_LACKS_WIRE;
	}
	if (!opt->counts)
		return;
	c->counts = skw_conn_udp_open(&beside, bpf_map__fd(c->bpf->maps.udp_counts),
				      &c->bpf->bss->udp_since_ns);
	c->lacks |= c->counts ? 0 : SKW_LACKS_COUNTS;
}

static void look_for_others(struct skw_conn *c, const struct place *place)
{
	if (skw_exclusive_check(place->fd, place->path, BPF_CGROUP_SOCK_OPS, &c->excluded))
		c->lacks |= SKW_LACKS_CALLBACKS;
}

static int conn_start(struct skw_conn *c, const struct skw_conn_options *opt,
		      const struct place *place, struct skw_error *err)
{
	int ret = conn_load(c, opt, place, err);

	if (!ret)
		ret = map_memory(c, err);
	if (!ret)
		ret = skw_ring_set_make(&c->rings, bpf_map__fd(c->bpf->maps.rings), err);
	if (!ret)
		ret = iters_attach(c, opt, err);
	if (!ret)
		ret = sockops_attach(c, place, err);
	if (ret)
		return ret;
	trace_attach(c, opt, place);
	beside_attach(c, opt, place);
	if (!opt->holders)
		return 0;
	/* Holders are optional, like the parts above. */
	c->owner = skw_conn_owner_open(&place->types);
	if (!c->owner)
		c->lacks |= SKW_LACKS_HOLDERS;
	return 0;
}

int skw_conn_open(const struct skw_conn_options *opt, struct skw_conn **out, struct skw_error *err)
{
	int ret = skw_libbpf_init(err);
	struct skw_conn *c = ret ? NULL : calloc(1, sizeof(*c));
	struct place place;

	if (!c)
		return ret ? ret : skw_error_set(err, -ENOMEM, "out of memory");
	c->cpus = skw_libbpf_cpus();
	skw_ring_set_plan(&c->rings, 0, opt->ring_bytes, RING_BYTES_DEFAULT);
	skw_types_open(&place.types);
	ret = place_open(&place, opt->cgroup, err);
	if (!ret)
		look_for_others(c, &place);
	if (!ret)
		ret = conn_start(c, opt, &place, err);
	skw_types_close(&place.types);
	skw_cleanup_fd(&place.fd);
	if (ret) {
		skw_conn_close(c);
		return ret;
	}
	*out = c;
	return 0;
}

void skw_conn_detach(struct skw_conn *c)
{
	if (!c->bpf)
		return;
	bpf_link__destroy(c->sockops);
	c->sockops = NULL;
	skw_conn_trace_detach(c->trace);
	skw_conn_wire_detach(c->wire);
	(void)skw_conn_udp_count(c->counts, false, NULL);
	/* Waits for an RCU grace period. After it no CPU runs the program any more. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

/* Closing a link detaches nothing while another process, the keeper, has it open. */
void skw_conn_disarm(struct skw_conn *c)
{
	bpf_link__destroy(c->sockops);
	skw_conn_trace_close(c->trace);
	skw_conn_wire_close(c->wire);
	skw_conn_udp_close(c->counts);
	skw_conn_owner_close(c->owner);
	bpf_link__destroy(c->tcp);
	bpf_link__destroy(c->udp);
	conn_bpf__destroy(c->bpf);
	skw_ring_set_close_fds(&c->rings);
	c->sockops = c->tcp = c->udp = NULL;
	c->trace = NULL;
	c->wire = NULL;
	c->counts = NULL;
	c->owner = NULL;
	c->bpf = NULL;
}

void skw_conn_close(struct skw_conn *c)
{
	if (!c)
		return;
	skw_conn_disarm(c);
	skw_ring_set_free(&c->rings);
	if (c->told)
		munmap((void *)c->told, sizeof(*c->told));
	if (c->counters)
		munmap((void *)c->counters, c->cpus * sizeof(*c->counters));
	free(c);
}

int *skw_conn_kept_fds(const struct skw_conn *c, size_t *n)
{
	int *fds = calloc(SKW_ITERS + 1 + SKW_CONN_TRACE_LINKS + SKW_CONN_WIRE_LINKS +
				  SKW_CONN_UDP_FDS,
			  sizeof(*fds));

	if (!fds)
		return NULL;
	*n = 0;
	if (c->sockops)
		fds[(*n)++] = bpf_link__fd(c->sockops);
	for (int i = 0; i < SKW_ITERS; i++) {
		int fd = skw_conn_iter_link(c, (enum skw_conn_iter)i);

		if (fd >= 0)
			fds[(*n)++] = fd;
	}
	*n += skw_conn_trace_links(c->trace, fds + *n);
	*n += skw_conn_wire_links(c->wire, fds + *n);
	*n += skw_conn_udp_fds(c->counts, fds + *n);
	return fds;
}

int skw_conn_count_udp(struct skw_conn *c, bool on, struct skw_error *err)
{
	return skw_conn_udp_count(c->counts, on, err);
}

uint32_t skw_conn_lacks(const struct skw_conn *c)
{
	return c->lacks | __atomic_load_n(&c->told->lacks, __ATOMIC_RELAXED);
}

const char *skw_conn_excluded(const struct skw_conn *c)
{
	return c->excluded.text;
}

int skw_conn_iter_link(const struct skw_conn *c, enum skw_conn_iter which)
{
	struct bpf_link *link = which == SKW_ITER_TCP ? c->tcp : c->udp;

	if (which == SKW_ITER_HOLDERS)
		return skw_conn_owner_link(c->owner);
	return link ? bpf_link__fd(link) : -1;
}

void skw_conn_steady_since(struct skw_conn *c, uint64_t since_ns)
{
	/* tcp_mstamp is of another reading of the same clock, and in microseconds. */
	since_ns = since_ns > STEADY_MARGIN_NS ? since_ns - STEADY_MARGIN_NS : 0;
	__atomic_store_n(&c->bpf->bss->steady_since_ns, since_ns, __ATOMIC_RELAXED);
}

int skw_conn_iter_run(const struct skw_conn *c, enum skw_conn_iter which)
{
	int link = skw_conn_iter_link(c, which);

	if (link < 0)
		return -EINVAL;
	if (which != SKW_ITER_HOLDERS && skw_sockstat_has_none(which == SKW_ITER_UDP))
		return -ENODATA;
	return skw_conn_iter_open(link);
}

int skw_conn_iter_open(int link_fd)
{
	int fd = bpf_iter_create(link_fd);

	return fd < 0 ? -errno : fd;
}

struct skw_rings *skw_conn_rings(struct skw_conn *c)
{
	return c->rings.reader;
}

void skw_conn_count(const struct skw_conn *c, struct skw_conn_counters *sum)
{
	*sum = (struct skw_conn_counters){ 0 };
	for (unsigned i = 0; i < c->cpus; i++) {
		const struct skw_conn_counters *one = &c->counters[i];

		sum->events += __atomic_load_n(&one->events, __ATOMIC_RELAXED);
		sum->lost += __atomic_load_n(&one->lost, __ATOMIC_RELAXED);
		sum->no_storage += __atomic_load_n(&one->no_storage, __ATOMIC_RELAXED);
		sum->enrolled += __atomic_load_n(&one->enrolled, __ATOMIC_RELAXED);
		sum->refused += __atomic_load_n(&one->refused, __ATOMIC_RELAXED);
	}
}
