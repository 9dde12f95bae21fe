// SPDX-License-Identifier: BSD-2-Clause
#include "asked/store.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "flow/keyed_hash.h"

#define BUCKETS 16384 /* a power of 2 */

struct skw_asked_text *skw_asked_text_new(const char *text)
{
	size_t len = strlen(text);
	struct skw_asked_text *t = malloc(sizeof(*t) + len + 1);

	if (!t)
		return NULL;
	t->users = 1;
	t->len = (uint32_t)len;
	memcpy(t->text, text, len + 1);
	return t;
}

void skw_asked_text_leave(struct skw_asked_text *t)
{
	if (t && !--t->users)
		free(t);
}

/* Each user is charged for the whole name, so that the limit holds in any case. */
static size_t bytes_of(const struct skw_asked_text *t)
{
	return sizeof(*t) + t->len + 1;
}

/* ---- places ---- */

static struct skw_asked_address **bucket_of(const struct skw_asked_store *s, uint8_t family,
					    const uint8_t *addr)
{
	uint8_t bytes[17];

	memcpy(bytes, addr, 16);
	bytes[16] = family;
	return &s->buckets[skw_keyed_hash(s->key, bytes, sizeof(bytes)) & (BUCKETS - 1)];
}

static bool is_it(const struct skw_asked_address *a, uint8_t family, const uint8_t *addr)
{
	return a->family == family && memcmp(a->addr, addr, sizeof(a->addr)) == 0;
}

static struct skw_asked_address *find(const struct skw_asked_store *s, uint8_t family,
				      const uint8_t *addr)
{
	struct skw_asked_address *a = *bucket_of(s, family, addr);

	while (a && !is_it(a, family, addr))
		a = a->same_next;
	return a;
}

static void list_remove(struct skw_asked_store *s, struct skw_asked_address *a)
{
	*(a->prev ? &a->prev->next : &s->first) = a->next;
	*(a->next ? &a->next->prev : &s->last) = a->prev;
}

static void list_add(struct skw_asked_store *s, struct skw_asked_address *a)
{
	a->prev = s->last;
	a->next = NULL;
	*(s->last ? &s->last->next : &s->first) = a;
	s->last = a;
}

static void drop_name(struct skw_asked_store *s, struct skw_asked_text *t)
{
	s->bytes -= bytes_of(t);
	skw_asked_text_leave(t);
}

static void drop(struct skw_asked_store *s, struct skw_asked_address *a)
{
	struct skw_asked_address **place = bucket_of(s, a->family, a->addr);

	while (*place != a)
		place = &(*place)->same_next;
	*place = a->same_next;
	list_remove(s, a);
	while (a->len)
		drop_name(s, a->names[--a->len].name);
	s->bytes -= sizeof(*a);
	free(a);
}

static struct skw_asked_address *new_address(struct skw_asked_store *s, uint8_t family,
					     const uint8_t *addr)
{
	struct skw_asked_address **bucket = bucket_of(s, family, addr);
	struct skw_asked_address *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->family = family;
	memcpy(a->addr, addr, sizeof(a->addr));
	a->same_next = *bucket;
	*bucket = a;
	list_add(s, a);
	s->bytes += sizeof(*a);
	return a;
}

/* ---- */

int skw_asked_store_init(struct skw_asked_store *s)
{
	s->buckets = calloc(BUCKETS, sizeof(*s->buckets));
	return s->buckets ? 0 : -ENOMEM;
}

void skw_asked_store_free(struct skw_asked_store *s)
{
	while (s->first)
		drop(s, s->first);
	free(s->buckets);
	s->buckets = NULL;
}

static void add_name(struct skw_asked_store *s, struct skw_asked_address *a,
		     struct skw_asked_text *name, uint64_t ts_ns)
{
	if (a->len && strcmp(a->names[a->len - 1].name->text, name->text) == 0)
		return;
	if (a->len == SKW_ASKED_NAMES) {
		drop_name(s, a->names[0].name);
		memmove(a->names, a->names + 1, sizeof(a->names) - sizeof(a->names[0]));
		a->len--;
	}
	name->users++;
	a->names[a->len++] = (struct skw_asked_since){ ts_ns, name };
	s->bytes += bytes_of(name);
}

int skw_asked_store_add(struct skw_asked_store *s, uint8_t family, const uint8_t *addr,
			struct skw_asked_text *name, uint64_t ts_ns)
{
	struct skw_asked_address *a = find(s, family, addr);

	if (a) {
		list_remove(s, a);
		list_add(s, a);
	} else {
		a = new_address(s, family, addr);
		if (!a)
			return -ENOMEM;
	}
	add_name(s, a, name, ts_ns);
	/* The one that was asked last stays, however little memory there is. */
	while (s->bytes > s->max_bytes && s->first != a) {
		drop(s, s->first);
		s->forgotten++;
	}
	return 0;
}

struct skw_asked_text *skw_asked_store_find(const struct skw_asked_store *s, uint8_t family,
					    const uint8_t *addr, uint64_t ts_ns)
{
	const struct skw_asked_address *a = find(s, family, addr);

	for (unsigned i = a ? a->len : 0; i--;)
		if (a->names[i].ts_ns <= ts_ns)
			return a->names[i].name;
	return NULL;
}
