/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs filter expressions in user space, with libpcap: on packets from a file, and
 * for filters that the kernel can't run. VLAN tags are looked for in the bytes.
 * inbound, outbound and ifindex do not work, because only live handles know them.
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
 * Compiles for packets of one link type (DLT_*). "" matches every packet. A wrong
 * expression, and one that makes no sense for this link type, is a usage error
 * (-EINVAL) with libpcap's text.
 */
int skw_offline_filter_compile(const char *expr, int dlt, uint32_t snaplen, bool optimize,
			       struct skw_offline_filter **out, struct skw_error *err);
/* Makes a filter of a program, which must come from malloc() and is taken in any case. 0 or
 * -ENOMEM. */
int skw_offline_filter_take(struct skw_cbpf_insn *insns, size_t len,
			    struct skw_offline_filter **out);
void skw_offline_filter_free(struct skw_offline_filter *filter); /* NULL allowed */

/* The packet must have the filter's link type. The filter sees the caplen bytes of it. */
bool skw_offline_filter_match(const struct skw_offline_filter *filter,
			      const struct skw_packet *packet);

/* Returns the filter's program, which is valid as long as the filter. */
const struct skw_cbpf *skw_offline_filter_program(const struct skw_offline_filter *filter);

#endif
