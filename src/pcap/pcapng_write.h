/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks of a pcapng file, in this host's byte order.
 * Source: draft-ietf-opsawg-pcapng, "PCAP Now Generic (pcapng) Capture File Format".
 *
 * Blocks that are rare are appended whole to a buffer (out of memory shows in
 * b->failed); the packet block, which is not, is made in pieces around the
 * packet's bytes, without allocating anything. `nano` says everywhere the same
 * as in the interface's description: times in nanoseconds, not microseconds.
 */
#ifndef SKW_PCAP_PCAPNG_WRITE_H
#define SKW_PCAP_PCAPNG_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"
#include "util/buf.h"

/* What the section header tells about the writer; each may be NULL. */
struct skw_pcapng_section {
	const char *hardware; /* shb_hardware: the machine */
	const char *os;       /* shb_os: its system */
	const char *userappl; /* shb_userappl: this program */
	const char *comment;
};

void skw_pcapng_section(struct skw_buf *b, const struct skw_pcapng_section *s);

/* Interfaces are numbered from 0 in the order of their blocks. `os` may be NULL. */
void skw_pcapng_interface(struct skw_buf *b, const struct skw_iface *iface, bool nano,
			  const char *os);

/*
 * A packet block is these four, in this order, with the packet between the
 * first two: head, (caplen bytes of packet), middle, comment, tail. Without a
 * comment, middle and comment are empty.
 */
struct skw_pcapng_packet {
	uint8_t head[28];
	uint8_t middle[8];
	uint8_t tail[36];
	uint32_t middle_len;
	uint32_t comment_len;
	uint32_t tail_len;
	const char *comment; /* the packet's own text */
	uint64_t total;      /* length of the whole block */
};

/*
 * `iface` is the number of the interface in this section (pkt->iface is the
 * source's). A comment is cut after 65,535 bytes.
 */
void skw_pcapng_packet(struct skw_pcapng_packet *p, const struct skw_packet *pkt, uint32_t iface,
		       bool nano);

/*
 * Interface statistics at the end of a capture. A loss is written twice, as
 * osdrop, where the format wants it, and as ifdrop, which is what Wireshark
 * and capinfos show as dropped packets.
 */
void skw_pcapng_stats(struct skw_buf *b, uint32_t iface, const struct skw_iface_stats *stats,
		      uint64_t start_ns, uint64_t end_ns, bool nano);

/*
 * A remark at a point in time (the clock was set, ...), as an entry of a
 * systemd journal: Wireshark shows it as a row between the packets, readers
 * that know no such block skip it. Line breaks in the text become spaces.
 */
void skw_pcapng_note(struct skw_buf *b, uint64_t ts_ns, const char *text);

#endif
