/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens the Initial packets of one connection. Its keys come from the client's first packet. A
 * client that begins again, since the server wants another version or ID, has new ones, which its
 * new first packet gives. A zeroed struct has seen nothing.
 */
#ifndef SKW_QUIC_OPENER_H
#define SKW_QUIC_OPENER_H

#include <stdbool.h>
#include <stdint.h>

#include "quic/keys.h"

/* No more packets of a connection are tried, so that nobody can keep the reader busy. */
#define SKW_QUIC_OPENER_MAX 64

struct skw_quic_opener {
	struct skw_quic_keys keys[2]; /* of the server and of the client, if `keyed` */
	uint8_t tried;                /* packets */
	bool keyed;
};

/* As skw_quic_keys_open(). */
bool skw_quic_opener_open(struct skw_quic_opener *o, bool from_client,
			  const struct skw_quic_packet *p, uint8_t *room, struct skw_bytes *frames);

#endif
