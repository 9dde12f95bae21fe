// SPDX-License-Identifier: BSD-2-Clause
#include "metrics/tallies.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/hash.h"

#define FIRST_BUCKETS 1024
#define NOWHERE       UINT32_MAX

int skw_tallies_init(struct skw_tallies *t)
{
	*t = (struct skw_tallies){ .buckets_len = FIRST_BUCKETS };
	t->buckets = calloc(t->buckets_len, sizeof(*t->buckets));
	return t->buckets ? 0 : -ENOMEM;
}

void skw_tallies_free(struct skw_tallies *t)
{
	for (size_t i = 0; i < t->chunks_len; i++)
		free(t->chunks[i]);
	for (size_t i = 0; i < t->samples_chunks; i++)
		free(t->samples[i]);
	free(t->chunks);
	free(t->samples);
	free(t->buckets);
	*t = (struct skw_tallies){ 0 };
}

static size_t home(const struct skw_tallies *t, uint64_t cookie)
{
	return skw_hash_word(0, cookie) >> 32 & (t->buckets_len - 1);
}

/* The bucket of a cookie, or the free one where it belongs. */
static size_t bucket_of(const struct skw_tallies *t, uint64_t cookie)
{
	size_t at = home(t, cookie);

	while (t->buckets[at] && skw_tallies_at(t, t->buckets[at] - 1)->cookie != cookie)
		at = (at + 1) & (t->buckets_len - 1);
	return at;
}

uint32_t skw_tallies_find(const struct skw_tallies *t, uint64_t cookie, uint32_t guess)
{
	if (guess < t->end) {
		const struct skw_tally *tally = skw_tallies_at(t, guess);

		if (tally->cookie == cookie && tally->kind != SKW_TALLY_FREE)
			return guess;
	}
	uint32_t found = t->buckets[bucket_of(t, cookie)];

	return found ? found - 1 : NOWHERE;
}

static int grow_buckets(struct skw_tallies *t)
{
	uint32_t *before = t->buckets, *buckets = calloc(t->buckets_len * 2, sizeof(*buckets));
	size_t len = t->buckets_len;

	if (!buckets)
		return -ENOMEM;
	t->buckets = buckets;
	t->buckets_len = len * 2;
	for (size_t i = 0; i < len; i++)
		if (before[i])
			buckets[bucket_of(t, skw_tallies_at(t, before[i] - 1)->cookie)] = before[i];
	free(before);
	return 0;
}

/* Makes room behind the last place of an array of chunks. The new chunk, or NULL: no memory. */
static void *add_chunk(void *array, size_t len, size_t item, void **out)
{
	void **chunks = reallocarray(array, len + 1, sizeof(*chunks));

	if (!chunks)
		return NULL;
	*out = chunks;
	chunks[len] = calloc(SKW_TALLIES_CHUNK, item);
	return chunks[len];
}

static int take_place(struct skw_tallies *t, uint32_t *place)
{
	void *chunks = t->chunks;

	if (t->free) {
		*place = t->free - 1;
		t->free = skw_tallies_at(t, *place)->set;
		return 0;
	}
	if (t->end == t->chunks_len * SKW_TALLIES_CHUNK) {
		void *chunk = add_chunk(t->chunks, t->chunks_len, sizeof(**t->chunks), &chunks);

		t->chunks = chunks;
		if (!chunk)
			return -ENOMEM;
		t->chunks_len++;
	}
	*place = t->end++;
	return 0;
}

int skw_tallies_add(struct skw_tallies *t, uint64_t cookie, uint32_t *place)
{
	if ((t->len + 1) * 4ULL > t->buckets_len * 3ULL && grow_buckets(t))
		return -ENOMEM;
	if (take_place(t, place))
		return -ENOMEM;
	t->buckets[bucket_of(t, cookie)] = *place + 1;
	*skw_tallies_at(t, *place) =
		(struct skw_tally){ .cookie = cookie, .samples = SKW_TALLY_NO_SAMPLES };
	t->len++;
	return 0;
}

/* Moves back what stands behind a bucket that became free only because of it. */
static void close_gap(struct skw_tallies *t, size_t gap)
{
	size_t mask = t->buckets_len - 1, at = gap;

	for (;;) {
		at = (at + 1) & mask;
		if (!t->buckets[at])
			break;
		size_t wanted = home(t, skw_tallies_at(t, t->buckets[at] - 1)->cookie);

		if (((at - wanted) & mask) < ((at - gap) & mask))
			continue;
		t->buckets[gap] = t->buckets[at];
		gap = at;
	}
	t->buckets[gap] = 0;
}

void skw_tallies_remove(struct skw_tallies *t, uint32_t place)
{
	struct skw_tally *tally = skw_tallies_at(t, place);

	close_gap(t, bucket_of(t, tally->cookie));
	if (tally->samples != SKW_TALLY_NO_SAMPLES) {
		skw_tallies_samples_at(t, tally->samples)->counts[0] = t->samples_free;
		t->samples_free = tally->samples + 1;
	}
	*tally = (struct skw_tally){ .set = t->free, .kind = SKW_TALLY_FREE };
	t->free = place + 1;
	t->len--;
}

struct skw_tally_samples *skw_tallies_samples(struct skw_tallies *t, struct skw_tally *tally)
{
	void *chunks = t->samples;

	if (tally->samples != SKW_TALLY_NO_SAMPLES)
		return skw_tallies_samples_at(t, tally->samples);
	if (t->samples_free) {
		tally->samples = t->samples_free - 1;
		t->samples_free = skw_tallies_samples_at(t, tally->samples)->counts[0];
	} else {
		if (t->samples_end == t->samples_chunks * SKW_TALLIES_CHUNK) {
			void *chunk = add_chunk(t->samples, t->samples_chunks, sizeof(**t->samples),
						&chunks);

			t->samples = chunks;
			if (!chunk)
				return NULL;
			t->samples_chunks++;
		}
		tally->samples = t->samples_end++;
	}
	struct skw_tally_samples *samples = skw_tallies_samples_at(t, tally->samples);

	memset(samples, 0, sizeof(*samples));
	return samples;
}
