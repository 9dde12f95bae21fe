// SPDX-License-Identifier: BSD-2-Clause
#include "format/check.h"

#include <jansson.h>
#include <string.h>

#include "util/utf8.h"

/* A name that is no UTF-8 becomes UTF-8, as JSON has nothing else. The result may be NULL. */
static json_t *string(const char *text)
{
	struct skw_buf clean = SKW_BUF_INIT;

	while (*text)
		text = skw_utf8_add(&clean, text);
	json_t *made = clean.failed ? NULL : json_stringn((const char *)clean.data, clean.len);
	skw_buf_free(&clean);
	return made;
}

static json_t *text_or_null(const char *text)
{
	return text && *text ? string(text) : json_null();
}

static json_t *line_object(const struct skw_check_line *line)
{
	json_t *o = json_object(), *commands = json_array();

	for (unsigned i = 0; i < SKW_CHECK_COMMANDS; i++)
		if (line->commands & 1U << i)
			json_array_append_new(commands, string(skw_check_command_names[i]));
	json_object_set_new(o, "section", string(line->section));
	json_object_set_new(o, "name", string(line->name));
	json_object_set_new(o, "state", string(skw_check_state_names[line->state]));
	json_object_set_new(o, "why", text_or_null(line->why));
	json_object_set_new(o, "help", text_or_null(line->help));
	json_object_set_new(o, "commands", commands);
	return o;
}

static json_t *report_object(const struct skw_check *check)
{
	json_t *o = json_object(), *lines = json_array(), *commands = json_object();

	json_object_set_new(o, "version", string(check->version));
	json_object_set_new(o, "build", string(check->build));
	json_object_set_new(o, "kernel", string(check->kernel));
	json_object_set_new(o, "machine", string(check->machine));
	json_object_set_new(o, "cpus", json_integer(check->cpus));
	json_object_set_new(o, "memory_bytes",
			    check->memory_bytes == UINT64_MAX
				    ? json_null()
				    : json_integer((json_int_t)check->memory_bytes));
	json_object_set_new(o, "full", json_boolean(skw_check_is_full(check)));
	for (unsigned i = 0; i < SKW_CHECK_COMMANDS; i++)
		json_object_set_new(
			commands, skw_check_command_names[i],
			string(skw_check_state_names[skw_check_command(check, 1U << i)]));
	json_object_set_new(o, "commands", commands);
	for (size_t i = 0; i < check->len; i++)
		json_array_append_new(lines, line_object(&check->lines[i]));
	json_object_set_new(o, "checks", lines);
	return o;
}

/* An object whose member could not be made lacks it, so memory that ran out shows by the size. */
void skw_check_json(struct skw_buf *out, const struct skw_check *check)
{
	json_t *o = report_object(check);
	const size_t flags = JSON_ENSURE_ASCII | JSON_COMPACT;
	size_t len = o ? json_dumpb(o, NULL, 0, flags) : 0;
	char *to = len ? (char *)skw_buf_reserve(out, len) : NULL;

	if (to && json_object_size(o) == 9 && json_dumpb(o, to, len, flags) == len)
		out->len += len;
	else
		out->failed = true;
	json_decref(o);
	skw_buf_add_char(out, '\n');
}
