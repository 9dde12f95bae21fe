/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the usual pcap files: of this host's byte order, version 2.4, with a usual link type.
 * libpcap reads the others, and this gives the same packets and errors as libpcap would.
 * Source: draft-ietf-opsawg-pcap, "PCAP Capture File Format".
 */
#ifndef SKW_PCAP_PCAP_READ_H
#define SKW_PCAP_PCAP_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "model/packet.h"
#include "pcap/pcap_write.h"
#include "util/error.h"
#include "util/byte_stream.h"

struct skw_pcap_read {
	struct skw_byte_stream *stream; /* borrowed */
	const char *name;               /* borrowed; for messages */
	uint64_t packets;
	uint32_t snaplen;
	uint32_t ns; /* a unit of the fraction of a second */
	int dlt;
};

/* Whether the file with this header is a usual one; `r` is filled then, but for stream and name. */
bool skw_pcap_read_begin(struct skw_pcap_read *r, const uint8_t header[SKW_PCAP_FILE_HEADER_BYTES]);

/* Works like skw_reader_next(). */
int skw_pcap_read_next(struct skw_pcap_read *r, struct skw_packet *pkt, struct skw_error *err);

/* Works like skw_reader_goes_on(). */
bool skw_pcap_read_goes_on(const struct skw_pcap_read *r);

#endif
