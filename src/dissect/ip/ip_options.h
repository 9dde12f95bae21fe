/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of the IPv4 header (RFC 791, 1393, 2113), as -v shows them. */
#ifndef SKW_DISSECT_IP_IP_OPTIONS_H
#define SKW_DISSECT_IP_IP_OPTIONS_H

#include "dissect/dissect.h"

/*
 * Captured bytes may end within the options. SKW_IP_OPTIONS_CUT: between two of them or in an
 * option's length, and d->cut is set. SKW_IP_OPTIONS_CUT_DATA: in an option's data; tcpdump then
 * still ends the line's first part, and so does the caller.
 */
enum skw_ip_options_end { SKW_IP_OPTIONS_GOOD, SKW_IP_OPTIONS_CUT, SKW_IP_OPTIONS_CUT_DATA };

enum skw_ip_options_end skw_dissect_ip_options(struct skw_dissect *d, struct skw_bytes b);

/* Where a source route ends, which checksums are made with: 4 bytes within b, or NULL. */
const uint8_t *skw_ip_options_last_hop(struct skw_bytes b);

#endif
