/* SPDX-License-Identifier: BSD-2-Clause */
/* The owners of packets, as a pcapng file tells them. */
#ifndef SKW_SINK_RECORD_RECORD_OWNERS_H
#define SKW_SINK_RECORD_RECORD_OWNERS_H

#include <stdbool.h>

#include "model/file_plan.h"
#include "model/packet.h"
#include "pcap/pcapng_write.h"
#include "util/buf.h"

struct skw_record_owners;

/* Returns NULL if memory is short. The caller frees it. */
struct skw_record_owners *skw_record_owners_new(enum skw_owner_comments comments);
void skw_record_owners_free(struct skw_record_owners *o); /* NULL is allowed */

/* A section begins: it has no processes yet, and no connection has a comment. */
void skw_record_owners_begin(struct skw_record_owners *o);

/*
 * Finds what the file tells of a packet's owners, which are not both NULL. Appends to `blocks` the
 * processes that the section does not have yet, and which must be written before the packet. The
 * result is valid until the next call. Returns 0 or -ENOMEM.
 */
int skw_record_owners_of(struct skw_record_owners *o, const struct skw_packet *pkt,
			 const struct skw_pcapng_owner *owners[2], struct skw_buf *blocks);

#endif
