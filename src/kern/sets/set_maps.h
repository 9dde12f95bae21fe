/* SPDX-License-Identifier: BSD-2-Clause */
/* The sets of a filter as maps of the kernel. A program that uses a map keeps it. */
#ifndef SKW_KERN_SETS_SET_MAPS_H
#define SKW_KERN_SETS_SET_MAPS_H

#include "model/cbpf.h"
#include "util/error.h"

struct skw_set_maps {
	int *fds; /* owned: one for each set; NULL without sets */
	size_t len;
};

/* Makes and fills a map for each set. Returns 0, or -errno with `err` (NULL allowed) filled. */
int skw_set_maps_open(const struct skw_cbpf *program, struct skw_set_maps *out,
		      struct skw_error *err);
/* Safe on a zeroed struct. */
void skw_set_maps_close(struct skw_set_maps *maps);

#endif
