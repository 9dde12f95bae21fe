// SPDX-License-Identifier: BSD-2-Clause
/*
 * Names of the files of triggers: whatever a worker sends as a trigger and whatever the template,
 * the name is in the template's folder and has no other file's form. The input is a trigger, the
 * number of a copy, and the template.
 */
#include "out/trigger_name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_safe(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       strchr("._+-", c);
}

/* If the template is nothing but fields of the trigger, the name has only safe characters. */
static void check_only_fields(const struct skw_file_trigger *trigger, uint64_t copy)
{
	const struct skw_trigger_name n = {
		.template =
			"%{comm}%{pid}%{event}%{local_addr}%{local_port}%{remote_addr}%{number}",
		.trigger = trigger,
		.event = "srtt > 200ms / \n",
		.made = { 1, copy },
	};
	char name[PATH_MAX];

	if (skw_trigger_name_make(&n, name))
		return;
	if (name[0] == '.')
		abort();
	for (const char *c = name; *c; c++)
		if (!is_safe(*c))
			abort();
}

static void check_name(const struct skw_trigger_name *n)
{
	const char *from = skw_trigger_name_base(n->template);
	size_t folder = (size_t)(from - n->template);
	struct skw_trigger_name_environment env;
	char name[PATH_MAX];

	if (skw_trigger_name_make(n, name))
		return;
	const char *base = skw_trigger_name_base(name);
	if ((size_t)(base - name) != folder || memcmp(name, n->template, folder) != 0)
		abort();
	if (!*base || strlen(base) > NAME_MAX || (*base == '.' && *from != '.'))
		abort();
	skw_trigger_name_tell(n, name, &env);
	for (size_t i = 0; i < SKW_TRIGGER_NAME_VARIABLES; i++)
		if (!env.list[i] || !strchr(env.list[i], '='))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct skw_file_trigger trigger;
	struct skw_error err = { 0 };

	if (size <= sizeof(trigger))
		return 0;
	memcpy(&trigger, data, sizeof(trigger));
	/* An allocation of its own, so that any access beyond it is detected. */
	char *template =
		strndup((const char *)data + sizeof(trigger) + 1, size - sizeof(trigger) - 1);
	if (!template)
		abort();
	const struct skw_trigger_name n = { .template = template,
					    .trigger = &trigger,
					    .event = "rto",
					    .made = { 1, data[sizeof(trigger)] } };

	check_only_fields(&trigger, n.made.copy);
	check_name(&n);
	/* A template that is right has no message. */
	if (skw_trigger_name_check(template, "rto", &err) == 0 && err.text[0])
		abort();
	free(template);
	return 0;
}
