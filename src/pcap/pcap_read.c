// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/pcap_read.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "pcap/linktype.h"
#include "pcap/read_error.h"
#include "util/cleanup.h"

#define HEADER_BYTES SKW_PCAP_RECORD_HEADER_BYTES
/* No packet of these link types is longer, says libpcap. */
#define CAPLEN_MAX 262144

/*
 * LINKTYPE_*: NULL, EN10MB, RAW, IEEE802_11, LOOP, LINUX_SLL, IEEE802_11_RADIOTAP, IPV4, IPV6,
 * LINUX_SLL2. libpcap knows more of some others than their number.
 */
static const uint16_t usual[] = { 0, 1, 101, 105, 108, 113, 127, 228, 229, 276 };

static uint32_t word(const uint8_t *p, size_t i)
{
	uint32_t value;

	memcpy(&value, p + i * sizeof(value), sizeof(value));
	return value;
}

bool skw_pcap_read_begin(struct skw_pcap_read *r, const uint8_t header[SKW_PCAP_FILE_HEADER_BYTES])
{
	static const uint16_t version[] = { 2, 4 };
	uint32_t magic = word(header, 0), snaplen = word(header, 4), linktype = word(header, 5);
	bool is_usual = false;

	for (size_t i = 0; i < SKW_ARRAY_SIZE(usual); i++)
		is_usual |= linktype == usual[i];
	if (!is_usual || memcmp(header + 4, version, sizeof(version)) != 0)
		return false;
	if (magic != 0xa1b2c3d4 && magic != 0xa1b23c4d)
		return false;
	r->ns = magic == 0xa1b2c3d4 ? 1000 : 1;
	r->snaplen = snaplen && snaplen <= INT_MAX ? snaplen : CAPLEN_MAX;
	r->dlt = skw_linktype_to_dlt((uint16_t)linktype);
	return true;
}

static int cut_short(const struct skw_pcap_read *r, struct skw_error *err)
{
	const struct skw_byte_stream *s = r->stream;

	if (s->ended < 0)
		return skw_read_error_stream(err, r->name, -s->ended, r->packets);
	return s->have ? skw_read_error_truncated(err, r->name, r->packets) : 0;
}

static int too_long(const struct skw_pcap_read *r, uint32_t caplen, struct skw_error *err)
{
	char text[96];

	/* As libpcap says it. */
	snprintf(text, sizeof(text), "invalid packet capture length %u, bigger than %s of %u",
		 caplen, caplen > r->snaplen ? "snaplen" : "maximum",
		 caplen > r->snaplen ? r->snaplen : CAPLEN_MAX);
	return skw_read_error_corrupt(err, r->name, r->packets, text);
}

int skw_pcap_read_next(struct skw_pcap_read *r, struct skw_packet *pkt, struct skw_error *err)
{
	const uint8_t *p = skw_byte_stream_look(r->stream, HEADER_BYTES);

	if (!p)
		return cut_short(r, err);
	uint32_t caplen = word(p, 2);
	if (caplen > CAPLEN_MAX)
		return too_long(r, caplen, err);
	p = skw_byte_stream_look(r->stream, HEADER_BYTES + caplen);
	if (!p)
		return cut_short(r, err);
	/* The fraction is signed for libpcap, and may be too large. */
	int64_t ts_ns = (int64_t)word(p, 0) * 1000000000 + (int64_t)(int32_t)word(p, 1) * r->ns;
	*pkt = (struct skw_packet){
		.ts_ns = ts_ns < 0 ? SKW_PACKET_TIME_UNKNOWN : (uint64_t)ts_ns,
		.data = p + HEADER_BYTES,
		.caplen = caplen < r->snaplen ? caplen : r->snaplen,
		.len = word(p, 3),
		.dlt = r->dlt,
	};
	skw_byte_stream_use(r->stream, HEADER_BYTES + caplen);
	r->packets++;
	return 1;
}

bool skw_pcap_read_goes_on(const struct skw_pcap_read *r)
{
	const struct skw_byte_stream *s = r->stream;

	return s->have >= HEADER_BYTES && s->have - HEADER_BYTES >= word(s->at, 2);
}
