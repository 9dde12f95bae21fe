/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of a policy as text:
 *
 *	ACTION[=ERRNO] WHAT[,WHAT...] [PROTO] [to|from PREFIX] [port N[-M][,...]] [cgroup GLOB]
 *		[via ADDRESS:PORT]
 *	ACTION-message [=eacces] [tcp] [to PREFIX] [port N[-M][,...]] [cgroup GLOB]
 *	default ACTION[=ERRNO] [WHAT[,WHAT...]]
 */
#ifndef SKW_ACT_POLICY_RULES_H
#define SKW_ACT_POLICY_RULES_H

#include "model/policy.h"
#include "util/error.h"

/*
 * Appends the rule that `text` is. Returns 0, or a usage error that begins with the number of the
 * rule. An empty text is a fault; `line` is kept.
 */
int skw_policy_rules_add(struct skw_policy_rules *rules, const char *text, unsigned line,
			 struct skw_error *err);

/*
 * Appends the default for the calls that no default names. Returns 0, or a usage error if there is
 * no rule.
 */
int skw_policy_rules_end(struct skw_policy_rules *rules, struct skw_error *err);

/*
 * Reads all rules of a file, one in each line, with comments from # to the end of the line, and
 * appends the default. Returns 0, or a usage error with the name and the line.
 */
int skw_policy_rules_read(struct skw_policy_rules *rules, const char *path, struct skw_error *err);

/* Whether a rule redirects. */
bool skw_policy_rules_redirect(const struct skw_policy_rules *rules);
/* The calls that rules name, other than a default that allows: bits of enum skw_policy_what. */
unsigned skw_policy_rules_whats(const struct skw_policy_rules *rules);

#endif
