// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_act.h"

#include "format/format_event.h"
#include "format/format_json.h"

static void add_fact(struct skw_buf *out, const struct skw_act_fact *fact,
		     const struct skw_format_env *env)
{
	for (const char *at = fact->name; *at; at++)
		skw_buf_add_char(out, *at == '_' ? ' ' : *at);
	skw_buf_add_char(out, ' ');
	if (fact->text)
		skw_format_name(out, fact->text, false, env);
	else
		skw_buf_add_uint(out, fact->number);
}

void skw_format_act_line(struct skw_buf *out, const struct skw_act_event *event,
			 const struct skw_format_env *env)
{
	const char *between = "  ";

	skw_format_event_head(out, event->ts_ns, event->type, event->row, env);
	for (size_t i = 0; i < event->facts_len; i++) {
		const struct skw_act_fact *fact = &event->facts[i];

		if (!fact->text && fact->number == SKW_NONE64)
			continue;
		skw_buf_add_str(out, between);
		add_fact(out, fact, env);
		between = ", ";
	}
	skw_format_event_end(out);
}

int skw_format_act_json(struct skw_buf *out, const struct skw_act_event *event,
			const struct skw_format_env *env)
{
	skw_format_json_head(out, event->ts_ns, event->type, env);
	for (size_t i = 0; i < event->facts_len; i++) {
		const struct skw_act_fact *fact = &event->facts[i];

		skw_format_json_key(out, fact->name);
		if (fact->text)
			skw_format_json_string(out, fact->text);
		else if (fact->number == SKW_NONE64)
			skw_format_json_null(out);
		else
			skw_buf_add_uint(out, fact->number);
	}
	skw_format_json_fields(out, event->row, SKW_FIELD_COOKIE, SKW_FIELD_CGROUP_ID, env);
	return skw_format_json_end(out);
}
