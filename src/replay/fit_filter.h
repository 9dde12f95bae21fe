/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the keeper for the filter of a kind of link. */
#ifndef SKW_REPLAY_FIT_FILTER_H
#define SKW_REPLAY_FIT_FILTER_H

#include "verbs/program.h"

/*
 * Compiles expression `number` of ctx, as skw_offline_filter_compile() does. `k` is NULL if there
 * is no keeper yet.
 */
int skw_fit_filter_compile(const struct skw_verbs_program *ctx, struct skw_keeper *k, size_t number,
			   const struct skw_offline_link *link, struct skw_offline_filter **out,
			   struct skw_error *err);

#endif
