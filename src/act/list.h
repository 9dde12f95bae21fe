/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of the pins, which the verbs leave in the kernel, their repair and their removal. */
#ifndef SKW_ACT_LIST_H
#define SKW_ACT_LIST_H

#include <stdbool.h>

#include "util/error.h"

struct skw_act_kind;

struct skw_act_list_plan {
	/* All verbs that can be pinned; the last is NULL. */
	const struct skw_act_kind *const *kinds;
	const char *bpffs; /* NULL: the usual folder */
	bool json;
	bool repair; /* register again what has lost its server */
	bool mount;  /* mount the file system first */
};

/* Prints all pins on standard output. Returns 0, or -errno with err filled. */
int skw_act_list(const struct skw_act_list_plan *plan, struct skw_error *err);

/* Removes a pin; with `dry_run` only says what it would remove. 0, or -errno with err filled. */
int skw_act_detach(const char *bpffs, const char *name, bool dry_run, struct skw_error *err);

#endif
