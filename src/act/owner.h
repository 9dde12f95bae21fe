/* SPDX-License-Identifier: BSD-2-Clause */
/* The owner of a row where only one process is known. */
#ifndef SKW_ACT_OWNER_H
#define SKW_ACT_OWNER_H

#include <stddef.h>
#include <stdint.h>

#include "model/row.h"

/* A set with room for one owner. */
union skw_act_owner {
	struct skw_owners set;
	uint8_t bytes[sizeof(struct skw_owners) + sizeof(struct skw_owner)];
};

/*
 * Fills `owner` and makes it the row's; the caller sets its source. A program has written `comm`,
 * which need not end with a zero within `size`.
 */
void skw_act_owner_set(union skw_act_owner *owner, struct skw_row *row, uint32_t pid,
		       const char *comm, size_t size);

#endif
