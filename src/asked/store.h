/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, each with the names that were asked lately. Internal to this room. */
#ifndef SKW_ASKED_STORE_H
#define SKW_ASKED_STORE_H

#include <stddef.h>
#include <stdint.h>

/* A name that several addresses and connections may have. */
struct skw_asked_text {
	uint32_t users;
	uint32_t len;
	char text[];
};

/* With one user. NULL: memory is short. */
struct skw_asked_text *skw_asked_text_new(const char *text);
/* The user leaves; the last one frees it. NULL is allowed. */
void skw_asked_text_leave(struct skw_asked_text *t);

/* The number of names that are known of an address, the latest ones. */
#define SKW_ASKED_NAMES 8

/* The address has this name from this time on, until that of the next name. */
struct skw_asked_since {
	uint64_t ts_ns;
	struct skw_asked_text *name; /* a user */
};

struct skw_asked_address {
	struct skw_asked_address *same_next;   /* the next one in the bucket */
	struct skw_asked_address *prev, *next; /* the last one was asked last */
	uint8_t addr[16];
	uint8_t family;
	uint8_t len; /* of `names`, whose last one is the latest */
	struct skw_asked_since names[SKW_ASKED_NAMES];
};

struct skw_asked_store {
	uint64_t key[2];
	size_t max_bytes, bytes;
	struct skw_asked_address **buckets; /* owned */
	struct skw_asked_address *first, *last;
	uint64_t forgotten;
};

/* `key` and max_bytes are set. 0 or -ENOMEM. */
int skw_asked_store_init(struct skw_asked_store *s);
/* A zeroed store is allowed. */
void skw_asked_store_free(struct skw_asked_store *s);

/* The address, in 16 bytes, has this name from now on. 0 or -ENOMEM. */
int skw_asked_store_add(struct skw_asked_store *s, uint8_t family, const uint8_t *addr,
			struct skw_asked_text *name, uint64_t ts_ns);
/* The name that it had at this time. Borrowed; NULL: unknown. */
struct skw_asked_text *skw_asked_store_find(const struct skw_asked_store *s, uint8_t family,
					    const uint8_t *addr, uint64_t ts_ns);

#endif
