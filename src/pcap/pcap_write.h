/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the two headers of a pcap file, in this host's byte order.
 * Source: draft-ietf-opsawg-pcap, "PCAP Capture File Format".
 */
#ifndef SKW_PCAP_PCAP_WRITE_H
#define SKW_PCAP_PCAP_WRITE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SKW_PCAP_FILE_HEADER_BYTES   24
#define SKW_PCAP_RECORD_HEADER_BYTES 16

/* The last time that a record can have: there are 32 bits for the seconds. */
#define SKW_PCAP_LAST_NS (UINT32_MAX * 1000000000ull + 999999999)

/* `nano`: record times are in nanoseconds, not microseconds. */
void skw_pcap_file_header(uint8_t out[SKW_PCAP_FILE_HEADER_BYTES], int dlt, uint32_t snaplen,
			  bool nano);

/*
 * In the file, caplen bytes of packet follow this header, without padding. ts_ns must not be larger
 * than SKW_PCAP_LAST_NS.
 */
static inline void skw_pcap_record_header(uint8_t out[SKW_PCAP_RECORD_HEADER_BYTES], uint64_t ts_ns,
					  bool nano, uint32_t caplen, uint32_t len)
{
	uint64_t sec = ts_ns / 1000000000;
	uint32_t ns = (uint32_t)(ts_ns - sec * 1000000000);
	uint32_t words[4] = { (uint32_t)sec, nano ? ns : ns / 1000, caplen, len };

	memcpy(out, words, sizeof(words));
}

#endif
