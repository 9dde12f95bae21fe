/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other ends of connections, for a table of rows, by the slot of their rows. They take memory
 * only where something is known of them.
 */
#ifndef SKW_ROW_REMOTES_H
#define SKW_ROW_REMOTES_H

#include <stddef.h>

#include "model/row.h"

struct skw_remotes_place;

struct skw_remotes {
	struct skw_remotes_place **slabs; /* owned, as its elements are, which may be NULL */
	size_t len;
};

void skw_remotes_free(struct skw_remotes *r);

/*
 * Keeps a copy for the row in this slot, in place of the one before, also of the name. It stays
 * valid, but another row's may take its place when the slot is used again. NULL: no memory.
 */
const struct skw_remote *skw_remotes_put(struct skw_remotes *r, uint32_t slot,
					 const struct skw_remote *remote);

/* That of the row; or one of which nothing is known, if the row has none. */
struct skw_remote skw_remotes_of(const struct skw_row *row);

#endif
