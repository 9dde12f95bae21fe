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

struct skw_policy_image_call {
	uint8_t what;     /* enum skw_policy_what */
	uint8_t proto;    /* enum skw_policy_proto */
	uint16_t port;    /* host order */
	uint8_t addr[16]; /* IPv4: as an IPv4-mapped address */
	size_t group;     /* the cgroup's element of image->group; only if rules name cgroups */
};

/* The number of the rule that decides a call, as the kernel finds it; SKW_POLICY_RULES: none. */
size_t skw_policy_image_judge(const struct skw_policy_image *image,
			      const struct skw_policy_image_call *call);

#endif
