/* SPDX-License-Identifier: BSD-2-Clause */
/* The owners whose packets are captured. Plain data; the caller owns the strings. */
#ifndef SKW_MODEL_OWNER_PLAN_H
#define SKW_MODEL_OWNER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most of each kind. */
#define SKW_OWNER_PLAN_MAX 64

/* A packet is captured if one of these owners has its socket. Without any, all packets are. */
struct skw_owner_plan {
	uint32_t pids[SKW_OWNER_PLAN_MAX];
	size_t pids_len;
	/* Names of processes, as the user gave them. */
	const char *comms[SKW_OWNER_PLAN_MAX];
	size_t comms_len;
	/* Names that skw_cgroup_find() understands. */
	const char *cgroups[SKW_OWNER_PLAN_MAX];
	size_t cgroups_len;
	/*
	 * The folder of a cgroup, open and with no process in it yet: the sockets that will be
	 * created in it, and no other owner. NULL: there is none.
	 */
	const int *group_fd;
	/* The children of the processes as well. */
	bool children;
	/* The most sockets that are known at a time; 0: 65536. */
	uint32_t sockets_max;
};

static inline bool skw_owner_plan_chooses(const struct skw_owner_plan *plan)
{
	return plan->group_fd || plan->pids_len || plan->comms_len || plan->cgroups_len;
}

#endif
