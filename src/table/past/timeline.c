// SPDX-License-Identifier: BSD-2-Clause
#include "table/past/timeline.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LOG_LIMIT      16384
#define FOLLOWED_LIMIT 1024
#define FIRST_SIZE     64

struct skw_timeline_entry {
	uint64_t cookie;
	struct skw_happening what;
};

void skw_timeline_init(struct skw_timeline *t)
{
	*t = (struct skw_timeline){ .log.limit = LOG_LIMIT, .followed.limit = FOLLOWED_LIMIT };
}

static int ring_copy(struct skw_timeline_ring *r, const struct skw_timeline_ring *from)
{
	struct skw_timeline_entry *all = NULL;

	if (from->size) {
		all = malloc(from->size * sizeof(*all));
		if (!all)
			return -ENOMEM;
		memcpy(all, from->all, from->size * sizeof(*all));
	}
	*r = *from;
	r->all = all;
	return 0;
}

int skw_timeline_copy(struct skw_timeline *t, const struct skw_timeline *from)
{
	skw_timeline_init(t);
	t->cookie = from->cookie;

	int ret = ring_copy(&t->log, &from->log);

	return ret ? ret : ring_copy(&t->followed, &from->followed);
}

void skw_timeline_free(struct skw_timeline *t)
{
	free(t->log.all);
	free(t->followed.all);
	skw_timeline_init(t);
}

static int ring_add(struct skw_timeline_ring *r, const struct skw_timeline_entry *entry)
{
	if (r->at == r->size && r->size < r->limit) {
		size_t size = r->size ? r->size * 2 : FIRST_SIZE;
		struct skw_timeline_entry *all = reallocarray(r->all, size, sizeof(*all));

		if (!all)
			return -ENOMEM;
		r->all = all;
		r->size = size;
	}
	if (r->at == r->size)
		r->at = 0;
	r->all[r->at++] = *entry;
	if (r->len < r->size)
		r->len++;
	return 0;
}

/* The newest one is 0, the one before it is 1. */
static const struct skw_timeline_entry *ring_at(const struct skw_timeline_ring *r, size_t i)
{
	return &r->all[(r->at + r->size - 1 - i) % r->size];
}

static size_t ring_read(const struct skw_timeline_ring *r, uint64_t cookie,
			struct skw_happening *out, size_t max)
{
	size_t found = 0;

	for (size_t i = 0; i < r->len && found < max; i++) {
		if (ring_at(r, i)->cookie == cookie)
			out[found++] = ring_at(r, i)->what;
	}
	for (size_t i = 0; i < found / 2; i++) {
		struct skw_happening later = out[i];

		out[i] = out[found - 1 - i];
		out[found - 1 - i] = later;
	}
	return found;
}

int skw_timeline_add(struct skw_timeline *t, uint64_t cookie, const struct skw_happening *what)
{
	struct skw_timeline_entry entry = { .cookie = cookie, .what = *what };
	int ret = ring_add(&t->log, &entry);

	if (!ret && t->cookie && cookie == t->cookie)
		ret = ring_add(&t->followed, &entry);
	return ret;
}

int skw_timeline_follow(struct skw_timeline *t, uint64_t cookie)
{
	int ret = 0;

	if (t->cookie == cookie)
		return 0;
	t->cookie = cookie;
	t->followed.len = t->followed.at = 0;
	for (size_t i = t->log.len; cookie && !ret && i--;) {
		if (ring_at(&t->log, i)->cookie == cookie)
			ret = ring_add(&t->followed, ring_at(&t->log, i));
	}
	return ret;
}

size_t skw_timeline_read(const struct skw_timeline *t, uint64_t cookie, struct skw_happening *out,
			 size_t max)
{
	bool followed = t->cookie && cookie == t->cookie;

	return ring_read(followed ? &t->followed : &t->log, cookie, out, max);
}
