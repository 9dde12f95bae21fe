// SPDX-License-Identifier: BSD-2-Clause
#include "asked/questions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow/keyed_hash.h"

enum { SETS = 512, WAYS = 4 }; /* SETS is a power of 2 */

/* No client waits longer for an answer. */
#define WAIT_NS 30000000000ULL

int skw_asked_questions_init(struct skw_asked_questions *q)
{
	q->places = calloc((size_t)SETS * WAYS, sizeof(*q->places));
	return q->places ? 0 : -ENOMEM;
}

void skw_asked_questions_free(struct skw_asked_questions *q)
{
	free(q->places);
	q->places = NULL;
}

static struct skw_asked_question *set_of(struct skw_asked_questions *q,
					 const struct skw_asked_question *question)
{
	uint8_t bytes[sizeof(question->tuple) + 2];
	size_t set;

	memcpy(bytes, &question->tuple, sizeof(question->tuple));
	memcpy(bytes + sizeof(question->tuple), &question->id, 2);
	set = skw_keyed_hash(q->key, bytes, sizeof(bytes)) & (SETS - 1);
	return q->places + set * WAYS;
}

static bool is_same(const struct skw_asked_question *a, const struct skw_asked_question *b)
{
	return a->used && a->id == b->id && a->type == b->type &&
	       memcmp(&a->tuple, &b->tuple, sizeof(a->tuple)) == 0 &&
	       skw_asked_wire_is(&a->name, &b->name);
}

/* Sent once more, it has its answer already. */
static bool has_answer(const struct skw_asked_question *p, uint64_t now_ns)
{
	return p->answered && now_ns >= p->ts_ns && now_ns - p->ts_ns <= WAIT_NS;
}

static bool waits(const struct skw_asked_question *p, uint64_t now_ns)
{
	return p->used && !p->answered && (now_ns < p->ts_ns || now_ns - p->ts_ns <= WAIT_NS);
}

void skw_asked_questions_add(struct skw_asked_questions *q,
			     const struct skw_asked_question *question)
{
	struct skw_asked_question *set = set_of(q, question), *best = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (is_same(&set[i], question)) {
			if (has_answer(&set[i], question->ts_ns))
				return;
			best = &set[i];
			break;
		}
		bool better = waits(best, question->ts_ns) && !waits(&set[i], question->ts_ns);
		bool same = waits(best, question->ts_ns) == waits(&set[i], question->ts_ns);

		if (better || (same && set[i].ts_ns < best->ts_ns))
			best = &set[i];
	}
	q->forgotten += waits(best, question->ts_ns) && !is_same(best, question);
	*best = *question;
	best->used = true;
	best->answered = false;
}

struct skw_asked_question *skw_asked_questions_find(struct skw_asked_questions *q,
						    const struct skw_asked_question *question)
{
	struct skw_asked_question *set = set_of(q, question);

	for (unsigned i = 0; i < WAYS; i++)
		if (is_same(&set[i], question) &&
		    (set[i].answered || waits(&set[i], question->ts_ns)))
			return &set[i];
	return NULL;
}
