// SPDX-License-Identifier: BSD-2-Clause
#include "pcap/pcapng_body.h"

#include "model/raw_block.h"
#include "pcap/pcapng.h"

#define HEAD_BYTES 8
#define TAIL_BYTES 4

struct skw_pcapng_body skw_pcapng_body_of(const struct skw_raw_block *block)
{
	bool is_whole = block->bytes && block->len >= HEAD_BYTES + TAIL_BYTES;

	return (struct skw_pcapng_body){ .p = is_whole ? block->bytes + HEAD_BYTES : NULL,
					 .left = is_whole ? block->len - HEAD_BYTES - TAIL_BYTES
							  : 0,
					 .swapped = block->swapped };
}

const uint8_t *skw_pcapng_take(struct skw_pcapng_body *b, size_t n)
{
	const uint8_t *p = b->p;

	if (b->left < n)
		return NULL;
	b->p += n;
	b->left -= n;
	return p;
}

bool skw_pcapng_next_option(struct skw_pcapng_body *b, struct skw_pcapng_opt *o)
{
	const uint8_t *head = skw_pcapng_take(b, 4);

	if (!head)
		return false;
	o->code = skw_pcapng_get16(head, b->swapped);
	o->len = skw_pcapng_get16(head + 2, b->swapped);
	if (o->code == SKW_PCAPNG_END)
		return false;
	o->value = skw_pcapng_take(b, o->len);
	if (!o->value)
		return false;
	skw_pcapng_take(b, -o->len & 3);
	return true;
}
