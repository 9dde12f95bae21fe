/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading capture files, pcap (through libpcap) or pcapng (our own reader,
 * because libpcap hides comments and refuses unlike interfaces). Streams: what
 * comes through a pipe can be read as it arrives.
 */
#ifndef SKW_PCAP_READER_H
#define SKW_PCAP_READER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/packet.h"
#include "util/error.h"

struct skw_reader;

/*
 * Takes the stream, also on failure. `name` is for messages and is copied.
 * 0 or -errno with a text.
 */
int skw_reader_open(FILE *f, const char *name, struct skw_reader **out, struct skw_error *err);
void skw_reader_close(struct skw_reader *r); /* NULL allowed */

/*
 * 1: the next packet, valid until the next call. 0: the end. Otherwise -errno
 * with a text, for good: a file that was cut gives all of its whole packets
 * first. The stream's errno EBADMSG is taken for corrupt compressed data,
 * ENODATA for compressed data that ends early.
 */
int skw_reader_next(struct skw_reader *r, struct skw_packet *pkt, struct skw_error *err);

/* Packets read so far. */
uint64_t skw_reader_packets(const struct skw_reader *r);

/*
 * Interfaces met so far; in a pcapng file, more may come with each packet. What
 * is returned stays valid until the reader is closed. NULL for no such one.
 */
size_t skw_reader_iface_count(const struct skw_reader *r);
const struct skw_iface *skw_reader_iface(const struct skw_reader *r, size_t i);

/* What the file told last of the interface's figures; NULL if nothing. */
const struct skw_iface_stats *skw_reader_stats(const struct skw_reader *r, size_t i);

#endif
