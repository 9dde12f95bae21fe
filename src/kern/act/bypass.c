// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/bypass.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpf/bypass.skel.h"
#include "kern/bpf_log.h"
#include "kern/act/counters.h"
#include "kern/cgroup_link.h"
#include "kern/conn_owner.h"
#include "kern/exclusive.h"
#include "kern/libbpf.h"
#include "kern/ring/ring_set.h"
#include "kern/types.h"
#include "util/cleanup.h"

#define RING_BYTES_DEFAULT (1ULL << 20)
/* Of what is moved between two looks of the reader. */
#define DATA_RING_BYTES (64ULL << 20)
#define COUNTERS        "counters"

struct skw_kern_bypass {
	struct bypass_bpf *bpf; /* NULL after skw_kern_bypass_disarm() */
	struct bpf_link *sockops;
	struct skw_ring_set rings;
	struct skw_ring_set data; /* only if there are records of what is moved; without a reader */
	bool records;
	const struct skw_bypass_counters *counters; /* mapped, one per CPU */
	unsigned cpus;
};

static int load(struct skw_kern_bypass *b, uint64_t max_queue, struct skw_error *err)
{
	struct skw_types types;
	int ret;

	skw_types_open(&types);
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = skw_types_path(&types));
	skw_bpf_log_begin();
	b->bpf = bypass_bpf__open_opts(&opts);
	ret = b->bpf ? 0 : -errno;
	if (!ret) {
		b->bpf->rodata->rings_len = b->rings.len;
		b->bpf->rodata->max_queue = max_queue;
		b->bpf->rodata->reader_pidns = skw_conn_owner_pidns();
		b->bpf->rodata->recording = b->records;
		bpf_map__set_max_entries(b->bpf->maps.rings, b->rings.len);
		bpf_map__set_max_entries(b->bpf->maps.data_rings, b->rings.len);
		bpf_map__set_max_entries(b->bpf->maps.counters, b->cpus);
		ret = bypass_bpf__load(b->bpf);
		/* libbpf calls it loaded, too, when it could not map the memory of the variables.
		 */
		if (!ret && !b->bpf->bss)
			ret = -ENOMEM;
	}
	skw_types_close(&types);
	if (!ret)
		return 0;
	return skw_bpf_log_failure(
		err, ret, "loading the programs of bypass",
		ret == -EPERM ? "; it needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (or root)"
		: ret == -ESRCH || ret == -ENOENT
			? "; it needs a kernel with BTF (CONFIG_DEBUG_INFO_BTF)"
			: "");
}

static const void *map_counters(int fd, unsigned cpus)
{
	void *at =
		mmap(NULL, cpus * sizeof(struct skw_bypass_counters), PROT_READ, MAP_SHARED, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* The same reader has the rings of events and those of data: it brings both into the order of time.
 */
static int make_data_rings(struct skw_kern_bypass *b, struct skw_error *err)
{
	int ret;

	skw_ring_set_plan(&b->data, b->rings.len, 0, DATA_RING_BYTES);
	ret = skw_ring_set_make(&b->data, bpf_map__fd(b->bpf->maps.data_rings), err);
	if (ret)
		return ret;
	skw_rings_close(b->data.reader);
	b->data.reader = NULL;
	ret = skw_rings_add(&b->rings.reader, b->data.fds, b->data.len, b->data.bytes);
	return ret ? skw_error_set(err, ret, "BPF: rings of the recording: %s", strerror(-ret)) : 0;
}

static int make_rings(struct skw_kern_bypass *b, struct skw_error *err)
{
	b->counters = map_counters(bpf_map__fd(b->bpf->maps.counters), b->cpus);
	if (!b->counters)
		return skw_error_set(err, -errno, "BPF: memory of the counters: %s",
				     strerror(errno));
	int ret = skw_ring_set_make(&b->rings, bpf_map__fd(b->bpf->maps.rings), err);
	return ret || !b->records ? ret : make_data_rings(b, err);
}

int skw_kern_bypass_open(const char *cgroup, int cgroup_fd, uint64_t max_queue, bool records,
			 struct skw_kern_bypass **out, struct skw_error *err)
{
	int ret = skw_libbpf_init(err);
	struct skw_kern_bypass *b = ret ? NULL : calloc(1, sizeof(*b));

	if (!b)
		return ret ? ret : skw_error_set(err, -ENOMEM, "out of memory");
	b->cpus = skw_libbpf_cpus();
	b->records = records;
	skw_ring_set_plan(&b->rings, 0, 0, RING_BYTES_DEFAULT);
	/* Before there is a file of the recording. */
	ret = skw_exclusive_check(cgroup_fd, cgroup, BPF_CGROUP_SOCK_OPS, err);
	if (!ret)
		ret = load(b, max_queue, err);
	if (!ret)
		ret = make_rings(b, err);
	if (ret) {
		skw_kern_bypass_close(b);
		return ret;
	}
	*out = b;
	return 0;
}

/* The program of the messages comes first: a socket gets the programs that the map has then. */
int skw_kern_bypass_attach(struct skw_kern_bypass *b, const char *cgroup, int cgroup_fd,
			   struct skw_error *err)
{
	if (bpf_prog_attach(bpf_program__fd(b->bpf->progs.skw_message),
			    bpf_map__fd(b->bpf->maps.sockets), BPF_SK_MSG_VERDICT, 0))
		return skw_error_set(err, -errno, "BPF: attaching to the map of sockets: %s",
				     skw_error_why(-errno));
	return skw_cgroup_link_make(b->bpf->progs.skw_sockops, cgroup_fd, cgroup, &b->sockops, err);
}

void skw_kern_bypass_disarm(struct skw_kern_bypass *b)
{
	bpf_link__destroy(b->sockops);
	bypass_bpf__destroy(b->bpf);
	skw_ring_set_close_fds(&b->rings);
	skw_ring_set_close_fds(&b->data);
	b->sockops = NULL;
	b->bpf = NULL;
}

/* The map of sockets keeps its program only while it is open or pinned. */
void skw_kern_bypass_fds(const struct skw_kern_bypass *b, int fds[2])
{
	fds[0] = bpf_link__fd(b->sockops);
	fds[1] = bpf_map__fd(b->bpf->maps.sockets);
}

bool skw_kern_bypass_is_attached(const struct skw_kern_bypass *b)
{
	return b->sockops && skw_pins_is_attached(bpf_link__fd(b->sockops));
}

void skw_kern_bypass_close(struct skw_kern_bypass *b)
{
	if (!b)
		return;
	skw_kern_bypass_disarm(b);
	if (b->counters)
		munmap((void *)b->counters, b->cpus * sizeof(*b->counters));
	skw_ring_set_free(&b->rings);
	skw_ring_set_free(&b->data);
	free(b);
}

void skw_kern_bypass_stop(struct skw_kern_bypass *b)
{
	__atomic_store_n(&b->bpf->bss->stopped, 1, __ATOMIC_RELEASE);
	bpf_link__destroy(b->sockops);
	b->sockops = NULL;
}

void skw_kern_bypass_silence(struct skw_kern_bypass *b)
{
	__atomic_store_n(&b->bpf->bss->silent, 1, __ATOMIC_RELEASE);
	/* Waits for an RCU grace period: after it no CPU is about to tell an event. */
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

struct skw_rings *skw_kern_bypass_rings(struct skw_kern_bypass *b)
{
	return b->rings.reader;
}

void skw_kern_bypass_count(const struct skw_kern_bypass *b, struct skw_bypass_counters *sum)
{
	*sum = (struct skw_bypass_counters){ 0 };
	skw_counters_add(b->counters, b->cpus, sum, sizeof(*sum));
}

int skw_kern_bypass_pin(const struct skw_kern_bypass *b, const struct skw_pin *pin,
			struct skw_error *err)
{
	/* The map of sockets keeps its program only while it is open or pinned. */
	int ret = skw_pins_put(pin, "sockets", bpf_map__fd(b->bpf->maps.sockets), err);

	if (!ret)
		ret = skw_pins_put(pin, COUNTERS, bpf_map__fd(b->bpf->maps.counters), err);
	return ret ? ret : skw_pins_put(pin, "link-sockops", bpf_link__fd(b->sockops), err);
}

int skw_kern_bypass_read(const struct skw_pin *pin, struct skw_bypass_counters *sum)
{
	SKW_AUTO_FD int fd = skw_pins_get(pin, COUNTERS);
	struct bpf_map_info info = { 0 };
	__u32 len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	if (info.type != BPF_MAP_TYPE_ARRAY || info.value_size != sizeof(*sum))
		return -EINVAL;
	const void *counters = map_counters(fd, info.max_entries);
	if (!counters)
		return -errno;
	*sum = (struct skw_bypass_counters){ 0 };
	skw_counters_add(counters, info.max_entries, sum, sizeof(*sum));
	munmap((void *)counters, info.max_entries * sizeof(*sum));
	return 0;
}
