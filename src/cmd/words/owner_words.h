/* SPDX-License-Identifier: BSD-2-Clause */
/* The words that name the owners of packets, as the user types them. */
#ifndef SKW_CMD_WORDS_OWNER_WORDS_H
#define SKW_CMD_WORDS_OWNER_WORDS_H

#include "model/owner_plan.h"
#include "util/error.h"

/*
 * Each adds an owner to the plan, which borrows the word. Returns 0, or -EINVAL with err->usage
 * set.
 */
int skw_owner_words_add_pid(struct skw_owner_plan *plan, const char *word, struct skw_error *err);
int skw_owner_words_add_comm(struct skw_owner_plan *plan, const char *word, struct skw_error *err);
int skw_owner_words_add_cgroup(struct skw_owner_plan *plan, const char *word,
			       struct skw_error *err);

#endif
