/* SPDX-License-Identifier: BSD-2-Clause */
/* The contents of the kernel's maps for rules: see abi/policy.h. */
#ifndef SKW_ACT_POLICY_IMAGE_H
#define SKW_ACT_POLICY_IMAGE_H

#include "model/policy.h"
#include "util/error.h"

/*
 * The caller frees *out with free(). `generation` is told by events. Returns 0, -ENOMEM, or a usage
 * error if the rules name too many different sets of ports.
 */
int skw_policy_image_make(const struct skw_policy_rules *rules, uint32_t generation,
			  struct skw_policy_image **out, struct skw_error *err);

/* The number of the rule that decides a call, as the kernel would find it. For tests. */
size_t skw_policy_image_judge(const struct skw_policy_image *image, unsigned what, unsigned proto,
			      const uint8_t addr[16], uint16_t port);

#endif
