// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/holder_lines.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "util/clock.h"

#define INDENT 10
#define VALUE  96

static void add_line(struct skw_page *p, const char *label, const char *text)
{
	skw_page_label(p, label, INDENT);
	skw_page_item(p, NULL, SKW_STYLE_PLAIN, *text ? text : "--");
	skw_page_end(p);
}

static void add_start(struct skw_page *p, uint64_t start_ns)
{
	time_t seconds = (time_t)(start_ns / SKW_NS_PER_S);
	char text[VALUE];
	struct tm tm;

	if (start_ns == SKW_NONE64 || !localtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		text[0] = '\0';
	add_line(p, " started", text);
}

static void add_parents(struct skw_page *p, const struct skw_process *process)
{
	char text[VALUE];

	skw_page_label(p, " parents", INDENT);
	if (!process->parents_len)
		skw_page_item(p, NULL, SKW_STYLE_PLAIN, "--");
	for (uint32_t i = 0; i < process->parents_len && i < SKW_PROCESS_PARENTS; i++) {
		snprintf(text, sizeof(text), "%s [%" PRIu32 "]", process->parents[i].comm,
			 process->parents[i].pid);
		skw_page_item(p, NULL, SKW_STYLE_PLAIN, text);
	}
	skw_page_end(p);
}

/*
 * The number of a process is used again after its end. A process with another name may be a later
 * one, until a sweep has told its name. Control characters have become '?' in one of the names.
 */
static bool is_holder(const struct skw_owner *owner, const struct skw_process *process)
{
	size_t i = 0;

	while (owner->comm[i] && (owner->comm[i] == process->comm[i] || owner->comm[i] == '?') &&
	       process->comm[i])
		i++;
	return owner->pid == process->pid && owner->comm[i] == process->comm[i];
}

void skw_holder_lines_add(struct skw_page *p, const struct skw_row *row,
			  const struct skw_process *process)
{
	char text[VALUE];

	skw_page_label(p, row->owner_source == SKW_OWNER_CREATOR ? " creator" : " held by", INDENT);
	if (!row->owners)
		skw_page_item(p, NULL, SKW_STYLE_PLAIN, row->inode ? "--" : "nobody");
	for (uint32_t i = 0; row->owners && i < row->owners->len; i++) {
		snprintf(text, sizeof(text), "%s [%" PRIu32 "]", row->owners->list[i].comm,
			 row->owners->list[i].pid);
		skw_page_item(p, NULL, SKW_STYLE_PLAIN, text);
	}
	skw_page_end(p);
	if (row->owners && is_holder(&row->owners->list[0], process)) {
		add_line(p, " command", process->command);
		add_line(p, " program", process->exe);
		add_start(p, process->start_ns);
		add_parents(p, process);
	}
	add_line(p, " cgroup", row->cgroup ? row->cgroup : "--");
}
