// SPDX-License-Identifier: BSD-2-Clause
#include "ui/state.h"

#include <stdio.h>
#include <string.h>

int skw_screen_set_filter(struct skw_screen *s, const char *text, struct skw_error *err)
{
	struct skw_expr *expr = NULL;
	int ret = text[strspn(text, " \t")] ? skw_expr_parse(text, s->names, &expr, err) : 0;

	if (ret)
		return ret;
	skw_expr_free(s->filter);
	s->filter = expr;
	snprintf(s->settings.filter, sizeof(s->settings.filter), "%s", expr ? text : "");
	s->fresh = false;
	return 0;
}

size_t skw_screen_tag(const struct skw_screen *s, uint64_t cookie)
{
	size_t i = 0;

	while (i < s->tags_len && s->tags[i] != cookie)
		i++;
	return i;
}
