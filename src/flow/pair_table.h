/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of things that belong to two ends, such as connections: they are found by a packet of
 * either direction. A thing has a struct skw_pair as a member, which the table knows; the thing
 * itself is its user's. Pairs are in lists, too, so that the oldest one is known.
 */
#ifndef SKW_FLOW_PAIR_TABLE_H
#define SKW_FLOW_PAIR_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/tuple.h"

struct skw_pair_list {
	struct skw_pair *first, *last;
};

/* Both directions have the same one. */
struct skw_pair_id {
	struct skw_tuple either_way;
	uint64_t hash;
};

struct skw_pair {
	struct skw_pair_id id;
	/* The neighbours in a bucket. A pair that another one has followed is in no bucket. */
	struct skw_pair *same_prev, *same_next;
	bool found; /* it is in a bucket */
	struct skw_pair_list *in;
	struct skw_pair *prev, *next;
};

struct skw_pair_table {
	uint64_t key[2];
	struct skw_pair **buckets; /* owned */
	size_t buckets_len;        /* a power of 2 */
	size_t len;                /* pairs, also those that are in no bucket */
};

/* `key` is made by chance, so that nobody can choose tuples that collide. 0 or -ENOMEM. */
int skw_pair_table_init(struct skw_pair_table *t, const uint64_t key[2]);
/* The user has removed all pairs. A zeroed table is allowed. */
void skw_pair_table_free(struct skw_pair_table *t);

struct skw_pair_id skw_pair_table_id(const struct skw_pair_table *t, const struct skw_tuple *tuple);
/* NULL: there is none. */
struct skw_pair *skw_pair_table_find(const struct skw_pair_table *t, const struct skw_pair_id *id);

/* Adds a pair, at the end of the list. 0 or -ENOMEM, and then it was not added. */
int skw_pair_table_add(struct skw_pair_table *t, struct skw_pair *p, const struct skw_pair_id *id,
		       struct skw_pair_list *list);
/* It is found no more, as another one takes its place, but it stays in its list. */
void skw_pair_table_hide(struct skw_pair_table *t, struct skw_pair *p);
/* Takes it out of the table and of its list. */
void skw_pair_table_remove(struct skw_pair_table *t, struct skw_pair *p);

/* Makes src of dst, and dst of src. */
void skw_pair_turn(struct skw_tuple *t);

/* Makes it the last one of this list. */
void skw_pair_list_move(struct skw_pair *p, struct skw_pair_list *to);

#endif
