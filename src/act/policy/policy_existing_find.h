/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the connections that are open and that rules would have denied. Two kinds of them are left
 * alone: those that were accepted or may have been, because no rule judges these, and those to a
 * proxy that a rule names, because the rules may have sent them there.
 */
#ifndef SKW_ACT_POLICY_EXISTING_FIND_H
#define SKW_ACT_POLICY_EXISTING_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "act/policy/policy_members.h"
#include "kern/host/sock_diag.h"
#include "model/policy.h"
#include "model/socket_id.h"

struct skw_policy_open {
	struct skw_socket_id id;
	struct skw_sock_diag found;
	const struct skw_policy_member *member;
	uint16_t rule;  /* from 0 */
	uint64_t ts_ns; /* CLOCK_MONOTONIC, when it was ended */
};

struct skw_policy_open_list {
	struct skw_policy_open *all; /* owned */
	size_t len, size;
};

/* Returns 0 or -ENOMEM. */
int skw_policy_open_add(struct skw_policy_open_list *list, const struct skw_policy_open *it);

enum skw_policy_fate {
	SKW_POLICY_FATE_PASS, /* no rule denies it, or it is none of the cgroup's */
	SKW_POLICY_FATE_END,
	SKW_POLICY_FATE_PROXIED, /* a rule denies it, but it leads to a proxy of the rules */
};

/*
 * Judges a connected socket by its destination, as its connect() would be now. Sets it->rule and
 * it->member. It has a declaration for tests.
 */
enum skw_policy_fate skw_policy_existing_judge(const struct skw_policy_image *image,
					       const struct skw_policy_members *members,
					       struct skw_policy_open *it);

struct skw_policy_found {
	struct skw_policy_open_list list;
	uint64_t accepted; /* a rule denies their destination, and so for the next two */
	uint64_t proxied;
	uint64_t closing; /* their programs have closed them */
};

/*
 * Adds the connections of the namespace that `fd` of skw_sock_diag_open() leads to. Returns 0 or
 * -errno.
 */
int skw_policy_existing_find(int fd, const struct skw_policy_image *image,
			     const struct skw_policy_members *members,
			     struct skw_policy_found *out);

/*
 * Whether the socket is still there, in a state in which it can be ended, and surely opened by this
 * host. Returns 0 and sets it->found again, -ENOENT if it has gone, -EUCLEAN if it may have been
 * accepted, or another -errno.
 */
int skw_policy_existing_make_sure(int fd, struct skw_policy_open *it);

#endif
