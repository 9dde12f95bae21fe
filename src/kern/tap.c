// SPDX-License-Identifier: BSD-2-Clause
#include "kern/tap.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "abi/packet.h"
#include "bpf/capture.skel.h"
#include "kern/bpf_log.h"
#include "kern/libbpf.h"
#include "kern/ring/ring_set.h"
#include "util/cleanup.h"

#define RING_BYTES_DEFAULT (64ULL << 20)
/* Each wake-up costs the sender tens of microseconds on a virtual machine. */
#define WAKE_BYTES_MAX (1ULL << 20)

struct skw_tap {
	struct capture_bpf *bpf; /* NULL after skw_tap_disarm() */
	struct skw_ring_set rings;
	unsigned slots;
	bool at_once;
	int *sockets; /* owned */
	size_t sockets_len;
	uint64_t wake_threshold;
	unsigned cpus;
	/* Mapped for reading, and skw_tap_disarm() leaves them. */
	const struct skw_packet_counters *counters;
};

static size_t counters_bytes(const struct skw_tap *tap)
{
	return (size_t)tap->slots * tap->cpus * sizeof(*tap->counters);
}

/*
 * Each CPU counts only the bytes that it adds, so CPUs that share a ring share its threshold. A
 * small ring has room for as much again, until the reader has come.
 */
static uint64_t wake_threshold(const struct skw_tap *tap)
{
	unsigned cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	unsigned sharing = (cpus + tap->rings.len - 1) / tap->rings.len;
	uint64_t bytes = tap->rings.bytes / 8, small = tap->rings.small_bytes / 2;

	if (small && bytes > small)
		bytes = small;
	bytes /= sharing;
	return bytes < WAKE_BYTES_MAX ? bytes : WAKE_BYTES_MAX;
}

static int map_counters(struct skw_tap *tap, int fd, struct skw_error *err)
{
	void *counters = mmap(NULL, counters_bytes(tap), PROT_READ, MAP_SHARED, fd, 0);

	if (counters == MAP_FAILED)
		return skw_error_set(err, -errno, "BPF: counters: %s", strerror(errno));
	tap->counters = counters;
	return 0;
}

static int set_next(struct skw_tap *tap, __u32 slot, int prog_fd, struct skw_error *err)
{
	__u32 prog = (__u32)prog_fd;

	if (bpf_map__update_elem(tap->bpf->maps.next, &slot, sizeof(slot), &prog, sizeof(prog), 0) <
	    0)
		return skw_error_set(err, -errno, "BPF: tail call: %s", strerror(errno));
	return 0;
}

int skw_tap_set_first(struct skw_tap *tap, int prog_fd, struct skw_error *err)
{
	return set_next(tap, SKW_NEXT_FIRST, prog_fd, err);
}

static int tap_load(struct skw_tap *tap, struct skw_error *err)
{
	int ret;

	skw_bpf_log_begin();
	tap->bpf = capture_bpf__open();
	if (!tap->bpf)
		return skw_bpf_log_failure(err, -errno, "opening the packet tap", "");

	tap->bpf->rodata->rings_len = tap->rings.len;
	/* The large rings are behind the small ones. */
	bpf_map__set_max_entries(tap->bpf->maps.rings, 2 * tap->rings.len);
	tap->bpf->rodata->cpus = tap->cpus;
	tap->bpf->rodata->counters_len = skw_tap_counters_len(tap);
	bpf_map__set_value_size(tap->bpf->maps.counters, (__u32)counters_bytes(tap));
	ret = capture_bpf__load(tap->bpf);
	if (ret)
		return skw_bpf_log_failure(
			err, ret, "loading the packet tap",
			ret == -EPERM ? "; it needs CAP_BPF (or root)" :
				      /* The verifier returns these two, whatever the privileges. */
				ret == -EACCES || ret == -EINVAL
				? "; this kernel refuses the program: please report it"
				: "");

	/* libbpf leaves this out without a word if the kernel refuses it. */
	if (!tap->bpf->data)
		return skw_error_set(err, -EPERM, "BPF: the packet tap's memory can't be mapped");

	for (__u32 slot = 0; !ret && slot < SKW_NEXT_LEN; slot++)
		ret = set_next(tap, slot, bpf_program__fd(tap->bpf->progs.skw_capture), err);
	return ret ? ret : map_counters(tap, bpf_map__fd(tap->bpf->maps.counters), err);
}

int skw_tap_make_rings(struct skw_tap *tap, struct skw_error *err)
{
	int array = bpf_map__fd(tap->bpf->maps.rings);
	int ret = tap->at_once ? 0 : skw_ring_set_begin(&tap->rings, array, err);

	if (!ret)
		ret = skw_ring_set_make(&tap->rings, array, err);
	if (ret)
		return ret;
	tap->wake_threshold = wake_threshold(tap);
	tap->bpf->data->wake_threshold = tap->wake_threshold;
	return 0;
}

int skw_tap_load(const struct skw_tap_options *opt, struct skw_tap **out, struct skw_error *err)
{
	struct skw_tap *tap = calloc(1, sizeof(*tap));
	int ret;

	if (!tap)
		return skw_error_set(err, -ENOMEM, "out of memory");
	tap->cpus = skw_libbpf_cpus();
	tap->slots = skw_packet_slots(opt->slots ? opt->slots : 1, tap->cpus);
	tap->at_once = opt->at_once;
	skw_ring_set_plan(&tap->rings, opt->rings, opt->ring_bytes, RING_BYTES_DEFAULT);
	ret = tap_load(tap, err);
	if (ret) {
		skw_tap_free(tap);
		return ret;
	}
	*out = tap;
	return 0;
}

void skw_tap_free(struct skw_tap *tap)
{
	if (!tap)
		return;
	skw_tap_disarm(tap);
	skw_ring_set_free(&tap->rings);
	if (tap->counters)
		munmap((void *)tap->counters, counters_bytes(tap));
	free(tap);
}

void skw_tap_disarm(struct skw_tap *tap)
{
	skw_tap_close_sockets(tap);
	capture_bpf__destroy(tap->bpf);
	tap->bpf = NULL;
}

int *skw_tap_kept_fds(const struct skw_tap *tap, size_t room, size_t *n)
{
	const int maps[] = { bpf_map__fd(tap->bpf->maps.counters), bpf_map__fd(tap->bpf->maps.next),
			     bpf_map__fd(tap->bpf->maps.filters),
			     bpf_map__fd(tap->bpf->maps.ifaces) };
	int *fds = calloc(SKW_ARRAY_SIZE(maps) + tap->sockets_len + tap->rings.fds_len + room,
			  sizeof(*fds));

	if (!fds)
		return NULL;
	*n = 0;
	for (size_t i = 0; i < SKW_ARRAY_SIZE(maps); i++)
		fds[(*n)++] = maps[i];
	for (size_t i = 0; i < tap->sockets_len; i++)
		fds[(*n)++] = tap->sockets[i];
	for (unsigned i = 0; i < tap->rings.fds_len; i++)
		fds[(*n)++] = tap->rings.fds[i];
	return fds;
}

void skw_tap_get_shape(const struct skw_tap *tap, struct skw_tap_shape *shape)
{
	*shape = (struct skw_tap_shape){ .rings = tap->rings.len,
					 .slots = tap->slots,
					 .ring_bytes = tap->rings.bytes,
					 .wake_threshold = tap->wake_threshold };
}

int skw_tap_share(const struct skw_tap *tap, int *fds, size_t *n)
{
	for (unsigned i = 0; i <= tap->rings.len; i++) {
		int fd = fcntl(i ? tap->rings.fds[i - 1] : bpf_map__fd(tap->bpf->maps.counters),
			       F_DUPFD_CLOEXEC, 3);

		if (fd < 0)
			return -errno;
		fds[(*n)++] = fd;
	}
	return 0;
}

int skw_tap_adopt(const struct skw_tap_shape *shape, int fds[], struct skw_tap **out,
		  struct skw_error *err)
{
	SKW_AUTO_FD int counters = fds[0];
	struct skw_tap *tap = calloc(1, sizeof(*tap));
	int *rings = calloc(shape->rings, sizeof(*rings));

	if (!tap || !rings) {
		for (unsigned i = 0; i < shape->rings; i++)
			close(fds[1 + i]);
		free(tap);
		free(rings);
		return skw_error_set(err, -ENOMEM, "out of memory");
	}
	memcpy(rings, fds + 1, shape->rings * sizeof(*rings));
	tap->rings = (struct skw_ring_set){ .fds = rings,
					    .fds_len = shape->rings,
					    .len = shape->rings,
					    .bytes = shape->ring_bytes };
	tap->slots = shape->slots;
	tap->cpus = skw_libbpf_cpus();
	tap->wake_threshold = shape->wake_threshold;
	int ret = map_counters(tap, counters, err);
	if (!ret) {
		ret = skw_rings_open(rings, shape->rings, shape->ring_bytes, &tap->rings.reader);
		if (ret)
			skw_error_set(err, ret, "rings: %s", strerror(-ret));
	}
	if (ret)
		skw_tap_free(tap);
	else
		*out = tap;
	return ret;
}

void skw_tap_set_snaplen(struct skw_tap *tap, uint32_t snaplen)
{
	tap->bpf->data->snaplen = snaplen;
}

int skw_tap_counters_fd(const struct skw_tap *tap)
{
	return bpf_map__fd(tap->bpf->maps.counters);
}

unsigned skw_tap_counters_len(const struct skw_tap *tap)
{
	return tap->slots * tap->cpus;
}

int skw_tap_next_fd(const struct skw_tap *tap)
{
	return bpf_map__fd(tap->bpf->maps.next);
}

int skw_tap_rings_fd(const struct skw_tap *tap)
{
	return bpf_map__fd(tap->bpf->maps.rings);
}

unsigned skw_tap_rings_len(const struct skw_tap *tap)
{
	return tap->rings.len;
}

int skw_tap_load_filter(const struct bpf_insn *insns, size_t len, struct skw_error *err)
{
	/* The log of a long program takes megabytes, so only the summary is asked for. */
	char log[4096] = "";
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .log_buf = NULL);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "skw_filter", "Dual BSD/GPL", insns,
			       len, &opts);

	if (fd >= 0)
		return fd;
	int ret = -errno;
	opts.log_buf = log;
	opts.log_size = sizeof(log);
	opts.log_level = 4;
	bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "skw_filter", "Dual BSD/GPL", insns, len, &opts);
	return skw_error_set(err, ret, "filter: the kernel refuses it: %s%s%.200s", strerror(-ret),
			     log[0] ? ": " : "", log);
}

int skw_tap_set_filter(struct skw_tap *tap, unsigned index, int prog_fd)
{
	__u32 key = index, fd = (__u32)prog_fd;

	return bpf_map__update_elem(tap->bpf->maps.filters, &key, sizeof(key), &fd, sizeof(fd), 0) <
			       0
		       ? -errno
		       : 0;
}

int skw_tap_set_iface(struct skw_tap *tap, uint32_t ifindex, unsigned filter, unsigned slot)
{
	struct skw_dispatch_iface iface = { .filter = filter, .slot = slot };

	return bpf_map__update_elem(tap->bpf->maps.ifaces, &ifindex, sizeof(ifindex), &iface,
				    sizeof(iface), 0) < 0
		       ? -errno
		       : 0;
}

int skw_tap_forget_iface(struct skw_tap *tap, uint32_t ifindex)
{
	return bpf_map__delete_elem(tap->bpf->maps.ifaces, &ifindex, sizeof(ifindex), 0) < 0
		       ? -errno
		       : 0;
}

/*
 * A socket with a protocol would queue packets before its program is attached. So the protocol is
 * set by bind(), after that.
 */
static int open_bound(const struct skw_tap_socket *how, int prog_fd)
{
	struct sockaddr_ll addr = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_ALL),
				    .sll_ifindex = (int)how->ifindex };
	struct packet_mreq promisc = { .mr_ifindex = (int)how->ifindex,
				       .mr_type = PACKET_MR_PROMISC };
	SKW_AUTO_FD int fd = socket(
		AF_PACKET, (how->cooked ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog_fd, sizeof(prog_fd)) < 0)
		return -errno;
	/* With the filter locked, no process that has the socket can widen the capture. */
	if (setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &(int){ 1 }, sizeof(int)) < 0)
		return -errno;
	if (how->promiscuous && how->ifindex &&
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promisc, sizeof(promisc)) < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return -errno;
	return SKW_TAKE_FD(fd);
}

/*
 * A program attached to a socket counts as its option memory, which is small
 * (net.core.optmem_max). A filter that is too long for it is put into the dispatcher's map, and
 * the socket gets the short dispatcher.
 */
static int open_dispatched(struct skw_tap *tap, const struct skw_tap_socket *how)
{
	int ret = skw_tap_set_filter(tap, how->index, how->prog_fd);

	if (!ret)
		ret = skw_tap_set_iface(tap, how->ifindex, how->index, 0); /* its filter has one */
	return ret ? ret : open_bound(how, bpf_program__fd(tap->bpf->progs.skw_dispatch));
}

int skw_tap_open_socket(struct skw_tap *tap, const struct skw_tap_socket *how,
			struct skw_error *err)
{
	int *sockets = realloc(tap->sockets, (tap->sockets_len + 1) * sizeof(*sockets));
	int prog_fd = how->ifindex ? how->prog_fd : bpf_program__fd(tap->bpf->progs.skw_dispatch);

	if (!sockets)
		return skw_error_set(err, -ENOMEM, "%s: out of memory", how->name);
	tap->sockets = sockets;
	int fd = open_bound(how, prog_fd);
	if (fd == -ENOMEM && how->ifindex)
		fd = open_dispatched(tap, how);
	if (fd < 0)
		return skw_error_set(err, fd, "%s: packet socket: %s", how->name, strerror(-fd));
	sockets[tap->sockets_len++] = fd;
	return 0;
}

void skw_tap_close_sockets(struct skw_tap *tap)
{
	for (size_t i = 0; i < tap->sockets_len; i++)
		close(tap->sockets[i]);
	free(tap->sockets);
	tap->sockets = NULL;
	tap->sockets_len = 0;
}

int skw_tap_watch_rings(struct skw_tap *tap, int epoll_fd, uint64_t data)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.u64 = data };

	for (unsigned i = 0; i < tap->rings.fds_len; i++)
		if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, tap->rings.fds[i], &event) < 0)
			return -errno;
	skw_ring_set_close_fds(&tap->rings);
	return 0;
}

uint64_t skw_tap_wake_threshold(const struct skw_tap *tap)
{
	return tap->wake_threshold;
}

uint64_t skw_tap_ring_bytes(const struct skw_tap *tap)
{
	return tap->rings.bytes;
}

struct skw_rings *skw_tap_rings(struct skw_tap *tap)
{
	return tap->rings.reader;
}

void skw_tap_stats(const struct skw_tap *tap, unsigned slot, struct skw_iface_stats *stats)
{
	*stats = (struct skw_iface_stats){ 0 };
	for (unsigned cpu = 0; cpu < tap->cpus; cpu++) {
		const struct skw_packet_counters *c = &tap->counters[slot * tap->cpus + cpu];

		stats->seen += __atomic_load_n(&c->seen, __ATOMIC_RELAXED) -
			       __atomic_load_n(&c->early, __ATOMIC_RELAXED);
		stats->matched += __atomic_load_n(&c->matched, __ATOMIC_RELAXED);
		stats->captured += __atomic_load_n(&c->captured, __ATOMIC_RELAXED);
		stats->dropped += __atomic_load_n(&c->dropped, __ATOMIC_RELAXED);
		stats->truncated += __atomic_load_n(&c->truncated, __ATOMIC_RELAXED);
	}
}
