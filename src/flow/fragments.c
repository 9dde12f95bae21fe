// SPDX-License-Identifier: BSD-2-Clause
#include "flow/fragments.h"

#include <string.h>

void skw_fragments_note(struct skw_fragments *f, const struct skw_flow *flow, uint64_t hash)
{
	f->kept[hash % SKW_FRAGMENTS_KEPT].tuple = flow->tuple;
	f->kept[hash % SKW_FRAGMENTS_KEPT].id = flow->fragment_id;
}

bool skw_fragments_find(const struct skw_fragments *f, struct skw_flow *flow, uint64_t hash)
{
	const struct skw_tuple *kept = &f->kept[hash % SKW_FRAGMENTS_KEPT].tuple;
	struct skw_tuple with_ports = flow->tuple;

	with_ports.local_port = kept->local_port;
	with_ports.remote_port = kept->remote_port;
	if (f->kept[hash % SKW_FRAGMENTS_KEPT].id != flow->fragment_id ||
	    memcmp(&with_ports, kept, sizeof(with_ports)) != 0)
		return false;
	flow->tuple = with_ports;
	return true;
}
