/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads capture files: the usual pcap files and pcapng by readers of our own, because libpcap
 * copies each packet, hides comments and refuses interfaces that differ in link type or snapshot
 * length; other pcap files through libpcap. Files are read as streams, so packets from a pipe are
 * read as they arrive.
 */
#ifndef SKW_PCAP_READER_H
#define SKW_PCAP_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"
#include "util/error.h"
#include "util/byte_stream.h"

struct skw_reader;

/*
 * The stream is the reader's from then on, even on errors. `name` is for messages
 * and is copied. Returns 0, or -errno with a text.
 */
int skw_reader_open(struct skw_byte_stream *s, const char *name, struct skw_reader **out,
		    struct skw_error *err);
void skw_reader_close(struct skw_reader *r); /* NULL allowed */

/*
 * Returns 1 and the next packet, which is valid until the next call, unless
 * skw_reader_goes_on(), or 0 at the end of the file. Otherwise returns -errno with a text, and so
 * does each later call; a file that was cut gives all of its whole packets first. The stream's
 * errno EBADMSG means corrupt compressed data, ENODATA compressed data that ends early.
 */
int skw_reader_next(struct skw_reader *r, struct skw_packet *pkt, struct skw_error *err);

/* A run of packets that are valid together is not longer than this. */
#define SKW_READER_RUN 64

/*
 * Whether the next call of skw_reader_next() leaves the packets valid that the calls before
 * returned, if there are fewer than SKW_READER_RUN of them. It does not wait then, either.
 */
bool skw_reader_goes_on(const struct skw_reader *r);

#define SKW_READER_BLOCK 2

/*
 * From now on skw_reader_next() also gives the blocks of a pcapng file that are not packets, in
 * their order: it returns SKW_READER_BLOCK then, and only pkt->block is set. Call this before the
 * first packet is read.
 */
void skw_reader_give_blocks(struct skw_reader *r);

/*
 * The interfaces that are known so far. In a pcapng file each packet may bring more.
 * skw_reader_iface() returns NULL if i is too large. Its result is valid until the
 * reader is closed.
 */
size_t skw_reader_iface_count(const struct skw_reader *r);
const struct skw_iface *skw_reader_iface(const struct skw_reader *r, size_t i);

/*
 * The last statistics of the interface that were read, or NULL if there were none. For tests: no
 * command shows them yet.
 */
const struct skw_iface_stats *skw_reader_stats(const struct skw_reader *r, size_t i);

#endif
