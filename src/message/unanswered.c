// SPDX-License-Identifier: BSD-2-Clause
#include "message/unanswered.h"

#include <errno.h>
#include <stdlib.h>

#define EXTRA_BYTES 16
/* Of fewer, a search through all is as fast, and idle connections need no buckets. */
#define FEW     8
#define BUCKETS 256

/* Numbers are often counters, but in the byte order of another machine. */
static struct skw_unanswered_entry **bucket_of(const struct skw_unanswered *w, uint64_t id)
{
	return &w->buckets[id * 0x9e3779b97f4a7c15ULL >> 56];
}

static void bucket_add(struct skw_unanswered *w, struct skw_unanswered_entry *e)
{
	struct skw_unanswered_entry **bucket = bucket_of(w, e->part.id);

	e->same = *bucket;
	*bucket = e;
}

static void bucket_remove(struct skw_unanswered *w, const struct skw_unanswered_entry *e)
{
	struct skw_unanswered_entry **at = bucket_of(w, e->part.id);

	while (*at != e)
		at = &(*at)->same;
	*at = e->same;
}

struct skw_unanswered_entry *skw_unanswered_find(const struct skw_unanswered *w, uint64_t id)
{
	struct skw_unanswered_entry *e;

	if (id == SKW_TALK_OLDEST)
		return w->first;
	if (!w->buckets) {
		for (e = w->first; e && e->part.id != id;)
			e = e->next;
		return e;
	}
	for (e = *bucket_of(w, id); e && e->part.id != id;)
		e = e->same;
	return e;
}

/* There are many from now on, until none waits. */
static int make_buckets(struct skw_unanswered *w)
{
	w->buckets = calloc(BUCKETS, sizeof(*w->buckets));
	if (!w->buckets)
		return -ENOMEM;
	for (struct skw_unanswered_entry *e = w->first; e; e = e->next)
		bucket_add(w, e);
	return 0;
}

int skw_unanswered_add(struct skw_unanswered *w, const struct skw_talk_part *request)
{
	struct skw_unanswered_entry *e = malloc(sizeof(*e));

	if (!e)
		return -ENOMEM;
	*e = (struct skw_unanswered_entry){ .prev = w->last, .part = *request };
	*(w->last ? &w->last->next : &w->first) = e;
	w->last = e;
	w->len++;
	if (w->buckets)
		bucket_add(w, e);
	else if (w->len > FEW)
		return make_buckets(w);
	return 0;
}

void skw_unanswered_drop(struct skw_unanswered *w, struct skw_unanswered_entry *e)
{
	if (w->buckets)
		bucket_remove(w, e);
	*(e->prev ? &e->prev->next : &w->first) = e->next;
	*(e->next ? &e->next->prev : &w->last) = e->prev;
	free(e);
	w->len--;
	if (!w->len) {
		free(w->buckets);
		w->buckets = NULL;
	}
}

size_t skw_unanswered_memory(const struct skw_unanswered *w)
{
	return w->len * (sizeof(struct skw_unanswered_entry) + EXTRA_BYTES) +
	       (w->buckets ? BUCKETS * sizeof(*w->buckets) + EXTRA_BYTES : 0);
}

void skw_unanswered_free(struct skw_unanswered *w)
{
	while (w->first)
		skw_unanswered_drop(w, w->first);
}
