/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the rows of a table lie: slabs that never move or shrink, and a hash over them. The key
 * is the cookie; rows without one (SKW_NONE64) go by protocol, namespace, addresses and ports,
 * and those of UDP by inode.
 */
#ifndef SKW_TABLE_SLOTS_H
#define SKW_TABLE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/row.h"

/* A row and what only the table needs of it. */
struct skw_entry {
	struct skw_row row;
	uint64_t retrans_ns; /* when it last retransmitted, as far as it was seen; 0: never */
	uint32_t slot;       /* the number of its place; small, used again when it is gone */
	uint32_t next;       /* in its chain, or of the free ones */
	uint32_t seen;       /* number of the last sweep that met it */
	uint8_t missed;      /* sweeps in a row that did not meet it */
	uint8_t kind;        /* enum skw_row_kind of the last record; 0: told by events alone */
	uint8_t tick_state;  /* at the end of the last sweep; 0: it was not there */
	bool used : 1;
	bool hidden : 1;   /* its state is not known yet: no row to anybody */
	bool in_netns : 1; /* it refers to its namespace's name */
};

/* A table of 100,000 rows has a budget. */
_Static_assert(sizeof(struct skw_entry) <= 480, "an entry has grown");

struct skw_slots {
	struct skw_entry **slabs; /* owned */
	size_t slabs_len, slabs_size;
	uint32_t *buckets; /* owned; slot + 1, 0: none */
	uint32_t buckets_len;
	uint32_t len;  /* used ones */
	uint32_t end;  /* all used ones are below */
	uint32_t free; /* slot + 1 of the first free one below the end */
};

int skw_slots_init(struct skw_slots *s); /* 0 or -ENOMEM */
/* Entries as they are, with their pointers. 0 or -ENOMEM; then `s` is to be freed all the same. */
int skw_slots_copy(struct skw_slots *s, const struct skw_slots *from);
void skw_slots_free(struct skw_slots *s);

#define SKW_SLAB_BITS 8
#define SKW_SLAB_SIZE (1U << SKW_SLAB_BITS)

/* The entry of a slot below the end; may be unused. */
static inline struct skw_entry *skw_slots_at(const struct skw_slots *s, uint32_t slot)
{
	return &s->slabs[slot >> SKW_SLAB_BITS][slot & (SKW_SLAB_SIZE - 1)];
}

bool skw_slots_same(const struct skw_row *a, const struct skw_row *b); /* by key */

/* By the key in `like`; NULL: none. */
struct skw_entry *skw_slots_find(const struct skw_slots *s, const struct skw_row *like);
struct skw_entry *skw_slots_find_cookie(const struct skw_slots *s, uint64_t cookie);

/* A new entry with this row, its key not in use; all else of it 0. NULL: no memory. */
struct skw_entry *skw_slots_add(struct skw_slots *s, const struct skw_row *row);
void skw_slots_remove(struct skw_slots *s, struct skw_entry *e);

#endif
