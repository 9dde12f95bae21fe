/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys of Initial packets, which anybody can derive from a connection ID (RFC 9001, section
 * 5.2; RFC 9369). They protect from accidents and from devices between the ends that want to be
 * clever, not from readers. Without libnettle no packet can be opened.
 */
#ifndef SKW_QUIC_KEYS_H
#define SKW_QUIC_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "abi/quic.h"
#include "quic/packet.h"

/* A larger Initial packet is not opened. Real clients send none, as their packets have to pass an
 * Ethernet. */
#define SKW_QUIC_INITIAL_MAX 2048

struct skw_quic_keys {
	uint8_t key[16], iv[12], header[16];
};

/*
 * The keys of one direction. `id` is the destination of the client's first Initial packet, or,
 * after a Retry, the source of this. False: the version's keys are not known.
 */
bool skw_quic_keys_derive(uint32_t version, struct skw_bytes id, bool of_client,
			  struct skw_quic_keys *keys);

/*
 * Opens an Initial packet. Its frames are put into `room`, of SKW_QUIC_INITIAL_MAX bytes; *frames
 * borrows them. False: these are not its keys, or it was damaged or cut.
 */
bool skw_quic_keys_open(const struct skw_quic_keys *keys, const struct skw_quic_packet *p,
			uint8_t *room, struct skw_bytes *frames);

#endif
