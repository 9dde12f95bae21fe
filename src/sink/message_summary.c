// SPDX-License-Identifier: BSD-2-Clause
#include "sink/message_summary.h"

#include <errno.h>
#include <stdlib.h>

#include "util/cleanup.h"

static int no_memory(struct skw_error *err)
{
	return skw_error_set(err, -ENOMEM, "summary: out of memory");
}

int skw_message_summary_open(struct skw_message_summary *s, const uint64_t key[2],
			     struct skw_error *err)
{
	return skw_message_groups_new(key, s->max, &s->groups) ? no_memory(err) : 0;
}

void skw_message_summary_pass(struct skw_message_summary *s, uint64_t ns)
{
	if (!s->first_ns || ns < s->first_ns)
		s->first_ns = ns;
	if (ns > s->last_ns)
		s->last_ns = ns;
}

int skw_message_summary_add(struct skw_message_summary *s, const struct skw_message *m,
			    struct skw_error *err)
{
	return skw_message_groups_add(s->groups, m) ? no_memory(err) : 0;
}

static void add_line(const struct skw_message_summary *s, struct skw_buf *out,
		     const struct skw_message_group *g,
		     const struct skw_format_message_group_widths *widths)
{
	if (s->json)
		skw_format_message_group_json(out, g);
	else if (s->csv)
		skw_format_message_group_csv(out, g);
	else
		skw_format_message_group_text(out, g, widths);
}

int skw_message_summary_table(struct skw_message_summary *s, struct skw_buf *out,
			      struct skw_error *err)
{
	struct skw_format_message_group_widths widths = { 0 };
	size_t len = skw_message_groups_len(s->groups);
	SKW_AUTO_FREE struct skw_message_group *list = calloc(len + 1, sizeof(*list));

	if (!list)
		return no_memory(err);
	s->others = 0;
	for (size_t i = 0; i < len; i++) {
		skw_message_groups_get(s->groups, i, s->last_ns - s->first_ns, &list[i]);
		skw_format_message_group_measure(&widths, &list[i]);
		s->others += list[i].other ? list[i].count : 0;
	}
	skw_format_message_group_sort(list, len, &s->order);
	if (s->csv)
		skw_format_message_group_csv_head(out);
	else if (!s->json)
		skw_format_message_group_text_head(out, &widths);
	for (size_t i = 0; i < len; i++)
		add_line(s, out, &list[i], &widths);
	return out->failed ? no_memory(err) : 0;
}

struct skw_message_group *skw_message_summary_look(struct skw_message_summary *s,
						   uint64_t recent_ns, size_t *len)
{
	size_t n = skw_message_groups_len(s->groups);
	struct skw_message_group *list = calloc(n + 1, sizeof(*list));

	for (size_t i = 0; list && i < n; i++)
		skw_message_groups_recent(s->groups, i, recent_ns, &list[i]);
	skw_message_groups_mark(s->groups);
	*len = n;
	return list;
}

void skw_message_summary_close(struct skw_message_summary *s)
{
	skw_message_groups_free(s->groups);
	s->groups = NULL;
}
