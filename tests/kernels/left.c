/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * left: waits until no BPF program and no BPF map is loaded any more, for at
 * most five seconds, and prints how many there still are; status 1 if any.
 * Wants root, and a machine on which nobody else uses BPF.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* The number of ids, or -1 when they can't be had. */
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
	/* A program outlives its last holder by a grace period, and nothing tells its end. */
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
