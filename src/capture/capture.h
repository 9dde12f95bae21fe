/* SPDX-License-Identifier: BSD-2-Clause */
/* A source: packets from the kernel, of one or more interfaces or of all. */
#ifndef SKW_CAPTURE_CAPTURE_H
#define SKW_CAPTURE_CAPTURE_H

#include "loop/source.h"
#include "model/capture_plan.h"
#include "model/packet.h"

struct skw_capture;

/* Nothing is opened yet. `plan` is lent and outlives *out, which is the caller's. 0 or -ENOMEM. */
int skw_capture_new(const struct skw_capture_plan *plan, struct skw_capture **out);
void skw_capture_free(struct skw_capture *c); /* NULL allowed */

struct skw_source skw_capture_source(struct skw_capture *c);

/* What its packets are like, known once it is prepared. It stays the capture's. */
const struct skw_packet_kind *skw_capture_kind(const struct skw_capture *c);

/*
 * The figures of all interfaces, and of one by its place (-ENOENT: it has none of its own). Exact
 * once the source has been quiesced and drained. 0 or -errno.
 */
int skw_capture_totals(const struct skw_capture *c, struct skw_iface_stats *sum);
int skw_capture_iface_stats(void *capture, uint32_t place, struct skw_iface_stats *stats);

#endif
