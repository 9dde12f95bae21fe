/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of DNS: questions, and answers to them (RFC 1035). Internal to this room. */
#ifndef SKW_ASKED_ANSWERS_H
#define SKW_ASKED_ANSWERS_H

#include "asked/asked.h"
#include "asked/questions.h"
#include "asked/store.h"

struct skw_asked_answers {
	struct skw_asked_questions *questions; /* all of these are borrowed */
	struct skw_asked_store *store;
	struct skw_asked_figures *figures;
};

/*
 * Takes a message whose sender is `tuple->local`. `ours`: a question would be one of this host. 0
 * or -ENOMEM.
 */
int skw_asked_answers_take(const struct skw_asked_answers *a, const struct skw_tuple *tuple,
			   struct skw_bytes msg, bool ours, uint64_t ts_ns);

#endif
