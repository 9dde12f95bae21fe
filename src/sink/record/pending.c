// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/pending.h"

#include <string.h>

#define ROOM (8u << 20)

void skw_pending_free(struct skw_pending *p)
{
	skw_buf_free(&p->all);
	p->done = 0;
}

bool skw_pending_put(struct skw_pending *p, const struct skw_pending_block *block,
		     const void *bytes)
{
	size_t left = p->all.len - p->done, len;

	/* So each byte is moved once at most, on average. */
	if (p->done > left) {
		memmove(p->all.data, p->all.data + p->done, left);
		p->all.len = left;
		p->done = 0;
	}
	len = p->all.len;
	if (left + block->len > ROOM)
		return false;
	skw_buf_add(&p->all, block, sizeof(*block));
	skw_buf_add(&p->all, bytes, block->len);
	if (!p->all.failed) {
		if (!left)
			p->first_ns = block->ts_ns;
		return true;
	}
	p->all.failed = false;
	p->all.len = len;
	return false;
}

const uint8_t *skw_pending_first(struct skw_pending *p, uint64_t until_ns,
				 struct skw_pending_block *block)
{
	if (!skw_pending_has(p, until_ns))
		return NULL;
	memcpy(block, p->all.data + p->done, sizeof(*block));
	return p->all.data + p->done + sizeof(*block);
}

void skw_pending_drop(struct skw_pending *p)
{
	struct skw_pending_block block;

	if (!skw_pending_first(p, UINT64_MAX, &block))
		return;
	p->done += sizeof(block) + block.len;
	if (p->done < p->all.len) {
		memcpy(&block, p->all.data + p->done, sizeof(block));
		p->first_ns = block.ts_ns;
		return;
	}
	skw_buf_reset(&p->all);
	p->done = 0;
}
