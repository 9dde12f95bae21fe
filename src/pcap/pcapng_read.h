/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads pcapng from a stream. There may be several sections, in either byte order,
 * with interfaces of different link types, time stamps of any resolution, and
 * comments. Blocks of other kinds are skipped or given as they are. Source:
 * draft-ietf-opsawg-pcapng.
 */
#ifndef SKW_PCAP_PCAPNG_READ_H
#define SKW_PCAP_PCAPNG_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "model/packet.h"
#include "util/error.h"
#include "util/byte_stream.h"

struct skw_pcapng_read;

/* Reads the first section header. Borrows the stream and the name until the reader is closed. */
int skw_pcapng_read_open(struct skw_byte_stream *s, const char *name, struct skw_pcapng_read **out,
			 struct skw_error *err);
void skw_pcapng_read_close(struct skw_pcapng_read *r); /* NULL allowed */

/* Works like skw_reader_next(). */
int skw_pcapng_read_next(struct skw_pcapng_read *r, struct skw_packet *pkt, struct skw_error *err);

/* Works like skw_reader_goes_on(). */
bool skw_pcapng_read_goes_on(const struct skw_pcapng_read *r);

/* Works like skw_reader_give_blocks(). */
void skw_pcapng_read_give_blocks(struct skw_pcapng_read *r);

size_t skw_pcapng_read_iface_count(const struct skw_pcapng_read *r);
const struct skw_iface *skw_pcapng_read_iface(const struct skw_pcapng_read *r, size_t i);
const struct skw_iface_stats *skw_pcapng_read_stats(const struct skw_pcapng_read *r, size_t i);

#endif
