// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEY_BYTES (SKW_SETS_WORDS * sizeof(uint32_t))

static int compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	for (size_t i = 0; i < SKW_SETS_WORDS; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

size_t skw_sets_keys_order(uint32_t *keys, size_t count)
{
	size_t n = 0;

	qsort(keys, count, KEY_BYTES, compare);
	for (size_t i = 0; i < count; i++) {
		const uint32_t *key = keys + i * SKW_SETS_WORDS;

		if (!n || compare(keys + (n - 1) * SKW_SETS_WORDS, key) != 0)
			memmove(keys + n++ * SKW_SETS_WORDS, key, KEY_BYTES);
	}
	return n;
}

size_t skw_sets_keys_common(const uint32_t *keys, size_t count)
{
	/* As the keys are in order, the others lie between the first and the last. */
	const uint32_t *last = keys + (count - 1) * SKW_SETS_WORDS;
	size_t n = 0;

	while (n < SKW_SETS_WORDS && keys[n] == last[n])
		n++;
	return n;
}

static uint32_t *key_at(const struct skw_cbpf_set *s, uint32_t i)
{
	return s->keys + (size_t)i * s->words;
}

int skw_sets_keys_cut(const uint32_t *keys, size_t count, size_t from, size_t to,
		      struct skw_cbpf_set *out)
{
	uint32_t words = (uint32_t)(to - from + 1);
	struct skw_cbpf_set s = { .words = words, .keys = calloc(count * words, sizeof(*keys)) };

	if (!s.keys)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const uint32_t *key = keys + i * SKW_SETS_WORDS + from;
		const uint32_t *last = s.count ? key_at(&s, s.count - 1) : NULL;

		if (!last || memcmp(last, key, words * sizeof(*key)) != 0)
			memcpy(key_at(&s, s.count++), key, words * sizeof(*key));
	}
	*out = s;
	return 0;
}
