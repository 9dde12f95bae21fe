/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the blocks of a pcapng file, in this host's byte order.
 * Source: draft-ietf-opsawg-pcapng, "PCAP Now Generic (pcapng) Capture File Format".
 *
 * Rare blocks are appended to a buffer as a whole; b->failed is set if memory runs
 * out. Packet blocks are frequent, so they are made in pieces around the packet's
 * bytes, without allocating memory. `nano` means that times are in nanoseconds, not
 * microseconds. It must be the same in all blocks of an interface.
 */
#ifndef SKW_PCAP_PCAPNG_WRITE_H
#define SKW_PCAP_PCAPNG_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"
#include "util/buf.h"

/* Texts of the section header about the writer. Each may be NULL. */
struct skw_pcapng_section {
	const char *hardware; /* shb_hardware: the machine */
	const char *os;       /* shb_os: its operating system */
	const char *userappl; /* shb_userappl: this program */
	const char *comment;
};

void skw_pcapng_section(struct skw_buf *b, const struct skw_pcapng_section *s);

/* Interfaces are numbered from 0 in the order of their blocks. `os` may be NULL. */
void skw_pcapng_interface(struct skw_buf *b, const struct skw_iface *iface, bool nano,
			  const char *os);

/*
 * A packet block consists of these pieces, in this order: head, caplen bytes of the
 * packet, middle, comment, tail. Without a comment, middle and comment are empty.
 */
struct skw_pcapng_packet {
	uint8_t head[28];
	uint8_t middle[8];
	uint8_t tail[56];
	uint32_t middle_len;
	uint32_t comment_len;
	uint32_t tail_len;
	const char *comment; /* borrowed from the packet */
	uint64_t total;      /* length of the whole block */
};

/* A process at one end of a packet, as its options tell it. */
struct skw_pcapng_owner {
	/* A comment as a whole option, from skw_pcapng_comment(); NULL: none. Borrowed. */
	const uint8_t *comment;
	uint32_t comment_len;
	uint32_t pid;
	uint32_t process; /* the number of its skw_pcapng_process() in this section */
};

/*
 * `iface` is the number of the interface in this section (pkt->iface is its number at
 * the source). A comment is cut after 65,535 bytes.
 */
void skw_pcapng_packet(struct skw_pcapng_packet *p, const struct skw_packet *pkt, uint32_t iface,
		       bool nano);

/*
 * Likewise for a packet whose sender or receiver is known: the other is NULL. In place of the
 * packet's own comment, which is left out, the caller writes those of the owners, and other
 * comments of `more_len` bytes as options. The first owner is the packet's process.
 */
void skw_pcapng_owned_packet(struct skw_pcapng_packet *p, const struct skw_packet *pkt,
			     uint32_t iface, bool nano, const struct skw_pcapng_owner *owners[2],
			     uint32_t more_len);

/* Appends a comment as an option, padded. */
void skw_pcapng_comment(struct skw_buf *b, const char *text);

/* Appends a process. Processes are numbered from 0 in each section, in the order of their blocks.
 */
void skw_pcapng_process(struct skw_buf *b, uint32_t pid, const char *comm);

/*
 * Appends an interface's statistics, for the end of a capture. The number of lost
 * packets is written twice: as osdrop, as the format demands, and as ifdrop, because
 * Wireshark and capinfos show that as dropped packets.
 */
void skw_pcapng_stats(struct skw_buf *b, uint32_t iface, const struct skw_iface_stats *stats,
		      uint64_t start_ns, uint64_t end_ns, bool nano);

/* Appends an entry of a systemd journal, which is a text in the form of journal/journal_make.h. */
void skw_pcapng_journal(struct skw_buf *b, const void *text, size_t len);

/*
 * Appends a remark about a point in time, such as "the clock was set", as an entry
 * of a systemd journal. Wireshark shows it as a row between the packets. Programs
 * that do not know this block skip it. Line breaks in the text become spaces.
 */
void skw_pcapng_note(struct skw_buf *b, uint64_t ts_ns, const char *text);

/*
 * Appends secrets, with which later packets can be decrypted. `type` is one of
 * SKW_PCAPNG_SECRETS_*. With `swapped` the block is in the other byte order.
 */
void skw_pcapng_secrets(struct skw_buf *b, uint32_t type, const void *secrets, size_t len,
			bool swapped);

#endif
