/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of the rules of a policy, and a rule as text. */
#ifndef SKW_ACT_POLICY_WORDS_H
#define SKW_ACT_POLICY_WORDS_H

#include "model/policy.h"

/* All protocols, as bits of enum skw_policy_proto. */
#define SKW_POLICY_PROTOS_ALL ((1U << (SKW_POLICY_OTHER + 1)) - 1)
/* Before an IPv4 address in an IPv4-mapped one. */
#define SKW_POLICY_IP4_BITS 96

/* "connect", "deny", "ECONNREFUSED" (written to `number` if the error has no name here). */
const char *skw_policy_words_what(unsigned what);
const char *skw_policy_words_verdict(unsigned verdict);
const char *skw_policy_words_error(unsigned error, char number[16]);

/* The numbers of these words, or -1. Errors may be in upper or lower case. */
int skw_policy_words_find_what(const char *name);
int skw_policy_words_find_verdict(const char *name);
int skw_policy_words_find_error(const char *name);
/* Bits of enum skw_policy_proto, or 0. */
uint8_t skw_policy_words_find_proto(const char *name);

/* A rule as text that can be parsed again. */
void skw_policy_words_text(const struct skw_policy_rule *rule, char out[SKW_POLICY_TEXT_MAX]);

#endif
