/* SPDX-License-Identifier: BSD-2-Clause */
/* Who holds which socket, from one sweep over task files: gathered, then asked by inode. */
#ifndef SKW_TABLE_HOLDERS_H
#define SKW_TABLE_HOLDERS_H

#include <stddef.h>
#include <stdint.h>

#include "model/row.h"

struct skw_holding;

struct skw_holders {
	struct skw_owner *procs; /* owned; one for each run of records of a process */
	struct skw_holding *all; /* owned */
	uint32_t *buckets;       /* owned; index + 1, 0: none; made by the first question */
	struct skw_owner *found; /* owned; the last answer */
	size_t procs_len, procs_size, len, size, buckets_len, found_size;
};

void skw_holders_free(struct skw_holders *h); /* safe on a zeroed one; leaves it empty */

/* 0 or -ENOMEM. */
int skw_holders_add(struct skw_holders *h, uint32_t inode, const struct skw_owner *proc);

/*
 * The processes that hold a socket, sorted by pid, each once; h's until the next call. Returns
 * how many, 0: none was told, or -ENOMEM. Nothing may be added any more.
 */
int skw_holders_of(struct skw_holders *h, uint32_t inode, const struct skw_owner **out);

#endif
