/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of steer: PORTS or PREFIX:PORTS, where PORTS are numbers and ranges. */
#ifndef SKW_ACT_STEER_RULE_H
#define SKW_ACT_STEER_RULE_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/steer.h"
#include "util/error.h"

struct skw_steer_rules {
	struct skw_steer_rule *all; /* owned */
	size_t len, size;
};

/*
 * Adds the rules of one word, such as "7,77,700-710", "192.0.2.0/24:80" or "[2001:db8::/32]:*".
 * Returns 0, a usage error (also where two rules overlap), or -ENOMEM.
 */
int skw_steer_rules_add(struct skw_steer_rules *rules, const char *word, struct skw_error *err);
void skw_steer_rules_free(struct skw_steer_rules *rules);

#define SKW_STEER_RULE_SIZE 72
/* The rule as skw_steer_rules_add() takes it. */
void skw_steer_rule_text(const struct skw_steer_rule *rule, char out[SKW_STEER_RULE_SIZE]);

/* Whether both rules have the same prefix, and ports in common. */
bool skw_steer_rule_overlaps(const struct skw_steer_rule *a, const struct skw_steer_rule *b);
/* Whether both are the same. */
bool skw_steer_rule_equals(const struct skw_steer_rule *a, const struct skw_steer_rule *b);

/* Whether it takes connections from a listener with this address (zeros: any) and port. */
bool skw_steer_rule_takes(const struct skw_steer_rule *rule, uint8_t family, const uint8_t addr[16],
			  uint16_t port);
/* Whether all its addresses are those of the loopback interface. */
bool skw_steer_rule_is_loopback(const struct skw_steer_rule *rule);

#endif
