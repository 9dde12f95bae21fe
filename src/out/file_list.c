// SPDX-License-Identifier: BSD-2-Clause
#include "config.h"

#include "out/file_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "out/rotate.h"
#include "util/clock.h"

/* How far the time of a new file may be from now, besides the length of its period. */
#define EARLY_S 2
#define LATE_S  600

/* The most files with the same name, but for the number that is added. */
#define COPIES_MAX 9999

/* Whether this may be the time of a new file, whose packets can have waited for a slow disk. */
static bool is_near(uint64_t start_s, uint64_t now_s, uint64_t period_s)
{
	return start_s <= now_s + EARLY_S && start_s + period_s + LATE_S >= now_s;
}

/*
 * Whether a file of -G may begin at this time. It begins when its first packet comes. The packets
 * of a file that is read have any time. Time goes back only where the clock was set back.
 */
static bool is_due(const struct skw_file_list *l, uint64_t start_s, uint64_t now_s)
{
	/* Without -G all files have the time of the first. */
	if (!l->plan->rotate_s && l->opened)
		return start_s == l->last.start_s;
	if (now_s == SKW_FILE_LIST_ANY_TIME)
		return !l->opened || start_s >= l->last.start_s;
	if (is_near(start_s, now_s, l->plan->rotate_s))
		return true;
	return l->opened && start_s <= now_s + EARLY_S && start_s >= l->last.start_s;
}

static bool is_next(const struct skw_file_list *l, const struct skw_file_id *id, uint64_t now_s)
{
	const struct skw_file_plan *plan = l->plan;

	if (plan->triggers_max || !is_due(l, id->start_s, now_s))
		return false;
	if (!l->opened)
		return id->number == 0;
	if (skw_rotate_plan_over(plan, l->opened))
		return false;
	if (plan->rotate_s && id->start_s != l->last.start_s)
		return id->number == 0;
	return plan->rotate_bytes && id->number == skw_rotate_plan_next(plan, l->last.number);
}

int skw_file_list_next(const struct skw_file_list *l, const struct skw_file_id *id, uint64_t now_s,
		       struct skw_file_list_entry *entry)
{
	if (!is_next(l, id, now_s))
		return -EINVAL;
	*entry = (struct skw_file_list_entry){ .id = *id };
	return 0;
}

int skw_file_list_next_trigger(const struct skw_file_list *l,
			       const struct skw_file_trigger *trigger, uint64_t now_s,
			       struct skw_file_list_entry *entry)
{
	const struct skw_file_id id = { trigger->ts_ns / SKW_NS_PER_S, l->opened + 1 };

	if (l->opened >= l->plan->triggers_max || trigger->what >= l->events_len)
		return -EINVAL;
	if (now_s != SKW_FILE_LIST_ANY_TIME && !is_near(id.start_s, now_s, 0))
		return -EINVAL;
	*entry = (struct skw_file_list_entry){ .id = id,
					       .trigger = *trigger,
					       .made = { .number = id.number } };
	return 0;
}

bool skw_file_list_next_copy(struct skw_file_list_entry *entry)
{
	/* The second file with a name is its copy 2. */
	if (entry->made.copy >= COPIES_MAX)
		return false;
	entry->made.copy += entry->made.copy ? 1 : 2;
	return true;
}

static struct skw_trigger_name trigger_name(const struct skw_file_list *l,
					    const struct skw_file_list_entry *entry)
{
	return (struct skw_trigger_name){ .template = l->plan->name,
					  .trigger = &entry->trigger,
					  .event = l->events[entry->trigger.what],
					  .made = entry->made };
}

int skw_file_list_name(const struct skw_file_list *l, const struct skw_file_list_entry *entry,
		       char name[PATH_MAX])
{
	if (!l->plan->triggers_max)
		return skw_rotate_plan_name(l->plan, &entry->id, name);
	const struct skw_trigger_name n = trigger_name(l, entry);

	return skw_trigger_name_make(&n, name);
}

bool skw_file_list_has_folder(const struct skw_file_list *l)
{
	const char *name = l->plan->name;
	size_t len = (size_t)(skw_trigger_name_base(name) - name);

	return strcmp(name, "-") != 0 && !(l->plan->rotate_s && memchr(name, '%', len));
}

int skw_file_list_add(struct skw_file_list *l, const struct skw_file_list_entry *entry)
{
	if (l->plan->command) {
		struct skw_file_list_entry *all =
			reallocarray(l->undone, l->undone_len + 1, sizeof(*all));

		if (!all)
			return -ENOMEM;
		l->undone = all;
		all[l->undone_len++] = *entry;
	}
	l->last = entry->id;
	l->opened++;
	return 0;
}

static bool take(struct skw_file_list *l, const struct skw_file_id *id,
		 struct skw_file_list_entry *entry)
{
	for (size_t i = 0; i < l->undone_len; i++) {
		const struct skw_file_id *found = &l->undone[i].id;

		if (found->start_s != id->start_s || found->number != id->number)
			continue;
		*entry = l->undone[i];
		l->undone_len--;
		memmove(l->undone + i, l->undone + i + 1, (l->undone_len - i) * sizeof(*l->undone));
		return true;
	}
	return false;
}

int skw_file_list_take_command(struct skw_file_list *l, const struct skw_file_id *id,
			       struct skw_file_list_command *out)
{
	struct skw_file_list_entry entry;

	if (!take(l, id, &entry))
		return -EINVAL;
	/* A name that begins with a dash would be an option of the command. */
	memcpy(out->name, "./", 2);
	int ret = skw_file_list_name(l, &entry, out->name + 2);
	if (ret)
		return ret;
	const char *name = out->name[2] == '-' ? out->name : out->name + 2;

	out->option = l->plan->command_option ? l->plan->command_option : "-z";
	out->argv[0] = l->plan->command;
	out->argv[1] = name;
	out->argv[2] = NULL;
	out->env.list[0] = NULL;
	if (l->plan->triggers_max) {
		const struct skw_trigger_name n = trigger_name(l, &entry);

		skw_trigger_name_tell(&n, name, &out->env);
	}
	return 0;
}

void skw_file_list_free(struct skw_file_list *l)
{
	free(l->undone);
	l->undone = NULL;
	l->undone_len = 0;
}
