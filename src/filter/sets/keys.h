/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys of sets. An address of several words is compared word by word, so there is a set for
 * each beginning of the addresses: a program reads the second word of a packet only if the first is
 * that of an address in the list.
 */
#ifndef SKW_FILTER_SETS_KEYS_H
#define SKW_FILTER_SETS_KEYS_H

#include "filter/sets/value.h"
#include "model/cbpf.h"

/* Orders `count` keys of SKW_SETS_WORDS words, and takes out all but one of each. Returns the rest.
 */
size_t skw_sets_keys_order(uint32_t *keys, size_t count);

/* The number of first words that all these keys have in common. */
size_t skw_sets_keys_common(const uint32_t *keys, size_t count);

/*
 * Makes the set of words `from` to `to` (both included) of ordered keys, which have the words
 * before these in common. The caller frees out->keys. Returns 0 or -ENOMEM.
 */
int skw_sets_keys_cut(const uint32_t *keys, size_t count, size_t from, size_t to,
		      struct skw_cbpf_set *out);

#endif
