// SPDX-License-Identifier: BSD-2-Clause
#include "ui/list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ui/detail.h"
#include "ui/list_rows.h"
#include "util/clock.h"

#define DOUBLE_CLICK_NS (400 * SKW_NS_PER_MS)

void skw_list_draw(struct skw_screen *s, int y, int rows)
{
	if (!s->table)
		skw_paint_text(&s->paint, y + 1, 1, s->paint.cols, SKW_STYLE_FAINT, false,
			       "loading: looking at the sockets of this host ...");
	else if (s->settings.group)
		skw_list_rows_draw_groups(s, y, rows);
	else
		skw_list_rows_draw(s, y, rows);
}

size_t skw_list_len(const struct skw_screen *s)
{
	return s->settings.group ? skw_view_groups_len(s->view) : skw_view_len(s->view);
}

uint64_t skw_list_cookie(const struct skw_screen *s)
{
	if (s->settings.group || s->list.at >= skw_view_len(s->view))
		return 0;
	return skw_view_row(s->view, s->list.at)->cookie;
}

/* Remembers the connection or group under the cursor. */
static void hold(struct skw_screen *s)
{
	if (s->list.at >= skw_list_len(s))
		return;
	if (s->settings.group)
		snprintf(s->group, sizeof(s->group), "%s",
			 skw_view_group(s->view, s->list.at)->name);
	else
		s->cookie = skw_list_cookie(s);
}

static size_t find_group(const struct skw_screen *s)
{
	for (size_t i = 0; i < skw_view_groups_len(s->view); i++)
		if (strcmp(skw_view_group(s->view, i)->name, s->group) == 0)
			return i;
	return SIZE_MAX;
}

void skw_list_settle(struct skw_screen *s)
{
	size_t at;

	if (!s->selected) {
		s->list = (struct skw_cursor){ 0, 0 };
		return;
	}
	at = s->settings.group ? find_group(s) : skw_view_find(s->view, s->cookie);
	if (at != SIZE_MAX)
		s->list.at = at;
	skw_cursor_show(&s->list, skw_list_len(s), s->list_rows);
	/* The connection has gone, so the one that took its line is selected instead. */
	if (at == SIZE_MAX)
		hold(s);
}

void skw_list_select(struct skw_screen *s, size_t at)
{
	s->list.at = at;
	s->selected = true;
	skw_cursor_show(&s->list, skw_list_len(s), s->list_rows);
	hold(s);
}

void skw_list_move(struct skw_screen *s, enum skw_motion motion)
{
	skw_cursor_move(&s->list, motion, skw_list_len(s), s->list_rows);
	s->selected = motion != SKW_MOTION_HOME;
	hold(s);
}

/* Writes the text as a string of the expression language. A text that is too long is cut. */
static void quote(char *out, size_t size, const char *text)
{
	size_t n = 0;

	out[n++] = '"';
	for (; *text && n + 4 < size; text++) {
		if (*text == '"' || *text == '\\')
			out[n++] = '\\';
		out[n++] = *text;
	}
	out[n++] = '"';
	out[n] = '\0';
}

static void open_group(struct skw_screen *s)
{
	static const struct {
		const char *is, *unknown;
	} tests[SKW_GROUPS] = {
		[SKW_GROUP_PROCESS] = { "comm =", "not comm ~ \"\"" },
		[SKW_GROUP_PID] = { "pid =", "not pid >= 0" },
		[SKW_GROUP_REMOTE] = { "remote =", "not remote ~ *" },
		[SKW_GROUP_PORT] = { "port =", NULL },
		[SKW_GROUP_CGROUP] = { "cgroup =", "not cgroup ~ \"\"" },
		[SKW_GROUP_NETNS] = { "netns =", "not netns >= 0" },
		[SKW_GROUP_STATE] = { "state =", NULL },
	};
	const struct skw_group_row *group = skw_view_group(s->view, s->list.at);
	const char *now = s->settings.filter, *test = tests[s->settings.group].is;
	char filter[SKW_SETTINGS_FILTER], quoted[SKW_SETTINGS_FILTER] = "";
	char before[SKW_SETTINGS_FILTER];
	int n;

	memcpy(before, s->settings.filter, sizeof(before));

	/* Names of processes, cgroups and namespaces may be those of several groups. */
	if (group->known && group->number)
		snprintf(quoted, sizeof(quoted), "%" PRIu64, group->number);
	else if (group->known)
		quote(quoted, sizeof(quoted), group->cgroup ? group->cgroup : group->name);
	else
		test = tests[s->settings.group].unknown;
	n = snprintf(filter, sizeof(filter), "%s%s%s%s%s%s", *now ? "(" : "", now,
		     *now ? ") and " : "", test, *quoted ? " " : "", quoted);
	if (n >= (int)sizeof(filter) || skw_screen_set_filter(s, filter, NULL)) {
		snprintf(s->message, sizeof(s->message), "No filter can describe this group.");
		return;
	}
	s->from.group = s->settings.group;
	memcpy(s->from.name, s->group, sizeof(s->from.name));
	memcpy(s->from.filter, before, sizeof(s->from.filter));
	s->settings.group = SKW_GROUP_NONE;
	s->selected = false;
	snprintf(s->message, sizeof(s->message),
		 "These are its connections: Esc goes back to the groups.");
}

void skw_list_back(struct skw_screen *s)
{
	if (s->from.group == SKW_GROUP_NONE) {
		s->search[0] = '\0';
		return;
	}
	/* The filter was valid before. */
	skw_screen_set_filter(s, s->from.filter, NULL);
	s->settings.group = s->from.group;
	memcpy(s->group, s->from.name, sizeof(s->group));
	s->from.group = SKW_GROUP_NONE;
	s->selected = true;
	s->fresh = false;
}

void skw_list_open(struct skw_screen *s)
{
	if (s->list.at >= skw_list_len(s))
		return;
	s->selected = true;
	hold(s);
	if (s->settings.group)
		open_group(s);
	else
		skw_detail_open(s, s->cookie);
}

static bool found_at(const struct skw_screen *s, size_t at)
{
	const struct skw_view_options opt = { .search = s->search };

	if (s->settings.group)
		return strcasestr(skw_view_group(s->view, at)->name, s->search) != NULL;
	return skw_view_found(&opt, skw_view_row(s->view, at));
}

bool skw_list_search(struct skw_screen *s, size_t from, bool back)
{
	size_t len = skw_list_len(s);

	if (!len || !s->search[0])
		return false;
	for (size_t i = 0; i < len; i++) {
		size_t at = back ? (from + len - i) % len : (from + i) % len;

		if (found_at(s, at)) {
			skw_list_select(s, at);
			return true;
		}
	}
	return false;
}

void skw_list_click(struct skw_screen *s, int y, int x)
{
	uint64_t now_ns = skw_clock_monotonic_ns();
	size_t at;

	if (y == s->list_y - 1) {
		enum skw_field field = skw_list_rows_sort_at(s, x);

		if (field == SKW_FIELDS)
			return;
		if (field == s->settings.sort) {
			s->settings.ascending = !s->settings.ascending;
			s->fresh = false;
		} else {
			skw_list_rows_sort_by(s, field);
		}
		return;
	}
	if (y < s->list_y || y >= s->list_y + s->list_rows)
		return;
	at = s->list.top + (size_t)(y - s->list_y);
	if (at >= skw_list_len(s))
		return;
	skw_list_select(s, at);
	if (s->click_at == at && now_ns - s->click_ns < DOUBLE_CLICK_NS) {
		s->click_ns = 0;
		skw_list_open(s);
		return;
	}
	s->click_ns = now_ns;
	s->click_at = at;
}
