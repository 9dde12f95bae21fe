/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading pcapng from a stream: several sections, either byte order,
 * interfaces of unlike link types, time stamps of any resolution, comments.
 * Blocks of other kinds are skipped. Source: draft-ietf-opsawg-pcapng.
 */
#ifndef SKW_PCAP_PCAPNG_READ_H
#define SKW_PCAP_PCAPNG_READ_H

#include <stddef.h>
#include <stdio.h>

#include "model/packet.h"
#include "util/error.h"

struct skw_pcapng_read;

/* Borrows the stream and the name, which must outlive it. Reads the first section header. */
int skw_pcapng_read_open(FILE *f, const char *name, struct skw_pcapng_read **out,
			 struct skw_error *err);
void skw_pcapng_read_close(struct skw_pcapng_read *r); /* NULL allowed */

/* As skw_reader_next(). */
int skw_pcapng_read_next(struct skw_pcapng_read *r, struct skw_packet *pkt, struct skw_error *err);

size_t skw_pcapng_read_iface_count(const struct skw_pcapng_read *r);
const struct skw_iface *skw_pcapng_read_iface(const struct skw_pcapng_read *r, size_t i);
const struct skw_iface_stats *skw_pcapng_read_stats(const struct skw_pcapng_read *r, size_t i);

#endif
