// SPDX-License-Identifier: BSD-2-Clause
#include "quic/opener.h"

bool skw_quic_opener_open(struct skw_quic_opener *o, bool from_client,
			  const struct skw_quic_packet *p, uint8_t *room, struct skw_bytes *frames)
{
	struct skw_quic_keys client;

	if (o->tried >= SKW_QUIC_OPENER_MAX)
		return false;
	o->tried++;
	if (o->keyed && skw_quic_keys_open(&o->keys[from_client], p, room, frames))
		return true;
	if (!from_client || !skw_quic_keys_derive(p->version, p->dcid, true, &client) ||
	    !skw_quic_keys_open(&client, p, room, frames))
		return false;
	o->keys[1] = client;
	o->keyed = skw_quic_keys_derive(p->version, p->dcid, false, &o->keys[0]);
	return true;
}
