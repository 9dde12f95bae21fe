/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds keys of a set in memory by their hash. */
#ifndef SKW_FILTER_SETS_SET_INDEX_H
#define SKW_FILTER_SETS_SET_INDEX_H

#include <stdbool.h>
#include <stddef.h>

#include "model/cbpf.h"

struct skw_set_index {
	const struct skw_cbpf_set *set; /* borrowed */
	uint32_t *slots;                /* owned: 0, or the number of a key plus 1 */
	size_t mask;
};

/* Makes an index for each set. Returns 0 or -ENOMEM. The caller frees *out; NULL if there are none.
 */
int skw_set_index_make(const struct skw_cbpf *p, struct skw_set_index **out);
/* NULL allowed. `sets_len` is that of the program. */
void skw_set_index_free(struct skw_set_index *indexes, size_t sets_len);

bool skw_set_index_has(const struct skw_set_index *index, const uint32_t *key);

#endif
