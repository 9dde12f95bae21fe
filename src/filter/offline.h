/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs filter expressions in user space, with libpcap: on packets from a file, and
 * for filters that the kernel can't run. VLAN tags are looked for in the bytes.
 */
#ifndef SKW_FILTER_OFFLINE_H
#define SKW_FILTER_OFFLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "filter/sets/lists.h"
#include "model/cbpf.h"
#include "model/packet.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_offline_filter;

/* The properties that all packets of a filter have. */
struct skw_offline_link {
	int dlt; /* DLT_* */
	uint32_t snaplen;
	/*
	 * They come from a file that is not in this host's byte order. Some link types have fields
	 * in the order of the host that captured them.
	 */
	bool swapped;
	/*
	 * Packets may tell their direction, so that `inbound` and `outbound` can be tested also
	 * where the link-layer header does not have it. Otherwise libpcap refuses these words.
	 */
	bool directions;
};

/*
 * Compiles as libpcap does for a file of such packets. "" matches every packet. A wrong expression,
 * and one that makes no sense for this link type, is a usage error (-EINVAL) with libpcap's text.
 * The caller frees *out. `how` is SKW_LISTS_* of filter/sets/lists.h.
 */
int skw_offline_filter_compile(const char *expr, const struct skw_offline_link *link, unsigned how,
			       struct skw_offline_filter **out, struct skw_error *err);
void skw_offline_filter_free(struct skw_offline_filter *filter); /* NULL allowed */

/*
 * Compiles for the kernel, without a handle of the interface. In user space, the programs of
 * `inbound`, `outbound` and `ifindex` match nothing.
 */
int skw_offline_filter_compile_dead(const char *expr, int dlt, uint32_t snaplen, unsigned how,
				    struct skw_offline_filter **out, struct skw_error *err);

/* Appends the filter as bytes, for another process of this host. */
void skw_offline_filter_pack(const struct skw_offline_filter *filter, struct skw_buf *out);
/* Makes a filter of such bytes, which must be right. Returns 0, -EINVAL or -ENOMEM. */
int skw_offline_filter_unpack(const uint8_t *bytes, size_t len, struct skw_offline_filter **out);

/*
 * The packet must have the filter's link type. The filter sees the caplen bytes of it. If the
 * filter asks for the direction, a packet whose direction is not known does not match.
 */
bool skw_offline_filter_match(const struct skw_offline_filter *filter,
			      const struct skw_packet *packet);

/* Whether the filter asks for the direction that the packet tells. */
bool skw_offline_filter_asks_direction(const struct skw_offline_filter *filter);

/*
 * Returns the filter's program, which is valid as long as the filter. A filter that asks for the
 * direction has two: 0 is for packets that go in, 1 for packets that go out. Returns NULL if there
 * is no such program.
 */
const struct skw_cbpf *skw_offline_filter_program(const struct skw_offline_filter *filter,
						  size_t i);

#endif
