// SPDX-License-Identifier: BSD-2-Clause
#include "table/holders.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"

#define FIRST 64U
/*
 * For so large an array malloc() takes pages from the kernel, which get memory when they are
 * written to, and go back at the end. A small one would grow in the heap, among the rows.
 */
#define FIRST_HOLDINGS 16384U

struct skw_holding {
	uint32_t inode;
	uint32_t proc; /* index in procs */
	uint32_t next; /* index + 1 of the next in its chain; 0: none */
};

void skw_holders_free(struct skw_holders *h)
{
	free(h->procs);
	free(h->all);
	free(h->buckets);
	free(h->found);
	*h = (struct skw_holders){ 0 };
}

/* The array with room for one more element. NULL: no memory, and the array stays as it is. */
static void *make_room(void *array, size_t len, size_t *size, size_t item, size_t first)
{
	size_t want = *size ? *size * 2 : first;

	if (len < *size)
		return array;
	array = reallocarray(array, want, item);
	if (array)
		*size = want;
	return array;
}

int skw_holders_add(struct skw_holders *h, uint32_t inode, const struct skw_owner *proc)
{
	struct skw_owner *procs =
		make_room(h->procs, h->procs_len, &h->procs_size, sizeof(*h->procs), FIRST);

	if (!procs)
		return -ENOMEM;
	h->procs = procs;

	struct skw_holding *all =
		make_room(h->all, h->len, &h->size, sizeof(*h->all), FIRST_HOLDINGS);

	if (!all)
		return -ENOMEM;
	h->all = all;

	/* All sockets of a process come one after the other. */
	const struct skw_owner *last = h->procs_len ? &procs[h->procs_len - 1] : NULL;

	if (!last || last->pid != proc->pid || strcmp(last->comm, proc->comm) != 0)
		h->procs[h->procs_len++] = *proc;
	h->all[h->len++] =
		(struct skw_holding){ .inode = inode, .proc = (uint32_t)h->procs_len - 1 };
	return 0;
}

static uint32_t *bucket_of(const struct skw_holders *h, uint32_t inode)
{
	return &h->buckets[skw_hash_word(0, inode) >> 32 & (h->buckets_len - 1)];
}

static int make_index(struct skw_holders *h)
{
	size_t len = 64;

	while (len < h->len)
		len *= 2;
	h->buckets = calloc(len, sizeof(*h->buckets));
	if (!h->buckets)
		return -ENOMEM;
	h->buckets_len = len;
	for (size_t i = 0; i < h->len; i++) {
		uint32_t *bucket = bucket_of(h, h->all[i].inode);

		h->all[i].next = *bucket;
		*bucket = (uint32_t)i + 1;
	}
	return 0;
}

static int by_pid(const void *a, const void *b)
{
	const struct skw_owner *x = a, *y = b;

	return (x->pid > y->pid) - (x->pid < y->pid);
}

int skw_holders_of(struct skw_holders *h, uint32_t inode, const struct skw_owner **out)
{
	size_t len = 0, unique = 0;

	if (!h->buckets && make_index(h))
		return -ENOMEM;
	for (uint32_t at = *bucket_of(h, inode); at; at = h->all[at - 1].next) {
		if (h->all[at - 1].inode != inode)
			continue;
		struct skw_owner *found =
			make_room(h->found, len, &h->found_size, sizeof(*h->found), FIRST);

		if (!found)
			return -ENOMEM;
		h->found = found;
		h->found[len++] = h->procs[h->all[at - 1].proc];
	}
	/* A process comes twice if it holds the socket twice. */
	if (len > 1)
		qsort(h->found, len, sizeof(*h->found), by_pid);
	for (size_t i = 0; i < len; i++) {
		if (!unique || h->found[i].pid != h->found[unique - 1].pid)
			h->found[unique++] = h->found[i];
	}
	*out = h->found;
	return (int)unique;
}
