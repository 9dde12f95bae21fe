/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filter expressions on bytes in user space, through libpcap: for packets that
 * come from a file, and for what the kernel can't run. Tags are looked for in
 * the bytes; inbound, outbound and ifindex are only known to live handles.
 */
#ifndef SKW_FILTER_OFFLINE_H
#define SKW_FILTER_OFFLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/cbpf.h"
#include "model/packet.h"
#include "util/error.h"

struct skw_offline_filter;

/*
 * Compiles for packets of one link type (DLT_*). "" takes every packet. A wrong
 * expression is a usage error with libpcap's words and -EINVAL, as is one that
 * this link type has no answer for.
 */
int skw_offline_filter_compile(const char *expr, int dlt, uint32_t snaplen, bool optimize,
			       struct skw_offline_filter **out, struct skw_error *err);
void skw_offline_filter_free(struct skw_offline_filter *filter); /* NULL allowed */

/* The packet must be of the filter's link type; what is looked at are its caplen bytes. */
bool skw_offline_filter_match(const struct skw_offline_filter *filter,
			      const struct skw_packet *packet);

/* Lent: valid as long as the filter. */
const struct skw_cbpf *skw_offline_filter_program(const struct skw_offline_filter *filter);

#endif
