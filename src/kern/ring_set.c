// SPDX-License-Identifier: BSD-2-Clause
#include "kern/ring_set.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

#define RINGS_MAX_DEFAULT 16
#define RING_BYTES_MAX    (1ULL << 30)

static unsigned default_len(void)
{
	int cpus = libbpf_num_possible_cpus();
	int online = (int)sysconf(_SC_NPROCESSORS_ONLN);

	/*
	 * Online CPUs are counted, because many machines have far more possible CPUs. A CPU that
	 * is plugged in later shares a ring.
	 */
	cpus = online > 0 ? online : cpus;
	return cpus < 1 ? 1 : cpus > RINGS_MAX_DEFAULT ? RINGS_MAX_DEFAULT : (unsigned)cpus;
}

void skw_ring_set_plan(struct skw_ring_set *set, unsigned len, uint64_t total_bytes)
{
	uint64_t bytes = (uint64_t)sysconf(_SC_PAGESIZE);

	if (!len)
		len = default_len();
	while (bytes * 2 <= total_bytes / len && bytes < RING_BYTES_MAX)
		bytes *= 2;
	*set = (struct skw_ring_set){ .len = len, .bytes = bytes };
}

static int make_one(struct skw_ring_set *set, __u32 i, int array_fd)
{
	set->fds[i] =
		bpf_map_create(BPF_MAP_TYPE_RINGBUF, "skw_ring", 0, 0, (__u32)set->bytes, NULL);
	if (set->fds[i] < 0 || bpf_map_update_elem(array_fd, &i, &set->fds[i], BPF_ANY) < 0)
		return -errno;
	return 0;
}

int skw_ring_set_make(struct skw_ring_set *set, int array_fd, const char *less,
		      struct skw_error *err)
{
	int ret = 0;

	set->fds = malloc(set->len * sizeof(*set->fds));
	if (!set->fds)
		return skw_error_set(err, -ENOMEM, "out of memory");
	for (unsigned i = 0; i < set->len; i++)
		set->fds[i] = -1;
	for (unsigned i = 0; i < set->len && !ret; i++)
		ret = make_one(set, i, array_fd);
	if (!ret)
		ret = skw_rings_open(set->fds, set->len, set->bytes, &set->reader);
	if (ret)
		skw_error_set(err, ret, "rings: %u of %llu KiB: %s; %s", set->len,
			      (unsigned long long)set->bytes / 1024, strerror(-ret), less);
	return ret;
}

void skw_ring_set_close_fds(struct skw_ring_set *set)
{
	for (unsigned i = 0; set->fds && i < set->len; i++) {
		skw_cleanup_fd(&set->fds[i]);
		set->fds[i] = -1;
	}
}

void skw_ring_set_free(struct skw_ring_set *set)
{
	skw_rings_close(set->reader);
	skw_ring_set_close_fds(set);
	free(set->fds);
	set->fds = NULL;
	set->reader = NULL;
}
