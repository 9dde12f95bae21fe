/* SPDX-License-Identifier: BSD-2-Clause */
/* Domain names in messages: RFC 1035 §4.1.4 (compression), RFC 2673 (bit-string labels). */
#ifndef SKW_DISSECT_APP_DNS_NAME_H
#define SKW_DISSECT_APP_DNS_NAME_H

#include "dissect/dissect.h"

/*
 * Prints the name at *at of the message, escaped, and moves *at behind it. Pointers are followed
 * backwards only, so no name takes more steps than the message has bytes. Returns false, with
 * what was readable printed, if the name does not end or points nowhere; *at is untouched then.
 */
bool skw_dns_name_print(struct skw_dissect *d, struct skw_bytes msg, uint32_t *at);

/* Moves *at behind the name without looking at it; false if it does not end. */
bool skw_dns_name_skip(struct skw_bytes msg, uint32_t *at);

#endif
