/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of a table lie in slabs, which never move or shrink, and are found by a hash. The key is
 * the cookie. The key of a row without a cookie (SKW_NONE64) is its namespace and tuple, and also
 * the inode if it is of UDP.
 */
#ifndef SKW_TABLE_SLOTS_H
#define SKW_TABLE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "model/row.h"

/* A row, and what only the table needs to know of it. */
struct skw_entry {
	/* They lie in one line of the cache with the cookie, as finding a row takes these. */
	uint32_t next; /* slot + 1 of the next in its chain, or of the next free one */
	uint32_t slot; /* number of its place; used again when the row has gone */
	struct skw_row row;
	/*
	 * Its last timeout, and its last retransmission that was seen or, of a listener, its last
	 * drop, see skw_table_row_trouble(). 0: not in the last time.
	 */
	uint32_t rto_ms, retrans_ms;
	/* Segments with data when close() was called: later data is reset. SKW_NONE32. */
	uint32_t closing_segs;
	uint16_t seen;          /* number of the last sweep that met it */
	uint8_t kind : 3;       /* enum skw_row_kind of the last sample; 0: only events told it */
	uint8_t tick_state : 4; /* its state at the end of the last sweep; 0: it was not there */
	uint8_t missed : 2;     /* sweeps in a row that did not meet it */
	bool used : 1;
	bool hidden : 1;   /* its state is not known yet, so nobody sees the row */
	bool in_netns : 1; /* it has a reference to its namespace's name */
};

_Static_assert(SKW_STATES <= 16 && SKW_ROW_UDP < 8, "they fit");

/* The memory of 100,000 rows has a budget. */
_Static_assert(sizeof(struct skw_entry) <= 376, "an entry has grown");

struct skw_slots {
	struct skw_entry **slabs; /* owned */
	size_t slabs_len, slabs_size;
	uint32_t *buckets; /* owned; slot + 1, 0: none */
	uint32_t buckets_len;
	uint32_t len;  /* number of used entries */
	uint32_t end;  /* all used entries are below this slot */
	uint32_t free; /* slot + 1 of the first free entry below the end; 0: none */
};

int skw_slots_init(struct skw_slots *s); /* 0 or -ENOMEM */
/*
 * Copies entries as they are, with their pointers. 0 or -ENOMEM; `s` is to be freed in both cases.
 */
int skw_slots_copy(struct skw_slots *s, const struct skw_slots *from);
void skw_slots_free(struct skw_slots *s);

/*
 * A slab is small enough for the holes that arrays leave in the heap when they grow while the first
 * sweep makes the rows.
 */
#define SKW_SLAB_BITS 6
#define SKW_SLAB_SIZE (1U << SKW_SLAB_BITS)

/* The entry of a slot below the end. It may be unused. */
static inline struct skw_entry *skw_slots_at(const struct skw_slots *s, uint32_t slot)
{
	return &s->slabs[slot >> SKW_SLAB_BITS][slot & (SKW_SLAB_SIZE - 1)];
}

/* Whether both have the same key. */
bool skw_slots_same(const struct skw_row *a, const struct skw_row *b);

/* The entry with the key of `like`, or with this cookie. NULL: there is none. */
struct skw_entry *skw_slots_find(const struct skw_slots *s, const struct skw_row *like);
struct skw_entry *skw_slots_find_cookie(const struct skw_slots *s, uint64_t cookie);

/*
 * A new entry with this row, whose key must not be in use. All else of the entry is 0. NULL: no
 * memory.
 */
struct skw_entry *skw_slots_add(struct skw_slots *s, const struct skw_row *row);
void skw_slots_remove(struct skw_slots *s, struct skw_entry *e);

#endif
