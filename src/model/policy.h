/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of a policy, and the contents of the kernel's maps that they become. No logic. */
#ifndef SKW_MODEL_POLICY_H
#define SKW_MODEL_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/policy.h"

#define SKW_POLICY_RANGES   8   /* of ports, in a rule */
#define SKW_POLICY_TEXT_MAX 256 /* of a rule, with the zero at its end */

struct skw_policy_range {
	uint16_t from, to;
};

struct skw_policy_rule {
	uint8_t whats;  /* bits of enum skw_policy_what */
	uint8_t protos; /* bits of enum skw_policy_proto */
	bool has_prefix, is_default;
	struct skw_policy_action action;
	struct skw_policy_prefix prefix;
	struct skw_policy_range ranges[SKW_POLICY_RANGES];
	uint8_t ranges_len; /* 0: all ports */
	unsigned line;      /* of the file, or the number of the argument */
};

/* The last one is always a default. */
struct skw_policy_rules {
	struct skw_policy_rule rule[SKW_POLICY_RULES];
	size_t len;
};

struct skw_policy_leaf {
	struct skw_policy_prefix prefix;
	struct skw_policy_bits bits;
};

/* A set of rules, as the maps take it. It has half a megabyte. */
struct skw_policy_image {
	struct skw_policy_set set;
	struct skw_policy_ports ports;
	struct skw_policy_leaf leaf[SKW_POLICY_PREFIXES];
	size_t leaves;
};

#endif
