/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decodes a ring record from the kernel into checked pointers and lengths. It is a header because
 * this runs once per packet.
 */
#ifndef SKW_CAPTURE_PACKET_REC_H
#define SKW_CAPTURE_PACKET_REC_H

#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "abi/packet.h"

/* Both pointers point into the record, which the ring owns. */
struct skw_packet_frame {
	const struct skw_packet_rec *rec;
	uint64_t ts_ns;       /* CLOCK_MONOTONIC, of the packet */
	const uint8_t *frame; /* caplen bytes, the link-layer header first */
	uint32_t caplen;      /* at most the snaplen and at most len */
	uint32_t len;         /* the length on the wire, including a tag that was put back */
};

/*
 * `rec` must be aligned to 8 bytes, as ring records are. `size` is its length. A snaplen of 0 means
 * no limit. Returns -EBADMSG if the record contradicts itself or its size, and then *out is
 * untouched.
 */
static inline int skw_packet_rec_decode(const void *rec, size_t size, uint32_t snaplen,
					struct skw_packet_frame *out)
{
	const struct skw_packet_rec *r = rec;
	size_t most = sizeof(*r) + SKW_REC_HEADROOM;

	if (size < most)
		return -EBADMSG;
	if (r->flags & SKW_REC_LATE)
		most += sizeof(out->ts_ns);
	if (size < most || r->caplen > size - most || r->caplen > r->len ||
	    r->len > UINT32_MAX - SKW_REC_HEADROOM || (r->flags & ~(SKW_REC_TAGGED | SKW_REC_LATE)))
		return -EBADMSG;

	/* The kernel left the headroom for the tag, so the frame begins earlier by its length. */
	uint32_t tag = (r->flags & SKW_REC_TAGGED) ? SKW_REC_HEADROOM : 0;
	uint32_t caplen = r->caplen + tag;

	out->rec = r;
	out->ts_ns = r->ts_ns;
	if (r->flags & SKW_REC_LATE)
		memcpy(&out->ts_ns, (const uint8_t *)rec + size - sizeof(out->ts_ns),
		       sizeof(out->ts_ns));
	out->frame = r->frame + SKW_REC_HEADROOM - tag;
	out->caplen = snaplen && caplen > snaplen ? snaplen : caplen;
	out->len = r->len + tag;
	return 0;
}

#endif
