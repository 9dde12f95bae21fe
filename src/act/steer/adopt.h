/* SPDX-License-Identifier: BSD-2-Clause */
/* adopt: a new server gets the listening sockets of a running one. */
#ifndef SKW_ACT_ADOPT_H
#define SKW_ACT_ADOPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/error.h"

#define SKW_ADOPT_FROM_MAX 64

struct skw_adopt_plan {
	const char *from[SKW_ADOPT_FROM_MAX]; /* "[NAME=]PID:PORT" */
	size_t from_len;
	const char *stop;  /* the name or number of a signal; NULL: the old server stays */
	uint64_t after_ns; /* this long after the new server accepts */
	bool dry_run;
	char *const *argv; /* the new server and its arguments, NULL-terminated */
};

/* Becomes the new server. Returns only at --dry-run (0), or -errno with err filled. */
int skw_adopt_run(const struct skw_adopt_plan *plan, struct skw_error *err);

#endif
