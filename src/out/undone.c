// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/undone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int skw_undone_add(struct skw_undone *u, const struct skw_undone_file *file)
{
	struct skw_undone_file *all = reallocarray(u->all, u->len + 1, sizeof(*all));

	if (!all)
		return -ENOMEM;
	u->all = all;
	all[u->len++] = *file;
	return 0;
}

bool skw_undone_take(struct skw_undone *u, const struct skw_file_id *id,
		     struct skw_undone_file *file)
{
	for (size_t i = 0; i < u->len; i++) {
		if (u->all[i].id.start_s != id->start_s || u->all[i].id.number != id->number)
			continue;
		*file = u->all[i];
		u->len--;
		memmove(u->all + i, u->all + i + 1, (u->len - i) * sizeof(*u->all));
		return true;
	}
	return false;
}

void skw_undone_free(struct skw_undone *u)
{
	free(u->all);
	*u = (struct skw_undone){ 0 };
}
