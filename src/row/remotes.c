// SPDX-License-Identifier: BSD-2-Clause
#include "row/remotes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* They lie in slabs of this many, which never move. */
#define SLAB_BITS 8
#define SLAB_SIZE (1U << SLAB_BITS)

void skw_remotes_free(struct skw_remotes *r)
{
	for (size_t i = 0; i < r->len; i++)
		free(r->slabs[i]);
	free(r->slabs);
	*r = (struct skw_remotes){ 0 };
}

/* False: no memory. */
static bool grow(struct skw_remotes *r, size_t slab)
{
	size_t len = slab + slab / 2 + 1;
	struct skw_remote **more = realloc(r->slabs, len * sizeof(struct skw_remote *));

	if (!more)
		return false;
	memset(more + r->len, 0, (len - r->len) * sizeof(struct skw_remote *));
	r->slabs = more;
	r->len = len;
	return true;
}

const struct skw_remote *skw_remotes_put(struct skw_remotes *r, uint32_t slot,
					 const struct skw_remote *remote)
{
	size_t slab = slot >> SLAB_BITS;

	if (slab >= r->len && !grow(r, slab))
		return NULL;
	if (!r->slabs[slab])
		r->slabs[slab] = calloc(SLAB_SIZE, sizeof(struct skw_remote));
	if (!r->slabs[slab])
		return NULL;
	struct skw_remote *place = &r->slabs[slab][slot & (SLAB_SIZE - 1)];
	*place = *remote;
	return place;
}
