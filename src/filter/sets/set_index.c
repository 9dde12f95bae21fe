// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/set_index.h"

#include <errno.h>
#include <stdlib.h>

#include "util/cleanup.h"
#include "util/hash.h"

static size_t hash(const struct skw_cbpf_set *s, const uint32_t *key)
{
	uint64_t h = 0;

	for (uint32_t i = 0; i < s->words; i++)
		h = skw_hash_word(h, key[i]);
	return (size_t)(h ^ h >> 32);
}

static const uint32_t *key_of(const struct skw_cbpf_set *s, size_t i)
{
	return s->keys + i * s->words;
}

static bool is_equal(const struct skw_cbpf_set *s, const uint32_t *a, const uint32_t *b)
{
	for (uint32_t i = 0; i < s->words; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static int make_one(const struct skw_cbpf_set *s, struct skw_set_index *out)
{
	size_t size = 4;

	/* Most slots are free, so that the search for a key that is not there ends at the first. */
	while (size < 4 * (size_t)s->count)
		size *= 2;
	*out = (struct skw_set_index){ .set = s, .mask = size - 1 };
	out->slots = calloc(size, sizeof(*out->slots));
	if (!out->slots)
		return -ENOMEM;
	for (uint32_t i = 0; i < s->count; i++) {
		size_t at = hash(s, key_of(s, i)) & out->mask;

		while (out->slots[at])
			at = (at + 1) & out->mask;
		out->slots[at] = i + 1;
	}
	return 0;
}

int skw_set_index_make(const struct skw_cbpf *p, struct skw_set_index **out)
{
	struct skw_set_index *indexes = NULL;
	int ret = 0;

	if (p->sets_len) {
		indexes = calloc(p->sets_len, sizeof(*indexes));
		ret = indexes ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < p->sets_len && !ret; i++)
		ret = make_one(&p->sets[i], &indexes[i]);
	if (ret)
		skw_set_index_free(indexes, p->sets_len);
	else
		*out = indexes;
	return ret;
}

void skw_set_index_free(struct skw_set_index *indexes, size_t sets_len)
{
	for (size_t i = 0; indexes && i < sets_len; i++)
		free(indexes[i].slots);
	free(indexes);
}

bool skw_set_index_has(const struct skw_set_index *index, const uint32_t *key)
{
	const struct skw_cbpf_set *s = index->set;

	for (size_t at = hash(s, key) & index->mask; index->slots[at]; at = (at + 1) & index->mask)
		if (is_equal(s, key_of(s, index->slots[at] - 1), key))
			return true;
	return false;
}
