// SPDX-License-Identifier: BSD-2-Clause
#include "table/scopes.h"

#include <stdlib.h>
#include <string.h>

void skw_scopes_free(struct skw_scopes *s)
{
	for (size_t i = 0; i < s->len; i++)
		free(s->all[i]);
	free(s->all);
	*s = (struct skw_scopes){ 0 };
}

const char *skw_scopes_get(struct skw_scopes *s, const char *name)
{
	for (size_t i = 0; i < s->len; i++)
		if (!strcmp(s->all[i], name))
			return s->all[i];
	if (s->len == s->size) {
		size_t size = s->size ? s->size * 2 : 8;
		char **all = reallocarray(s->all, size, sizeof(*all));

		if (!all)
			return NULL;
		s->all = all;
		s->size = size;
	}
	char *copy = strdup(name);

	if (copy)
		s->all[s->len++] = copy;
	return copy;
}
