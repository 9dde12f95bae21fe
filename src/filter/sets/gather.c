// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/gather.h"

#include <errno.h>
#include <stdlib.h>

#include "util/cleanup.h"
#include "util/hash.h"

static int gather_chain(struct skw_sets *s, struct skw_sets_term *first);

/* ----- lists ----- */

static bool is_alike(const struct skw_sets_term *a, const struct skw_sets_term *b)
{
	return a->head.protocol == b->head.protocol && a->head.direction == b->head.direction &&
	       a->value.family == b->value.family && a->value.bits == b->value.bits;
}

/* Finds the list for a value among those before `stop`, or begins one. */
static struct skw_sets_list *find_list(struct skw_sets *s, const struct skw_sets_list *stop,
				       const struct skw_sets_term *t)
{
	struct skw_sets_list *l = s->lists;

	while (l != stop && !is_alike(l->first, t))
		l = l->next;
	if (l != stop)
		return l;
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->first = t;
	l->next = s->lists;
	s->lists = l;
	return l;
}

/* Enters the value into its list, if that is long. */
static int enter(struct skw_sets *s, struct skw_sets_term *t)
{
	struct skw_sets_list *l = t->list;

	if (l->count < SKW_SETS_MIN) {
		t->list = NULL;
		return 0;
	}
	t->dropped = l->first != t;
	skw_buf_add(&l->keys, t->value.words, sizeof(t->value.words));
	s->values++;
	return l->keys.failed ? -ENOMEM : 0;
}

/* The terms of a section are joined alike, and a test in a set may take the place of some. */
static int gather_section(struct skw_sets *s, struct skw_sets_term *begin,
			  const struct skw_sets_term *end)
{
	const struct skw_sets_list *stop = s->lists;
	int ret = 0;

	for (struct skw_sets_term *t = begin; t != end; t = t->next) {
		if (t->kind != SKW_SETS_VALUE)
			continue;
		t->list = find_list(s, stop, t);
		if (!t->list)
			return -ENOMEM;
		t->list->count++;
	}
	for (struct skw_sets_term *t = begin; t != end && !ret; t = t->next)
		if (t->list)
			ret = enter(s, t);
	return ret;
}

/*
 * Only such terms may be passed over when a later term is moved to an earlier place: they read the
 * same bytes as that term. Another one might end the program, at a byte that the packet lacks.
 */
static bool fits_section(const struct skw_sets_term *t, const struct skw_sets_term *begin,
			 bool by_or)
{
	bool ports = t->head.type == SKW_SETS_PORTS;

	return (t->kind == SKW_SETS_VALUE || t->kind == SKW_SETS_NAME) && t->nots == !by_or &&
	       ports == (begin->head.type == SKW_SETS_PORTS);
}

/* Terms from `begin` to before `end` are joined by `or`, or all by `and`. */
static int gather_run(struct skw_sets *s, struct skw_sets_term *begin,
		      const struct skw_sets_term *end, bool by_or)
{
	int ret = 0;

	while (begin != end && !ret) {
		struct skw_sets_term *t = begin;

		while (t != end && fits_section(t, begin, by_or))
			t = t->next;
		if (t != begin)
			ret = gather_section(s, begin, t);
		else if (t->kind == SKW_SETS_GROUP)
			ret = gather_chain(s, t->first);
		begin = t == begin ? t->next : t;
	}
	return ret;
}

/*
 * Since `and` and `or` bind from the left, terms make a run if all but the chain's first are joined
 * by the same word with what is before them.
 */
static int gather_chain(struct skw_sets *s, struct skw_sets_term *first)
{
	int ret = 0;

	for (struct skw_sets_term *t = first, *end; t && !ret; t = end) {
		bool by_or = t == first ? t->next && t->next->joined_by_or : t->joined_by_or;

		for (end = t->next; end && end->joined_by_or == by_or; end = end->next)
			;
		ret = gather_run(s, t, end, by_or);
	}
	return ret;
}

/* ----- stand-ins ----- */

static void make_stand_in(struct skw_sets_value *v, const struct skw_sets_value *like,
			  uint64_t seed)
{
	*v = (struct skw_sets_value){ .family = like->family, .bits = like->bits };
	for (size_t i = 0; i < skw_sets_value_words(v); i++)
		v->words[i] = (uint32_t)skw_hash_word(seed, i) & skw_sets_value_mask(v, i);
}

/* Whether word `i` of one list and word `k` of another would look the same in both programs. */
static bool is_same(const struct skw_sets_list *a, size_t i, const struct skw_sets_list *b,
		    size_t k)
{
	for (unsigned n = 0; n < SKW_SETS_STAND_INS; n++)
		if (a->stand_ins[n].words[i] != b->stand_ins[n].words[k])
			return false;
	return true;
}

/* Whether a word of one list would look like a word of another, or of itself. */
static bool is_like_other(const struct skw_sets_list *l, const struct skw_sets_list *other)
{
	size_t words = skw_sets_value_words(l->stand_ins),
	       others = skw_sets_value_words(other->stand_ins);

	for (size_t i = 0; i < words; i++)
		for (size_t k = 0; k < (l == other ? i : others); k++)
			if (is_same(l, i, other, k))
				return true;
	return false;
}

/* A comparison with 0 might become another instruction. */
static bool is_usable(const struct skw_sets_list *l)
{
	for (size_t i = 0; i < skw_sets_value_words(l->stand_ins); i++) {
		uint32_t a = l->stand_ins[0].words[i], b = l->stand_ins[1].words[i];

		if (!a || !b || a == b)
			return false;
	}
	return true;
}

static bool is_clear(const struct skw_sets *s, const struct skw_sets_list *l)
{
	bool clear = is_usable(l) && !is_like_other(l, l);

	for (const struct skw_sets_list *o = s->lists; o != l && clear; o = o->next)
		clear = !is_like_other(l, o);
	return clear;
}

/* Returns -ENOENT if there are too many lists of networks with few bits. */
static int choose_stand_ins(const struct skw_sets *s, struct skw_sets_list *l, uint64_t number)
{
	for (uint64_t seed = number << 16, end = seed + 1000; seed < end; seed++) {
		for (unsigned n = 0; n < SKW_SETS_STAND_INS; n++)
			make_stand_in(&l->stand_ins[n], &l->first->value,
				      seed * SKW_SETS_STAND_INS + n + 1);
		if (is_clear(s, l))
			return 0;
	}
	return -ENOENT;
}

/* Takes lists away that were too short. */
static void drop_short(struct skw_sets *s)
{
	for (struct skw_sets_list **place = &s->lists; *place;) {
		struct skw_sets_list *l = *place;

		if (l->count >= SKW_SETS_MIN) {
			place = &l->next;
			continue;
		}
		*place = l->next;
		free(l);
	}
}

int skw_sets_gather(const char *expr, struct skw_sets *out)
{
	SKW_CLEANUP(skw_sets_free) struct skw_sets s = { .lists = NULL };
	uint64_t number = 0;
	int ret = skw_sets_expression_read(expr, &s.expression);

	if (ret)
		return ret == -EINVAL ? -ENOENT : ret;
	ret = gather_chain(&s, s.expression.first);
	if (!ret)
		drop_short(&s);
	if (!ret && !s.lists)
		ret = -ENOENT;
	for (struct skw_sets_list *l = s.lists; l && !ret; l = l->next)
		ret = choose_stand_ins(&s, l, number++);
	if (ret)
		return ret;
	*out = s;
	s = (struct skw_sets){ .lists = NULL };
	return 0;
}

void skw_sets_free(struct skw_sets *s)
{
	while (s->lists) {
		struct skw_sets_list *l = s->lists;

		s->lists = l->next;
		skw_buf_free(&l->keys);
		free(l);
	}
	free(s->expression.terms);
	s->expression.terms = NULL;
}

/* ----- text ----- */

static void write_chain(const struct skw_sets_term *t, unsigned which, struct skw_buf *out);

static void write_term(const struct skw_sets_term *t, unsigned which, struct skw_buf *out)
{
	for (unsigned i = 0; i < t->nots; i++)
		skw_buf_add_str(out, "not ");
	if (t->kind == SKW_SETS_GROUP) {
		skw_buf_add_char(out, '(');
		write_chain(t->first, which, out);
		skw_buf_add_char(out, ')');
		return;
	}
	if (t->kind != SKW_SETS_OPAQUE) {
		skw_buf_add(out, t->head.text, t->head.len);
		skw_buf_add_char(out, ' ');
	}
	if (t->list && which < SKW_SETS_STAND_INS)
		skw_sets_value_write(&t->list->stand_ins[which], out);
	else
		skw_buf_add(out, t->text, t->len);
}

static void write_chain(const struct skw_sets_term *t, unsigned which, struct skw_buf *out)
{
	const struct skw_sets_term *first = t;

	for (; t; t = t->next) {
		if (t->dropped)
			continue;
		if (t != first)
			skw_buf_add_str(out, t->joined_by_or ? " or " : " and ");
		write_term(t, which, out);
	}
}

void skw_sets_write(const struct skw_sets *s, unsigned which, struct skw_buf *out)
{
	write_chain(s->expression.first, which, out);
	skw_buf_add_char(out, '\0');
}
