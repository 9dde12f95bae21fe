/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of addresses: those that are known, and those that were asked for. */
#ifndef SKW_RESOLVE_CACHE_H
#define SKW_RESOLVE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct skw_resolve_address {
	uint8_t bytes[16]; /* the rest of an IPv4 address is 0 */
	uint32_t len;      /* 4 or 16 */
};

enum skw_resolve_state {
	SKW_RESOLVE_NEW,   /* the address is not in the cache */
	SKW_RESOLVE_ASKED, /* no answer so far */
	SKW_RESOLVE_NONE,  /* it has no name that can be printed */
	SKW_RESOLVE_NAMED
};

struct skw_resolve_cache;

/* Holds at most `max` addresses (1 to 65535). Returns NULL if memory is short. */
struct skw_resolve_cache *skw_resolve_cache_new(size_t max);
/* NULL is allowed. */
void skw_resolve_cache_free(struct skw_resolve_cache *c);

/* *name is the cache's, until the next call of another function; NULL unless there is one. */
enum skw_resolve_state skw_resolve_cache_find(const struct skw_resolve_cache *c,
					      const struct skw_resolve_address *a,
					      const char **name);
/* Notes that a new address was asked for. Where there is no room, the oldest address goes. */
void skw_resolve_cache_ask(struct skw_resolve_cache *c, const struct skw_resolve_address *a);
/*
 * Takes the answer for an address that was asked for; another answer is ignored. A name that is not
 * clean is no name.
 */
void skw_resolve_cache_answer(struct skw_resolve_cache *c, const struct skw_resolve_address *a,
			      const char *name);

/*
 * Strangers choose names. A clean one has letters, digits, '.', '-' and '_' only, with a letter
 * among them: a name of digits and dots would look like another address.
 */
bool skw_resolve_is_clean(const char *name);

#endif
