/* SPDX-License-Identifier: BSD-2-Clause */
/* The holders that one sweep over task files told: gathered first, then asked for by inode. */
#ifndef SKW_TABLE_HOLDERS_H
#define SKW_TABLE_HOLDERS_H

#include <stddef.h>
#include <stdint.h>

#include "model/row.h"

struct skw_holding;

struct skw_holders {
	struct skw_owner *procs; /* owned; an element for each run of holders of one process */
	struct skw_holding *all; /* owned */
	uint32_t *buckets;       /* owned; index + 1, 0: none; the first question makes them */
	struct skw_owner *found; /* owned; the last answer */
	size_t procs_len, procs_size, len, size, buckets_len, found_size;
};

void skw_holders_free(struct skw_holders *h); /* of a zeroed struct too; leaves it empty */

/* 0 or -ENOMEM. */
int skw_holders_add(struct skw_holders *h, uint32_t inode, const struct skw_owner *proc);

/*
 * The processes that hold a socket, sorted by pid, each once. *out is valid until the next call.
 * Returns their number, or -ENOMEM. After the first question nothing may be added.
 */
int skw_holders_of(struct skw_holders *h, uint32_t inode, const struct skw_owner **out);

#endif
