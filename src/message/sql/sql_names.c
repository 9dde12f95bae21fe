// SPDX-License-Identifier: BSD-2-Clause
#include "message/sql/sql_names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/message.h"

#define FIRST_ROOM 4

struct skw_sql_name {
	uint64_t key, used;
	char kind[SKW_MESSAGE_KIND_LEN + 1];
};

/* FNV-1a. Equal numbers only confuse the connection's own kinds. */
uint64_t skw_sql_names_key(unsigned space, struct skw_bytes name)
{
	uint64_t key = (0xcbf29ce484222325ULL ^ space) * 0x100000001b3ULL;

	for (uint32_t i = 0; i < name.caplen; i++)
		key = (key ^ name.p[i]) * 0x100000001b3ULL;
	return key;
}

static struct skw_sql_name *find(const struct skw_sql_names *n, uint64_t key)
{
	for (uint32_t i = 0; i < n->len; i++)
		if (n->list[i].key == key)
			return &n->list[i];
	return NULL;
}

static struct skw_sql_name *longest_unused(const struct skw_sql_names *n)
{
	struct skw_sql_name *oldest = n->list;

	for (uint32_t i = 1; i < n->len; i++)
		if (n->list[i].used < oldest->used)
			oldest = &n->list[i];
	return oldest;
}

/* NULL: there is no memory. */
static struct skw_sql_name *place(struct skw_sql_names *n)
{
	if (n->len == SKW_SQL_NAMES_MAX)
		return longest_unused(n);
	if (n->len == n->room) {
		uint32_t room = n->room ? 2 * n->room : FIRST_ROOM;
		struct skw_sql_name *list = realloc(n->list, room * sizeof(*list));

		if (!list)
			return NULL;
		n->list = list;
		n->room = room;
	}
	return &n->list[n->len++];
}

int skw_sql_names_put(struct skw_sql_names *n, uint64_t key, const char *kind)
{
	struct skw_sql_name *name = find(n, key);

	if (!name)
		name = place(n);
	if (!name)
		return -ENOMEM;
	name->key = key;
	name->used = ++n->uses;

	size_t len = strnlen(kind, SKW_MESSAGE_KIND_LEN);

	memmove(name->kind, kind, len);
	name->kind[len] = '\0';
	return 0;
}

const char *skw_sql_names_find(struct skw_sql_names *n, uint64_t key)
{
	struct skw_sql_name *name = find(n, key);

	if (!name)
		return NULL;
	name->used = ++n->uses;
	return name->kind;
}

void skw_sql_names_drop(struct skw_sql_names *n, uint64_t key)
{
	struct skw_sql_name *name = find(n, key);

	if (name)
		*name = n->list[--n->len];
}

size_t skw_sql_names_memory(const struct skw_sql_names *n)
{
	return n->room * sizeof(*n->list);
}

void skw_sql_names_free(struct skw_sql_names *n)
{
	free(n->list);
	*n = (struct skw_sql_names){ 0 };
}
