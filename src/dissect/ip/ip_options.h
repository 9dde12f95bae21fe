/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of the IPv4 header (RFC 791, 1393, 2113), which are printed with -v. */
#ifndef SKW_DISSECT_IP_IP_OPTIONS_H
#define SKW_DISSECT_IP_IP_OPTIONS_H

#include "dissect/dissect.h"

/*
 * How the options end. With SKW_IP_OPTIONS_CUT the captured bytes end between two options or before
 * the length of an option, and d->cut is set. With SKW_IP_OPTIONS_CUT_DATA they end in the data of
 * an option. Then tcpdump completes the first part of the line, and the caller does the same.
 */
enum skw_ip_options_end { SKW_IP_OPTIONS_GOOD, SKW_IP_OPTIONS_CUT, SKW_IP_OPTIONS_CUT_DATA };

enum skw_ip_options_end skw_dissect_ip_options(struct skw_dissect *d, struct skw_bytes b);

/*
 * The end of a source route, which the checksum is computed with. It points to 4 bytes within b, or
 * is NULL.
 */
const uint8_t *skw_ip_options_last_hop(struct skw_bytes b);

#endif
