// SPDX-License-Identifier: BSD-2-Clause
#include "kern/libbpf.h"

#include <bpf/libbpf.h>
#include <string.h>

#include "kern/bpf_log.h"

int skw_libbpf_init(struct skw_error *err)
{
	skw_bpf_log_begin();

	int cpus = libbpf_num_possible_cpus();
	if (cpus > 0)
		return 0;
	return skw_error_set(err, cpus, "BPF: the number of CPUs can't be read: %s",
			     strerror(-cpus));
}

/* libbpf remembers the number that skw_libbpf_init() has read. */
unsigned skw_libbpf_cpus(void)
{
	int cpus = libbpf_num_possible_cpus();

	return cpus > 0 ? (unsigned)cpus : 1;
}
