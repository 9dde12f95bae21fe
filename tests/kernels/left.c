/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * left: waits at most five seconds until no BPF program and no BPF map is loaded, and prints the
 * numbers that are left. The status is 1 if there are any. It requires root, and a machine on which
 * no other process uses BPF.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* Returns the number of ids, or -1 if they can't be read. */
static int count_ids(int (*next)(uint32_t, uint32_t *))
{
	uint32_t id = 0;
	int n = 0;

	while (!next(id, &id))
		n++;
	return errno == ENOENT ? n : -1;
}

int main(void)
{
	/* A program is freed a grace period after its last reference, and no event reports that. */
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int progs = -1, maps = -1;

	for (int i = 0; i < 500; i++) {
		progs = count_ids(bpf_prog_get_next_id);
		maps = count_ids(bpf_map_get_next_id);
		if (progs <= 0 && maps <= 0)
			break;
		nanosleep(&pause, NULL);
	}
	if (progs < 0 || maps < 0) {
		perror("left");
		return 1;
	}
	printf("%d programs, %d maps\n", progs, maps);
	return progs || maps;
}
