// SPDX-License-Identifier: BSD-2-Clause
#include "format/check.h"

#include <string.h>

#define COLUMNS    80
#define STATE_WIDE 8
#define NAME_WIDE  36
#define INDENT     11

const char *const skw_check_state_names[SKW_CHECK_STATES] = {
	[SKW_CHECK_OK] = "ok",
	[SKW_CHECK_LIMITED] = "limited",
	[SKW_CHECK_MISSING] = "missing",
	[SKW_CHECK_UNKNOWN] = "unknown",
};

const char *const skw_check_command_names[SKW_CHECK_COMMANDS] = { "capture", "top", "events" };

/*
 * The meaning of a line for its commands. If something vital could not be tried, the commands may
 * not run at all, which is worse than a part that is missing. For other parts it is the other way
 * round.
 */
enum effect { NO_EFFECT, PART_UNKNOWN, PART_MISSING, ALL_UNKNOWN, ALL_MISSING, EFFECTS };

static enum effect effect(const struct skw_check_line *line)
{
	if (line->extra || line->state == SKW_CHECK_OK)
		return NO_EFFECT;
	if (line->state == SKW_CHECK_UNKNOWN)
		return line->vital ? ALL_UNKNOWN : PART_UNKNOWN;
	return line->vital && line->state == SKW_CHECK_MISSING ? ALL_MISSING : PART_MISSING;
}

enum skw_check_state skw_check_command(const struct skw_check *check, unsigned command)
{
	static const enum skw_check_state states[EFFECTS] = { [NO_EFFECT] = SKW_CHECK_OK,
							      [PART_UNKNOWN] = SKW_CHECK_UNKNOWN,
							      [PART_MISSING] = SKW_CHECK_LIMITED,
							      [ALL_UNKNOWN] = SKW_CHECK_UNKNOWN,
							      [ALL_MISSING] = SKW_CHECK_MISSING };
	enum effect worst = NO_EFFECT;

	for (size_t i = 0; i < check->len; i++)
		if (check->lines[i].commands & command && effect(&check->lines[i]) > worst)
			worst = effect(&check->lines[i]);
	return states[worst];
}

bool skw_check_is_full(const struct skw_check *check)
{
	for (unsigned i = 0; i < SKW_CHECK_COMMANDS; i++)
		if (skw_check_command(check, 1U << i) != SKW_CHECK_OK)
			return false;
	return true;
}

static void add_spaces(struct skw_buf *out, size_t n)
{
	while (n--)
		skw_buf_add_char(out, ' ');
}

/* Appends one character. Texts of the kernel and paths are not trusted. */
static void add_safe(struct skw_buf *out, char c)
{
	skw_buf_add_char(out, (unsigned char)c < ' ' || c == 0x7f ? '?' : c);
}

/* Appends a paragraph whose lines begin with `indent` spaces and fit. */
static void add_wrapped(struct skw_buf *out, size_t indent, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (column && column + 1 + len > COLUMNS) {
			skw_buf_add_char(out, '\n');
			column = 0;
		}
		if (column)
			skw_buf_add_char(out, ' ');
		else
			add_spaces(out, indent);
		column = column ? column + 1 + len : indent + len;
		for (size_t i = 0; i < len; i++)
			add_safe(out, text[i]);
		text += len;
		text += strspn(text, " ");
	}
	skw_buf_add_char(out, '\n');
}

static void add_commands(struct skw_buf *out, unsigned commands)
{
	const char *before = "";

	for (unsigned i = 0; i < SKW_CHECK_COMMANDS; i++)
		if (commands & 1U << i) {
			skw_buf_printf(out, "%s%s", before, skw_check_command_names[i]);
			before = " ";
		}
}

static void add_line(struct skw_buf *out, const struct skw_check_line *line, bool repeats_help)
{
	struct skw_buf help = SKW_BUF_INIT;

	skw_buf_printf(out, "  %-*s %-*s ", STATE_WIDE, skw_check_state_names[line->state],
		       NAME_WIDE, line->name);
	add_commands(out, line->commands);
	skw_buf_add_char(out, '\n');
	if (line->why[0])
		add_wrapped(out, INDENT, line->why);
	if (!line->help || repeats_help)
		return;
	skw_buf_printf(&help, "-> %s", line->help);
	skw_buf_add_char(&help, '\0');
	if (help.failed)
		out->failed = true;
	else
		add_wrapped(out, INDENT, (const char *)help.data);
	skw_buf_free(&help);
}

static void add_host(struct skw_buf *out, const struct skw_check *check)
{
	struct skw_buf text = SKW_BUF_INIT;

	skw_buf_printf(&text, "skwatch %s", check->version);
	skw_buf_add_char(&text, '\0');
	skw_buf_printf(&text, "kernel: %s", check->kernel);
	skw_buf_add_char(&text, '\0');
	skw_buf_printf(&text, "machine: %s, %u CPUs", check->machine, check->cpus);
	if (check->memory_bytes != UINT64_MAX)
		skw_buf_printf(&text, ", %llu MiB of memory",
			       (unsigned long long)check->memory_bytes >> 20);
	skw_buf_add_char(&text, '\0');
	skw_buf_printf(&text, "build: %s", check->build);
	skw_buf_add_char(&text, '\0');
	if (text.failed)
		out->failed = true;
	for (const char *at = (const char *)text.data;
	     !text.failed && at < (const char *)text.data + text.len; at += strlen(at) + 1)
		add_wrapped(out, 0, at);
	skw_buf_free(&text);
}

void skw_check_text(struct skw_buf *out, const struct skw_check *check)
{
	const char *section = "", *help = "";

	add_host(out, check);
	for (size_t i = 0; i < check->len; i++) {
		const struct skw_check_line *line = &check->lines[i];

		if (strcmp(section, line->section) != 0) {
			section = line->section;
			help = "";
			skw_buf_printf(out, "\n%s\n", section);
		}
		add_line(out, line, line->help && strcmp(help, line->help) == 0);
		help = line->help ? line->help : help;
	}
	skw_buf_add_str(out, "\ncommands\n");
	for (unsigned i = 0; i < SKW_CHECK_COMMANDS; i++)
		skw_buf_printf(out, "  %-*s %s\n", STATE_WIDE,
			       skw_check_state_names[skw_check_command(check, 1U << i)],
			       skw_check_command_names[i]);
}
