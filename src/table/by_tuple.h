/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds rows by namespace and tuple. It is an index beside the slots, for tables that packets are
 * joined with. Sockets may share a tuple, and their rows are all there.
 */
#ifndef SKW_TABLE_BY_TUPLE_H
#define SKW_TABLE_BY_TUPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "table/slots.h"

struct skw_by_tuple {
	uint32_t *buckets; /* owned; slot + 1, 0: none. NULL: the index is off */
	uint32_t *next;    /* owned; by slot: slot + 1 of the next in its chain */
	uint32_t buckets_len, next_len;
	uint32_t len;
};

int skw_by_tuple_init(struct skw_by_tuple *index); /* 0 or -ENOMEM */
void skw_by_tuple_free(struct skw_by_tuple *index);

/*
 * Enters a row, and takes it out. The tuple must not change meanwhile. They do nothing if the index
 * is off. skw_by_tuple_put(): 0 or -ENOMEM.
 */
int skw_by_tuple_put(struct skw_by_tuple *index, const struct skw_slots *slots,
		     const struct skw_entry *e);
void skw_by_tuple_take(struct skw_by_tuple *index, const struct skw_entry *e);

/* The hash, and what is the same, as of the function below. */
uint32_t skw_by_tuple_hash(const struct skw_tuple *tuple);
bool skw_by_tuple_same(const struct skw_tuple *a, const struct skw_tuple *b);

/*
 * Every row with this tuple, of any namespace, in no order: *at is 0 at first. NULL: there is no
 * other. An IPv4 address and its form in IPv6 (RFC 4291, 2.5.5.2) are the same, and so are the
 * unspecified addresses of both.
 */
const struct skw_entry *skw_by_tuple_next(const struct skw_by_tuple *index,
					  const struct skw_slots *slots,
					  const struct skw_tuple *tuple, uint32_t *at);

#endif
