/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions of DNS that wait for their answer. Internal to this room. */
#ifndef SKW_ASKED_QUESTIONS_H
#define SKW_ASKED_QUESTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "asked/text.h"
#include "model/tuple.h"

struct skw_asked_question {
	struct skw_tuple tuple; /* local has asked */
	uint64_t ts_ns;
	uint16_t id, type;
	bool used; /* the place has one */
	bool answered;
	struct skw_asked_wire name;
};

struct skw_asked_questions {
	uint64_t key[2];
	struct skw_asked_question *places; /* owned */
	uint64_t forgotten;
};

/* `key` is set. 0 or -ENOMEM. */
int skw_asked_questions_init(struct skw_asked_questions *q);
void skw_asked_questions_free(struct skw_asked_questions *q);

/* The place is chosen by the ends and the number. */
void skw_asked_questions_add(struct skw_asked_questions *q,
			     const struct skw_asked_question *question);
/* The same question, which may wait no longer; NULL: there is none. Borrowed until the next call.
 */
struct skw_asked_question *skw_asked_questions_find(struct skw_asked_questions *q,
						    const struct skw_asked_question *question);

#endif
