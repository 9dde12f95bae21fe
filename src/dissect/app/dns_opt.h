/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of an OPT record: RFC 6891 and the RFCs that define options. */
#ifndef SKW_DISSECT_APP_DNS_OPT_H
#define SKW_DISSECT_APP_DNS_OPT_H

#include "dissect/dissect.h"

/*
 * Prints " [NSID 6e73,COOKIE ...]". `b` is the data of the record. Returns false if the data end
 * within an option.
 */
bool skw_dns_opt_print(struct skw_dissect *d, struct skw_bytes b);

#endif
