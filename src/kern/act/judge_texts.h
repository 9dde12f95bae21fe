/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of a pinned policy as texts in a map, and the counters of rules. */
#ifndef SKW_KERN_ACT_JUDGE_TEXTS_H
#define SKW_KERN_ACT_JUDGE_TEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "model/policy.h"

/* Makes the map. Returns a descriptor that the caller owns, or -errno. */
int skw_judge_texts_make(void);

/* Writes the texts of a set. Returns 0 or -errno. */
int skw_judge_texts_put(int fd, uint32_t set, const char (*texts)[SKW_POLICY_TEXT_MAX],
			size_t rules);

/* Adds what rules before have counted for this one. Returns 0 or -errno. */
int skw_judge_texts_add(int fd, uint32_t set, size_t rule, uint64_t count);

#endif
