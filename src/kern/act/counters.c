// SPDX-License-Identifier: BSD-2-Clause
#include "kern/act/counters.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kern/libbpf.h"
#include "util/cleanup.h"

void skw_counters_add(const void *sets, size_t count, void *sum, size_t size)
{
	const uint64_t *from = sets;
	const size_t words = size / sizeof(*from);
	uint64_t *to = sum;

	for (size_t i = 0; i < count * words; i++)
		to[i % words] += __atomic_load_n(&from[i], __ATOMIC_RELAXED);
}

int skw_counters_read(int map_fd, uint32_t key, void *sum, size_t size)
{
	unsigned cpus = skw_libbpf_cpus();
	SKW_AUTO_FREE uint8_t *sets = calloc(cpus, size);

	if (!sets)
		return -ENOMEM;
	if (bpf_map_lookup_elem(map_fd, &key, sets))
		return -errno;
	memset(sum, 0, size);
	skw_counters_add(sets, cpus, sum, size);
	return 0;
}
