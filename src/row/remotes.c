// SPDX-License-Identifier: BSD-2-Clause
#include "row/remotes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* They lie in slabs of this many, which never move. */
#define SLAB_BITS 8
#define SLAB_SIZE (1U << SLAB_BITS)

struct skw_remotes_place {
	struct skw_remote remote;
	char *name; /* owned; that of `remote`, which may be of a row that has gone */
};

void skw_remotes_free(struct skw_remotes *r)
{
	for (size_t i = 0; i < r->len; i++) {
		for (size_t at = 0; r->slabs[i] && at < SLAB_SIZE; at++)
			free(r->slabs[i][at].name);
		free(r->slabs[i]);
	}
	free(r->slabs);
	*r = (struct skw_remotes){ 0 };
}

/* False: no memory. */
static bool grow(struct skw_remotes *r, size_t slab)
{
	size_t len = slab + slab / 2 + 1;
	struct skw_remotes_place **more =
		realloc(r->slabs, len * sizeof(struct skw_remotes_place *));

	if (!more)
		return false;
	memset(more + r->len, 0, (len - r->len) * sizeof(struct skw_remotes_place *));
	r->slabs = more;
	r->len = len;
	return true;
}

/* False: no memory, and the place is as before. */
static bool set_name(struct skw_remotes_place *place, const char *name)
{
	char *copy = NULL;

	if (place->name == name)
		return true;
	if (name && !(copy = strdup(name)))
		return false;
	free(place->name);
	place->name = copy;
	return true;
}

const struct skw_remote *skw_remotes_put(struct skw_remotes *r, uint32_t slot,
					 const struct skw_remote *remote)
{
	size_t slab = slot >> SLAB_BITS;

	if (slab >= r->len && !grow(r, slab))
		return NULL;
	if (!r->slabs[slab])
		r->slabs[slab] = calloc(SLAB_SIZE, sizeof(struct skw_remotes_place));
	if (!r->slabs[slab])
		return NULL;
	struct skw_remotes_place *place = &r->slabs[slab][slot & (SLAB_SIZE - 1)];

	if (!set_name(place, remote->name))
		return NULL;
	place->remote = *remote;
	place->remote.name = place->name;
	return &place->remote;
}

struct skw_remote skw_remotes_of(const struct skw_row *row)
{
	return row->remote ? *row->remote
			   : (struct skw_remote){ .cookie = SKW_NONE64, .host = SKW_NONE32 };
}
