/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures by owner: the programs that enter the tuples of chosen sockets into maps, and the owner
 * filter, which stands between the generated filters and the capture program
 * (bpf/ownerfilter.bpf.c). After the split both processes have a copy: the keeper's is whole, and
 * the worker's can only read the counters (skw_chosen_disarm()).
 */
#ifndef SKW_KERN_CHOSEN_H
#define SKW_KERN_CHOSEN_H

#include <stddef.h>
#include <stdint.h>

#include "kern/tap.h"
#include "model/owner_plan.h"
#include "util/error.h"

struct skw_chosen;

/* The most descriptors that skw_chosen_kept_fds() returns. */
#define SKW_CHOSEN_FDS_MAX 16

/*
 * Loads and attaches the programs, enters the sockets that are open, and puts the owner filter into
 * the tap. Needs CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON. The caller owns *out. Returns 0, or -errno
 * with err filled; err->usage is set if there is no such process or cgroup.
 */
int skw_chosen_open(const struct skw_owner_plan *plan, struct skw_tap *tap, struct skw_chosen **out,
		    struct skw_error *err);
void skw_chosen_close(struct skw_chosen *c); /* NULL is allowed */

/* Each of these allows NULL. */

/* The descriptors that the keeper needs; they stay ours. Returns their number. */
size_t skw_chosen_kept_fds(const struct skw_chosen *c, int fds[SKW_CHOSEN_FDS_MAX]);
/* For the worker: closes all programs and maps of this process. The counters are left. */
void skw_chosen_disarm(struct skw_chosen *c);

/* Takes the programs off the cgroup. */
void skw_chosen_detach(struct skw_chosen *c);

struct skw_chosen_figures {
	uint64_t sockets; /* sockets that were marked as chosen */
	/* TCP connections that were opened since the start and have not ended. */
	uint64_t open;
	/* How often a socket's tuple found no room, so that its packets were not captured. */
	uint64_t full;
	/* Closed sockets that were forgotten before their last packets could come. */
	uint64_t early;
};

/* Works after skw_chosen_disarm(), too. */
void skw_chosen_count(const struct skw_chosen *c, struct skw_chosen_figures *figures);

#endif
