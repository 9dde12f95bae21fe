/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules that allow the calls that were seen. */
#ifndef SKW_ACT_POLICY_LEARN_H
#define SKW_ACT_POLICY_LEARN_H

#include <stddef.h>

#include "model/policy.h"
#include "util/error.h"

/* Zero it, and free it with skw_policy_learn_free(). */
struct skw_policy_learn {
	struct skw_policy_rule *rule; /* owned, each of them once */
	size_t len, size;
	uint64_t more; /* calls for which there was no room */
};

/* Takes a record of the ring. Returns 0 or -ENOMEM. */
int skw_policy_learn_add(struct skw_policy_learn *l, const void *record, size_t len);

/*
 * Prints the rules on standard output, and says there and on standard error how many calls are
 * missing. The events of `lost` of them did not come. Returns 0, or -errno with err filled. */
int skw_policy_learn_print(const struct skw_policy_learn *l, uint64_t lost, struct skw_error *err);
void skw_policy_learn_free(struct skw_policy_learn *l);

#endif
