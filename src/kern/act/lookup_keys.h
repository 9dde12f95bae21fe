/* SPDX-License-Identifier: BSD-2-Clause */
/* The keys of the trie that stand for a rule. */
#ifndef SKW_KERN_ACT_LOOKUP_KEYS_H
#define SKW_KERN_ACT_LOOKUP_KEYS_H

#include <linux/types.h>

#include "abi/steer.h"

/*
 * Calls `each` for every key of a rule. Ranges for any address take 30 keys at most, ranges of a
 * prefix a key for each port, and all ports of a prefix take one. Stops at the first result other
 * than 0 and returns it.
 */
int skw_lookup_keys_each(const struct skw_steer_rule *rule, __u8 proto,
			 int (*each)(void *ctx, const struct skw_steer_key *key), void *ctx);

#endif
