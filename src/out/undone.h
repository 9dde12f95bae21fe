/* SPDX-License-Identifier: BSD-2-Clause */
/* The files for which no command has run yet. */
#ifndef SKW_OUT_UNDONE_H
#define SKW_OUT_UNDONE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/file_plan.h"
#include "model/file_trigger.h"

struct skw_undone_file {
	struct skw_file_id id;
	struct skw_file_trigger trigger; /* only if there is a file for each, as is `copy` */
	uint64_t copy;
};

struct skw_undone {
	struct skw_undone_file *all; /* owned, the oldest first */
	size_t len;
};

/* Returns 0 or -ENOMEM. */
int skw_undone_add(struct skw_undone *u, const struct skw_undone_file *file);
/* Takes the oldest file with this id out. Returns false if there is none. */
bool skw_undone_take(struct skw_undone *u, const struct skw_file_id *id,
		     struct skw_undone_file *file);
void skw_undone_free(struct skw_undone *u); /* not `u` itself */

#endif
