/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring record as it comes from the kernel, made into pointers and lengths
 * that were checked. Header only: this runs once per packet.
 */
#ifndef SKW_CAPTURE_PACKET_REC_H
#define SKW_CAPTURE_PACKET_REC_H

#include <errno.h>
#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/packet.h"

/* Both pointers point into the record, whose owner is the ring. */
struct skw_packet_frame {
	const struct skw_packet_rec *rec;
	const uint8_t *frame; /* caplen bytes, link-layer header first */
	uint32_t caplen;      /* <= snaplen, <= len */
	uint32_t len;         /* on the wire, a tag that was put back included */
};

/*
 * `rec` is aligned to 8 bytes, as ring records are, and `size` bytes long.
 * snaplen 0 stands for no limit. -EBADMSG for a record that contradicts itself
 * or its size; *out is untouched then.
 */
static inline int skw_packet_rec_decode(const void *rec, size_t size, uint32_t snaplen,
					struct skw_packet_frame *out)
{
	const struct skw_packet_rec *r = rec;

	if (size < sizeof(*r) + SKW_REC_HEADROOM)
		return -EBADMSG;
	if (r->caplen > size - sizeof(*r) - SKW_REC_HEADROOM || r->caplen > r->len ||
	    r->len > UINT32_MAX - SKW_REC_HEADROOM || (r->flags & ~SKW_REC_TAGGED))
		return -EBADMSG;

	/* The tag takes up the headroom: the frame begins that much earlier. */
	uint32_t tag = (r->flags & SKW_REC_TAGGED) ? SKW_REC_HEADROOM : 0;
	uint32_t caplen = r->caplen + tag;

	out->rec = r;
	out->frame = r->frame + SKW_REC_HEADROOM - tag;
	out->caplen = snaplen && caplen > snaplen ? snaplen : caplen;
	out->len = r->len + tag;
	return 0;
}

#endif
