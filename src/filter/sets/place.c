// SPDX-License-Identifier: BSD-2-Clause
#include "filter/sets/place.h"

#include <errno.h>
#include <linux/bpf_common.h>
#include <stdlib.h>
#include <string.h>

#include "filter/sets/classic.h"
#include "filter/sets/keys.h"
#include "util/cleanup.h"

#define JUMP_EQUAL (BPF_JMP | BPF_JEQ | BPF_K)

/* The word of a stand-in that an instruction compares with; `list` is NULL if there is none. */
struct stand_in {
	struct skw_sets_list *list;
	size_t word;
};

/* ----- where the stand-ins are ----- */

static bool find_mark(const struct skw_sets *s, const struct skw_cbpf_insn *a,
		      const struct skw_cbpf_insn *b, struct stand_in *out)
{
	for (struct skw_sets_list *l = s->lists; l; l = l->next) {
		const struct skw_sets_value *v = l->stand_ins;

		for (size_t i = 0; i < skw_sets_value_words(v); i++) {
			if (v[0].words[i] == a->k && v[1].words[i] == b->k) {
				*out = (struct stand_in){ l, i };
				return true;
			}
		}
	}
	return false;
}

static int find_marks(const struct skw_sets *s,
		      const struct skw_cbpf *const programs[SKW_SETS_STAND_INS],
		      struct stand_in *marks)
{
	const struct skw_cbpf *a = programs[0], *b = programs[1];

	if (a->len != b->len)
		return -ENOENT;
	for (size_t i = 0; i < a->len; i++) {
		const struct skw_cbpf_insn *x = &a->insns[i], *y = &b->insns[i];

		if (x->code != y->code || x->jt != y->jt || x->jf != y->jf)
			return -ENOENT;
		if (x->k != y->k && (x->code != JUMP_EQUAL || !find_mark(s, x, y, &marks[i])))
			return -ENOENT;
	}
	return 0;
}

/* ----- the order in which words are compared ----- */

/* The ways into an instruction: their number, and the jump that is the last of them. */
struct way_in {
	size_t ways;
	size_t from;
};

static void find_entries(const struct skw_cbpf *p, struct way_in *entries)
{
	for (size_t i = 0; i + 1 < p->len; i++) {
		const struct skw_cbpf_insn *in = &p->insns[i];
		size_t next[2] = { i + 1 + in->jt, i + 1 + in->jf };
		bool jumps = BPF_CLASS(in->code) == BPF_JMP;

		if (BPF_CLASS(in->code) == BPF_RET)
			continue;
		if (!jumps || BPF_OP(in->code) == BPF_JA)
			next[0] = jumps ? (uint32_t)(i + 1 + in->k) : i + 1;
		for (int n = 0; n < (jumps && BPF_OP(in->code) != BPF_JA ? 2 : 1); n++)
			if (next[n] < p->len)
				entries[next[n]] = (struct way_in){ entries[next[n]].ways + 1, i };
	}
}

/*
 * Whether the instruction is only reached if the word before its own was found: this jump leads to
 * the instructions that load the word, and nothing else does.
 */
static bool follows(const struct skw_cbpf *p, const struct stand_in *marks,
		    const struct way_in *entries, size_t at)
{
	size_t i = at;

	while (entries[i].ways == 1 && BPF_CLASS(p->insns[entries[i].from].code) != BPF_JMP)
		i = entries[i].from;
	if (entries[i].ways != 1)
		return false;
	size_t from = entries[i].from;
	const struct skw_cbpf_insn *in = &p->insns[from];

	return marks[from].list == marks[at].list && marks[from].word + 1 == marks[at].word &&
	       in->jt != in->jf && from + 1 + in->jt == i;
}

static int check_order(const struct skw_cbpf *p, const struct stand_in *marks)
{
	SKW_AUTO_FREE struct way_in *entries = calloc(p->len, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	find_entries(p, entries);
	for (size_t i = 0; i < p->len; i++)
		if (marks[i].list && marks[i].word && !follows(p, marks, entries, i))
			return -ENOENT;
	return 0;
}

/* ----- the sets ----- */

/*
 * Makes an instruction test in the set of its list and word, which is added to the program's sets
 * if it is not there yet. A word that all values have in common is compared as ever.
 */
static int place_one(struct skw_cbpf *p, struct skw_cbpf_insn *in, const struct stand_in *m,
		     uint32_t *index)
{
	const uint32_t *keys = (const uint32_t *)m->list->keys.data;
	size_t common = skw_sets_keys_common(keys, m->list->count);

	if (m->word < common) {
		in->k = keys[m->word];
		return 0;
	}
	if (!*index) {
		int ret = skw_sets_keys_cut(keys, m->list->count, common, m->word,
					    &p->sets[p->sets_len]);
		if (ret)
			return ret;
		*index = (uint32_t)++p->sets_len;
	}
	in->code = SKW_CBPF_IN;
	in->k = *index - 1;
	return 0;
}

static size_t number_lists(struct skw_sets *s)
{
	size_t n = 0;

	for (struct skw_sets_list *l = s->lists; l; l = l->next) {
		l->count = skw_sets_keys_order((uint32_t *)l->keys.data, l->count);
		l->number = n++;
	}
	return n;
}

static int place_all(struct skw_sets *s, const struct stand_in *marks, struct skw_cbpf *p)
{
	size_t places = number_lists(s) * SKW_SETS_WORDS;
	int ret = 0;

	if (!places)
		return 0;
	SKW_AUTO_FREE uint32_t *indexes = calloc(places, sizeof(*indexes));
	p->sets = calloc(places, sizeof(*p->sets));
	if (!indexes || !p->sets)
		return -ENOMEM;
	for (size_t i = 0; i < p->len && !ret; i++)
		if (marks[i].list)
			ret = place_one(
				p, &p->insns[i], &marks[i],
				&indexes[marks[i].list->number * SKW_SETS_WORDS + marks[i].word]);
	return ret;
}

int skw_sets_place(struct skw_sets *s, const struct skw_cbpf *const programs[SKW_SETS_STAND_INS],
		   struct skw_cbpf *out)
{
	SKW_AUTO_FREE struct stand_in *marks = calloc(programs[0]->len, sizeof(*marks));
	SKW_CLEANUP(skw_classic_free) struct skw_cbpf p = { .len = programs[0]->len };
	int ret = marks ? find_marks(s, programs, marks) : -ENOMEM;

	if (!ret)
		ret = check_order(programs[0], marks);
	if (ret)
		return ret;
	p.insns = calloc(p.len, sizeof(*p.insns));
	if (!p.insns)
		return -ENOMEM;
	memcpy(p.insns, programs[0]->insns, p.len * sizeof(*p.insns));
	ret = place_all(s, marks, &p);
	if (ret)
		return ret;
	*out = p;
	p = (struct skw_cbpf){ .insns = NULL };
	return 0;
}

/* ----- what the optimizer would infer ----- */

/* The place in the packet that is compared. */
struct compared {
	bool known;
	uint16_t load; /* the instruction that reads it */
	uint32_t at, mask;
	/* The sizes (BPF_W, BPF_H, BPF_B) that are read in these instructions, a bit for each. */
	unsigned sizes;
};

static bool is_of_packet(uint16_t code)
{
	return BPF_CLASS(code) == BPF_LD &&
	       (BPF_MODE(code) == BPF_ABS || BPF_MODE(code) == BPF_IND);
}

static unsigned size_bit(uint16_t code)
{
	return 1U << (BPF_SIZE(code) >> 3);
}

/*
 * Code that was not optimized loads again before each comparison. It is known what is loaded if the
 * address is a constant, or begins behind an IPv4 header.
 */
static struct compared place_of(const struct skw_cbpf *p, size_t jump)
{
	const struct skw_cbpf_insn *in = p->insns;
	struct compared place = { .mask = UINT32_MAX };
	size_t i = jump;

	for (size_t k = jump; k-- && BPF_CLASS(in[k].code) != BPF_JMP;)
		if (is_of_packet(in[k].code))
			place.sizes |= size_bit(in[k].code);
	if (i && in[i - 1].code == (BPF_ALU | BPF_AND | BPF_K))
		place.mask = in[--i].k;
	if (!i || !is_of_packet(in[i - 1].code))
		return place;
	i--;
	place.load = in[i].code;
	place.at = in[i].k;
	place.known = BPF_MODE(place.load) == BPF_ABS ||
		      (i && in[i - 1].code == (BPF_LDX | BPF_MSH | BPF_B));
	return place;
}

static bool may_be_same(const struct compared *a, const struct compared *b)
{
	if (a->known && b->known)
		return a->load == b->load && a->at == b->at && a->mask == b->mask;
	return a->sizes & b->sizes || !a->sizes || !b->sizes;
}

/* Whether something else than the marked comparison asks for the same bytes. */
static bool is_disputed(const struct skw_cbpf *p, const struct stand_in *marks, size_t at)
{
	struct compared place = place_of(p, at);

	if (!place.known)
		return true;
	for (size_t i = 0; i < p->len; i++) {
		bool same = marks[i].list == marks[at].list && marks[i].word == marks[at].word;
		struct compared other = place_of(p, i);

		if (BPF_CLASS(p->insns[i].code) == BPF_JMP && BPF_OP(p->insns[i].code) == BPF_JEQ &&
		    !same && may_be_same(&place, &other))
			return true;
	}
	return false;
}

bool skw_sets_may_optimize(const struct skw_sets *s,
			   const struct skw_cbpf *const programs[SKW_SETS_STAND_INS])
{
	SKW_AUTO_FREE struct stand_in *marks = calloc(programs[0]->len, sizeof(*marks));

	if (!marks || find_marks(s, programs, marks))
		return false;
	for (size_t i = 0; i < programs[0]->len; i++)
		if (marks[i].list && is_disputed(programs[0], marks, i))
			return false;
	return true;
}
