// SPDX-License-Identifier: BSD-2-Clause
#include "table/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"

#define FIRST_BUCKETS 32U

/*
 * If more rows wait for a name, they are not listed: to look at all rows once costs less than a
 * large list, whose memory would leave a hole between those of the rows.
 */
#define WAITING_MAX 4096U

/* Up to this many names that no row refers to are kept, as a row may come for them. */
#define UNUSED_MAX 1024U

static uint32_t *bucket_of(const struct skw_names *n, uint64_t id)
{
	return &n->buckets[skw_hash_word(0, id) >> 32 & (n->buckets_len - 1)];
}

static struct skw_name *find(const struct skw_names *n, uint64_t id)
{
	if (!n->buckets_len)
		return NULL;
	for (uint32_t at = *bucket_of(n, id); at; at = n->all[at - 1].next) {
		if (n->all[at - 1].id == id)
			return &n->all[at - 1];
	}
	return NULL;
}

static void release(struct skw_name *name)
{
	free(name->name);
	free(name->waiting);
	*name = (struct skw_name){ 0 };
}

void skw_names_free(struct skw_names *n)
{
	for (size_t i = 0; i < n->len; i++)
		release(&n->all[i]);
	free(n->all);
	free(n->buckets);
	*n = (struct skw_names){ 0 };
}

static int grow_buckets(struct skw_names *n)
{
	uint32_t len = n->buckets_len ? n->buckets_len * 2 : FIRST_BUCKETS;
	uint32_t *buckets = calloc(len, sizeof(*buckets));

	if (!buckets)
		return -ENOMEM;
	free(n->buckets);
	n->buckets = buckets;
	n->buckets_len = len;
	for (size_t i = 0; i < n->len; i++) {
		if (!n->all[i].used)
			continue;
		uint32_t *bucket = bucket_of(n, n->all[i].id);

		n->all[i].next = *bucket;
		*bucket = (uint32_t)i + 1;
	}
	return 0;
}

static int add(struct skw_names *n, uint64_t id, struct skw_name **out)
{
	uint32_t at;

	if (n->known + n->unused >= n->buckets_len && grow_buckets(n))
		return -ENOMEM;
	if (!n->free && n->len == n->size) {
		size_t size = n->size ? n->size * 2 : FIRST_BUCKETS;
		struct skw_name *all = reallocarray(n->all, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		n->all = all;
		n->size = size;
	}
	if (n->free) {
		at = n->free - 1;
		n->free = n->all[at].next;
	} else {
		at = (uint32_t)n->len++;
	}
	uint32_t *bucket = bucket_of(n, id);

	n->all[at] = (struct skw_name){ .id = id, .used = true, .next = *bucket };
	*bucket = at + 1;
	n->unused++;
	if (n->cursor > at)
		n->cursor = at;
	*out = &n->all[at];
	return 0;
}

static void drop_unused(struct skw_names *n)
{
	for (size_t i = 0; i < n->len; i++) {
		struct skw_name *name = &n->all[i];

		if (!name->used || name->refs)
			continue;
		uint32_t *link = bucket_of(n, name->id);

		while (*link != i + 1)
			link = &n->all[*link - 1].next;
		*link = name->next;
		release(name);
		name->next = n->free;
		n->free = (uint32_t)i + 1;
	}
	n->unused = 0;
}

static int by_slot(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* A slot is listed twice if a second row came to it while the number had no name. */
static void drop_doubles(struct skw_name *name)
{
	uint32_t len = 0;

	qsort(name->waiting, name->waiting_len, sizeof(*name->waiting), by_slot);
	for (uint32_t i = 0; i < name->waiting_len; i++) {
		if (!len || name->waiting[i] != name->waiting[len - 1])
			name->waiting[len++] = name->waiting[i];
	}
	name->waiting_len = len;
}

static int wait_for(struct skw_name *name, uint32_t slot)
{
	if (name->unlisted)
		return 0;
	if (name->waiting_len == name->waiting_size) {
		if (name->waiting_len)
			drop_doubles(name);
		/* If half of the list was doubles, there is room enough now. */
		if (name->waiting_len > name->waiting_size / 2 || !name->waiting_size) {
			uint32_t size = name->waiting_size ? name->waiting_size * 2 : 4;

			if (size > WAITING_MAX) {
				skw_names_told(name);
				name->unlisted = true;
				return 0;
			}
			uint32_t *waiting =
				reallocarray(name->waiting, size, sizeof(*name->waiting));

			if (!waiting)
				return -ENOMEM;
			name->waiting = waiting;
			name->waiting_size = size;
		}
	}
	name->waiting[name->waiting_len++] = slot;
	return 0;
}

int skw_names_ref(struct skw_names *n, uint64_t id, uint32_t slot, const char **name)
{
	struct skw_name *found = find(n, id);

	if (!found && add(n, id, &found))
		return -ENOMEM;
	if (!found->name && wait_for(found, slot))
		return -ENOMEM;
	if (!found->refs++) {
		n->known++;
		n->unused--;
	}
	*name = found->name;
	return 0;
}

void skw_names_unref(struct skw_names *n, uint64_t id)
{
	struct skw_name *found = find(n, id);

	if (--found->refs)
		return;
	found->waiting_len = 0;
	found->unlisted = false;
	n->known--;
	if (++n->unused > UNUSED_MAX)
		drop_unused(n);
}

int skw_names_set(struct skw_names *n, uint64_t id, const char *name, struct skw_name **who,
		  char **old)
{
	struct skw_name *found = find(n, id);
	char *copy = NULL;

	*who = NULL;
	if (!strcmp(found && found->name ? found->name : "", name))
		return 0;
	if (*name && !(copy = strdup(name)))
		return -ENOMEM;
	if (!found && add(n, id, &found)) {
		free(copy);
		return -ENOMEM;
	}
	*old = found->name;
	*who = found;
	found->name = copy;
	return 0;
}

void skw_names_told(struct skw_name *who)
{
	free(who->waiting);
	who->waiting = NULL;
	who->waiting_len = who->waiting_size = 0;
	who->unlisted = !who->name;
}

bool skw_names_unnamed(struct skw_names *n, uint64_t *id)
{
	for (; n->cursor < n->len; n->cursor++) {
		struct skw_name *name = &n->all[n->cursor];

		if (!name->used || !name->refs || name->name || name->asked)
			continue;
		name->asked = true;
		*id = name->id;
		n->cursor++;
		return true;
	}
	return false;
}

void skw_names_ask_again(struct skw_names *n)
{
	for (size_t i = 0; i < n->len; i++)
		n->all[i].asked = false;
	n->cursor = 0;
}
