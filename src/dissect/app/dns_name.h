/* SPDX-License-Identifier: BSD-2-Clause */
/* Domain names in messages: RFC 1035 §4.1.4 (compression), RFC 2673 (bit-string labels). */
#ifndef SKW_DISSECT_APP_DNS_NAME_H
#define SKW_DISSECT_APP_DNS_NAME_H

#include "dissect/dissect.h"

/*
 * Prints the escaped name at *at of the message and moves *at to the byte after it. Pointers are
 * followed backwards only, so a name takes at most as many steps as the message has bytes. Returns
 * false if the name does not end or a pointer leads nowhere. Then the readable part has been
 * printed and *at has not changed.
 */
bool skw_dns_name_print(struct skw_dissect *d, struct skw_bytes msg, uint32_t *at);

/*
 * Moves *at to the byte after the name without checking the name. Returns false if it does not end.
 */
bool skw_dns_name_skip(struct skw_bytes msg, uint32_t *at);

#endif
