/* SPDX-License-Identifier: BSD-2-Clause */
/* A source of packets from the kernel: from one interface, from several or from all. */
#ifndef SKW_CAPTURE_CAPTURE_H
#define SKW_CAPTURE_CAPTURE_H

#include <stdbool.h>

#include "loop/source.h"
#include "model/capture_plan.h"
#include "model/packet.h"

struct skw_capture;
struct skw_loop;
struct skw_picked;
struct skw_verbs_pick;

/*
 * Makes a capture and opens nothing. `plan` must outlive *out. The caller frees *out. Returns 0 or
 * -ENOMEM.
 */
int skw_capture_new(const struct skw_capture_plan *plan, struct skw_capture **out);
/*
 * Makes and starts a capture of a tap that the keeper has opened while the loop `loop` runs.
 * `verbs` are those of that tap. Takes the descriptors in any case, but for the file's. *plan must
 * outlive *out, which the caller frees. Its functions are those of a source that has started.
 * Returns 0 or -errno with err filled.
 */
int skw_capture_handed(const struct skw_capture_plan *plan, const struct skw_verbs_pick *verbs,
		       const struct skw_picked *picked, int fds[], struct skw_loop *loop,
		       struct skw_capture **out, struct skw_error *err);
void skw_capture_free(struct skw_capture *c); /* NULL is allowed */

struct skw_source skw_capture_source(struct skw_capture *c);

/* The properties of the packets. They are valid after `prepare`. The capture owns the result. */
const struct skw_packet_kind *skw_capture_kind(const struct skw_capture *c);

/*
 * The interfaces that the capture is about even if they have no packets, by their places from 0 on:
 * all that were named, or the first of all. NULL if there are no more. Valid after `prepare`.
 */
const struct skw_iface *skw_capture_iface(void *capture, uint32_t place);

/* Whether packets must be taken now, as the rings soon have no room for others. */
bool skw_capture_is_pressed(void *capture);

/*
 * The figures of all interfaces, and of one interface by its place (-ENOENT: it has no figures of
 * its own). They are exact once the source has stopped and all records have been taken.
 */
void skw_capture_totals(const struct skw_capture *c, struct skw_iface_stats *sum);
int skw_capture_iface_stats(void *capture, uint32_t place, struct skw_iface_stats *stats);

/* For a capture by owner: the number of connections that were opened and have not ended yet. */
uint64_t skw_capture_open_connections(void *capture);

#endif
