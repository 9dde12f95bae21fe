// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/classic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"

static size_t key_bytes(const struct skw_cbpf_set *s)
{
	return (size_t)s->count * s->words * sizeof(*s->keys);
}

void skw_classic_free(struct skw_cbpf *p)
{
	for (size_t i = 0; i < p->sets_len; i++)
		free(p->sets[i].keys);
	free(p->sets);
	free(p->insns);
	*p = (struct skw_cbpf){ .insns = NULL };
}

static int copy_set(const void *keys, uint32_t words, uint32_t count, struct skw_cbpf_set *out)
{
	struct skw_cbpf_set s = { words, count, calloc(count, words * sizeof(*s.keys)) };

	if (!s.keys)
		return -ENOMEM;
	memcpy(s.keys, keys, key_bytes(&s));
	*out = s;
	return 0;
}

/* Makes the place for a program. */
static int allocate(struct skw_cbpf *p, size_t len, size_t sets)
{
	p->insns = calloc(len, sizeof(*p->insns));
	if (sets)
		p->sets = calloc(sets, sizeof(*p->sets));
	p->len = len;
	return !p->insns || (sets && !p->sets) ? -ENOMEM : 0;
}

int skw_classic_copy(const struct skw_cbpf *p, struct skw_cbpf *out)
{
	SKW_CLEANUP(skw_classic_free) struct skw_cbpf copy = { .insns = NULL };
	int ret = allocate(&copy, p->len, p->sets_len);

	if (ret)
		return ret;
	memcpy(copy.insns, p->insns, p->len * sizeof(*p->insns));
	for (; copy.sets_len < p->sets_len && !ret; copy.sets_len += !ret) {
		const struct skw_cbpf_set *s = &p->sets[copy.sets_len];

		ret = copy_set(s->keys, s->words, s->count, &copy.sets[copy.sets_len]);
	}
	if (ret)
		return ret;
	*out = copy;
	copy = (struct skw_cbpf){ .insns = NULL };
	return 0;
}

/* ----- bytes ----- */

/* A program as bytes is this, its instructions, and each set with its head. */
struct packed_head {
	size_t len, sets;
};

struct set_head {
	uint32_t words, count;
};

void skw_classic_pack(const struct skw_cbpf *p, struct skw_buf *out)
{
	const struct packed_head head = { p->len, p->sets_len };

	skw_buf_add(out, &head, sizeof(head));
	skw_buf_add(out, p->insns, p->len * sizeof(*p->insns));
	for (size_t i = 0; i < p->sets_len; i++) {
		const struct skw_cbpf_set *s = &p->sets[i];
		const struct set_head set_head = { s->words, s->count };

		skw_buf_add(out, &set_head, sizeof(set_head));
		skw_buf_add(out, s->keys, key_bytes(s));
	}
}

/* Returns the size of the set in the bytes, or -errno. */
static ssize_t unpack_set(const uint8_t *bytes, size_t len, struct skw_cbpf_set *out)
{
	struct set_head h;

	if (len < sizeof(h))
		return -EINVAL;
	memcpy(&h, bytes, sizeof(h));
	if (!h.count || !h.words || h.words > SKW_CBPF_SET_WORDS ||
	    h.count > (len - sizeof(h)) / sizeof(uint32_t) / h.words)
		return -EINVAL;
	int ret = copy_set(bytes + sizeof(h), h.words, h.count, out);

	return ret ? ret : (ssize_t)(sizeof(h) + key_bytes(out));
}

/* Whether tests in sets ask for sets that there are. */
static bool asks_own_sets(const struct skw_cbpf *p)
{
	for (size_t i = 0; i < p->len; i++)
		if (p->insns[i].code == SKW_CBPF_IN && p->insns[i].k >= p->sets_len)
			return false;
	return true;
}

ssize_t skw_classic_unpack(const uint8_t *bytes, size_t len, struct skw_cbpf *out)
{
	SKW_CLEANUP(skw_classic_free) struct skw_cbpf p = { .insns = NULL };
	struct packed_head h;
	size_t at = sizeof(h);

	if (len < sizeof(h))
		return -EINVAL;
	memcpy(&h, bytes, sizeof(h));
	if (!h.len || h.len > (len - at) / sizeof(*p.insns) ||
	    h.sets > len / sizeof(struct set_head))
		return -EINVAL;
	int ret = allocate(&p, h.len, h.sets);
	if (ret)
		return ret;
	memcpy(p.insns, bytes + at, h.len * sizeof(*p.insns));
	at += h.len * sizeof(*p.insns);
	while (p.sets_len < h.sets) {
		ssize_t n = unpack_set(bytes + at, len - at, &p.sets[p.sets_len]);

		if (n < 0)
			return n;
		p.sets_len++;
		at += (size_t)n;
	}
	if (!asks_own_sets(&p))
		return -EINVAL;
	*out = p;
	p = (struct skw_cbpf){ .insns = NULL };
	return (ssize_t)at;
}
