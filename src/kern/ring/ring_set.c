// SPDX-License-Identifier: BSD-2-Clause
#include "kern/ring/ring_set.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kern/host/memory.h"
#include "util/cleanup.h"
#include "util/say.h"

#define RINGS_MAX_DEFAULT 16
#define RING_BYTES_MAX    (1ULL << 30)
/*
 * The small rings take this part of the large rings' memory in addition, within two limits. They
 * must hold what comes in the milliseconds until the large rings are there, and fit the processor's
 * caches.
 */
#define SMALL_PART      8
#define SMALL_BYTES_MIN (1ULL << 20)
#define SMALL_BYTES_MAX (2ULL << 20)
/*
 * Unless somebody asks for a size, the large rings together take at most this part of the memory
 * that is free, as long as each has LEAST_BYTES.
 */
#define FREE_PART 8
/* A ring that is smaller would have no room for the largest packets. */
#define LEAST_BYTES (1ULL << 20)

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

/* A power of two, at least a page. */
static uint64_t round_down(uint64_t most)
{
	uint64_t bytes = (uint64_t)sysconf(_SC_PAGESIZE);

	while (bytes * 2 <= most && bytes < RING_BYTES_MAX)
		bytes *= 2;
	return bytes;
}

void skw_ring_set_plan(struct skw_ring_set *set, unsigned len, uint64_t total_bytes,
		       uint64_t default_bytes)
{
	uint64_t most = total_bytes ? total_bytes : default_bytes;

	if (!len)
		len = default_len();
	if (!total_bytes) {
		uint64_t free_bytes = skw_memory_free_bytes();

		while (most > free_bytes / FREE_PART && most / 2 >= len * LEAST_BYTES)
			most /= 2;
	}
	uint64_t usual = total_bytes ? most : default_bytes;
	*set = (struct skw_ring_set){ .len = len,
				      .bytes = round_down(most / len),
				      .usual = round_down(usual / len),
				      .may_shrink = !total_bytes };
}

/* Closes the descriptors behind the first `keep`. */
static void drop_fds(struct skw_ring_set *set, unsigned keep)
{
	while (set->fds_len > keep)
		skw_cleanup_fd(&set->fds[--set->fds_len]);
}

/*
 * Puts the rings into their places, the first at `first`. The kernel returns when no CPU uses what
 * was there before, which takes about 10 ms. Since Linux 6.8 it waits once for a batch, otherwise
 * once for each ring.
 */
static int put_all(int array_fd, unsigned first, const int *fds, unsigned len)
{
	SKW_AUTO_FREE uint32_t *keys = reallocarray(NULL, len, sizeof(*keys));
	uint32_t done = len;

	for (unsigned i = 0; keys && i < len; i++)
		keys[i] = first + i;
	if (keys && !bpf_map_update_batch(array_fd, keys, fds, &done, NULL))
		return 0;
	for (unsigned i = 0; i < len; i++) {
		uint32_t key = first + i;

		if (bpf_map_update_elem(array_fd, &key, &fds[i], BPF_ANY) < 0)
			return -errno;
	}
	return 0;
}

/* Appends set->len rings. On failure none is left. */
static int create_all(struct skw_ring_set *set, uint64_t bytes)
{
	unsigned before = set->fds_len;
	int *fds = reallocarray(set->fds, before + set->len, sizeof(*fds));

	if (!fds)
		return -ENOMEM;
	set->fds = fds;
	for (unsigned i = 0; i < set->len; i++) {
		int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "skw_ring", 0, 0, (__u32)bytes, NULL);

		if (fd < 0) {
			int ret = -errno;

			drop_fds(set, before);
			return ret;
		}
		fds[set->fds_len++] = fd;
	}
	return 0;
}

/* Puts the last set->len rings into their places. On failure none of them is left. */
static int place_all(struct skw_ring_set *set, int array_fd)
{
	unsigned before = set->fds_len - set->len;
	int ret = put_all(array_fd, before, set->fds + before, set->len);

	if (ret)
		drop_fds(set, before);
	return ret;
}

static int failed(const struct skw_ring_set *set, int ret, struct skw_error *err)
{
	return skw_error_set(err, ret, "rings: %u of %llu KiB: %s%s", set->len,
			     (unsigned long long)set->bytes / 1024, strerror(-ret),
			     ret != -ENOMEM    ? ""
			     : set->may_shrink ? "; memory is short"
					       : "; ask for less with --ring-size");
}

int skw_ring_set_begin(struct skw_ring_set *set, int array_fd, struct skw_error *err)
{
	uint64_t bytes = set->bytes / SMALL_PART;

	bytes = bytes < SMALL_BYTES_MIN ? SMALL_BYTES_MIN : bytes;
	bytes = bytes > SMALL_BYTES_MAX ? SMALL_BYTES_MAX : bytes;
	int ret = set->bytes > bytes ? create_all(set, bytes) : -ENOMEM;

	if (!ret)
		ret = place_all(set, array_fd);

	/* Rings that are small anyway, or for which memory is short, have no others before them. */
	if (ret == -ENOMEM)
		return skw_ring_set_make(set, array_fd, err);
	set->small_bytes = ret ? 0 : bytes;
	return ret ? failed(set, ret, err) : 0;
}

static bool can_shrink(const struct skw_ring_set *set)
{
	return set->may_shrink && set->bytes > (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Halves the rings until they can be made. */
static int create_smaller(struct skw_ring_set *set)
{
	int ret = -ENOMEM;

	while (ret == -ENOMEM && can_shrink(set)) {
		set->bytes /= 2;
		ret = create_all(set, set->bytes);
	}
	return ret;
}

/* Where nobody asked for a size, smaller rings do. */
static int make_main(struct skw_ring_set *set, int array_fd)
{
	unsigned before = set->fds_len;
	int ret = create_all(set, set->bytes);
	bool shrunk = ret == -ENOMEM;

	if (shrunk)
		ret = create_smaller(set);
	/* The largest that fit may leave no memory for anything else. */
	if (!ret && shrunk && can_shrink(set)) {
		drop_fds(set, before);
		ret = create_smaller(set);
	}
	if (!ret)
		ret = place_all(set, array_fd);
	if (!ret && set->bytes < set->usual)
		skw_say("memory is short: rings of %llu KiB instead of %llu KiB together, which "
			"may be full sooner",
			(unsigned long long)(set->len * set->bytes / 1024),
			(unsigned long long)(set->len * set->usual / 1024));
	return ret;
}

int skw_ring_set_make(struct skw_ring_set *set, int array_fd, struct skw_error *err)
{
	unsigned small = set->fds_len;

	if (set->reader)
		return 0;
	int ret = make_main(set, array_fd);

	if (!ret)
		ret = skw_rings_open(set->fds + small, set->len, set->bytes, &set->reader);
	if (!ret && small)
		ret = skw_rings_add(&set->reader, set->fds, small, set->small_bytes);
	return ret ? failed(set, ret, err) : 0;
}

void skw_ring_set_close_fds(struct skw_ring_set *set)
{
	drop_fds(set, 0);
}

void skw_ring_set_free(struct skw_ring_set *set)
{
	skw_rings_close(set->reader);
	skw_ring_set_close_fds(set);
	free(set->fds);
	set->fds = NULL;
	set->reader = NULL;
}
