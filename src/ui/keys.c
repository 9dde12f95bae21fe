// SPDX-License-Identifier: BSD-2-Clause
#include "ui/keys.h"

#include <ncurses.h>
#include <stdio.h>
#include <string.h>

#include "ui/capture_key.h"
#include "ui/detail.h"
#include "ui/draw/interval.h"
#include "ui/draw/key.h"
#include "ui/kill_key.h"
#include "ui/list.h"
#include "ui/list_rows.h"
#include "ui/menu.h"
#include "ui/prompt.h"
#include "ui/tags.h"
#include "util/cleanup.h"

static void open_help(struct skw_screen *s, int key)
{
	(void)key;
	s->pane_before = s->pane;
	s->pane = SKW_PANE_HELP;
	s->page_top = 0;
}

static void open_columns(struct skw_screen *s, int key)
{
	(void)key;
	skw_menu_open_columns(s);
}

static void open_search(struct skw_screen *s, int key)
{
	(void)key;
	skw_prompt_search(s);
}

static void search_again(struct skw_screen *s, int key)
{
	size_t len = skw_list_len(s);
	bool backwards = key == 'N';

	if (s->recorded && !backwards && (!s->search[0] || s->pane != SKW_PANE_LIST))
		s->paused = s->next_event = true;
	else if (s->pane != SKW_PANE_LIST)
		return;
	else if (!s->search[0])
		snprintf(s->message, sizeof(s->message), "Type / and a text to search for first.");
	else if (!len ||
		 !skw_list_search(s, (s->list.at + (backwards ? len - 1 : 1)) % len, backwards))
		snprintf(s->message, sizeof(s->message), "Not found: %.200s", s->search);
}

static void open_filter(struct skw_screen *s, int key)
{
	(void)key;
	skw_prompt_filter(s);
}

static void next_group(struct skw_screen *s, int key)
{
	(void)key;
	s->settings.group = (enum skw_group)((s->settings.group + 1) % SKW_GROUPS);
	s->from.group = SKW_GROUP_NONE;
	s->group[0] = '\0';
	s->grown_group = 0;
	/* Back in the list of connections, the cursor is where it was before the grouping. */
	s->selected = s->settings.group == SKW_GROUP_NONE && s->cookie;
	s->list = (struct skw_cursor){ 0, 0 };
	s->fresh = false;
}

/* Sorts by a field, or by the second one if the first is sorted by already. */
static void sort_at_once(struct skw_screen *s, int key)
{
	static const struct {
		int key;
		enum skw_field first, second;
	} sorts[] = {
		{ 'P', SKW_FIELD_TX_BPS, SKW_FIELD_RX_BPS },
		{ 'M', SKW_FIELD_SEND_Q, SKW_FIELD_RECV_Q },
		{ 'T', SKW_FIELD_AGE_US, SKW_FIELD_AGE_US },
		{ 'R', SKW_FIELD_SRTT_US, SKW_FIELD_RETRANS_SEGS },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(sorts); i++)
		if (sorts[i].key == key)
			skw_list_rows_sort_by(s, s->settings.sort == sorts[i].first
							 ? sorts[i].second
							 : sorts[i].first);
}

static void change_tags(struct skw_screen *s, int key)
{
	if (key == 't')
		skw_tags_toggle(s);
	else if (key == 'o')
		skw_tags_only(s);
	else
		skw_tags_clear(s);
}

static void back_to_groups(struct skw_screen *s, int key)
{
	(void)key;
	skw_list_back(s);
}

static void open_sort(struct skw_screen *s, int key)
{
	(void)key;
	skw_menu_open_sort(s);
}

static void invert(struct skw_screen *s, int key)
{
	(void)key;
	s->settings.ascending = !s->settings.ascending;
	s->fresh = false;
}

static void pause_or_go(struct skw_screen *s, int key)
{
	(void)key;
	s->paused = !s->paused;
}

static void step(struct skw_screen *s, int key)
{
	(void)key;
	if (s->recorded)
		s->paused = s->next_sweep = true;
}

static void follow(struct skw_screen *s, int key)
{
	uint64_t cookie = s->pane == SKW_PANE_DETAIL ? s->detail : skw_list_cookie(s);

	(void)key;
	if (s->follow && (s->follow == cookie || !cookie)) {
		s->follow = 0;
		snprintf(s->message, sizeof(s->message), "No connection is followed any more.");
	} else if (cookie) {
		s->follow = cookie;
		if (s->pane == SKW_PANE_LIST)
			skw_list_select(s, s->list.at);
		snprintf(s->message, sizeof(s->message),
			 "This connection and its story stay here after its close.");
	}
}

static void capture(struct skw_screen *s, int key)
{
	(void)key;
	skw_capture_key_run(s);
}

static void end_connections(struct skw_screen *s, int key)
{
	(void)key;
	skw_kill_key_run(s);
}

static void toggle_sockets(struct skw_screen *s, int key)
{
	static const char *const said[][2] = {
		{ "Listeners are left out.", "Listeners are shown." },
		{ "Datagrams are not counted any more.", "Datagrams are counted from now on." },
	};
	bool udp = key == 'u', *on = udp ? &s->settings.datagrams : &s->settings.listeners;

	*on = !*on;
	s->fresh = false;
	snprintf(s->message, sizeof(s->message), "%s", said[udp][*on]);
}

/* Messages and names come from packets, and a recording has none for its rows. */
static void toggle_tapped(struct skw_screen *s, int key)
{
	static const char *const said[2][3] = {
		{ "Requests and answers are not seen any more.",
		  "Requests and answers are seen from now on.",
		  "A recording has no messages for rows." },
		{ "Addresses are shown again.",
		  "Connections that begin from now on have names, if this host asks for some.",
		  "A recording has no names for rows." },
	};
	bool names = key == 'D', *on = names ? &s->settings.names : &s->settings.messages;

	if (s->messages) {
		*on = !*on;
		s->fresh = false;
	}
	snprintf(s->message, sizeof(s->message), "%s", said[names][s->messages ? *on : 2]);
}

static void change_interval(struct skw_screen *s, int key)
{
	s->interval_ns = skw_interval_step(s->interval_ns, key == '+');
}

static void ask_interval(struct skw_screen *s, int key)
{
	(void)key;
	skw_prompt_interval(s);
}

static void open_selected(struct skw_screen *s, int key)
{
	(void)key;
	skw_list_open(s);
}

static void toggle_fields(struct skw_screen *s, int key)
{
	(void)key;
	s->detail_fields = !s->detail_fields;
	s->page_top = 0;
}

static void choose(struct skw_screen *s, int key)
{
	(void)key;
	skw_menu_choose(s);
}

static void shift_column(struct skw_screen *s, int key)
{
	skw_menu_shift(s, key == '+' || key == SKW_KEY(KEY_F(8)));
}

static void reset_columns(struct skw_screen *s, int key)
{
	(void)key;
	skw_menu_reset(s);
}

static void back(struct skw_screen *s, int key)
{
	(void)key;
	s->pane = s->pane == SKW_PANE_HELP ? s->pane_before : SKW_PANE_LIST;
	s->page_top = 0;
}

static void quit(struct skw_screen *s, int key)
{
	(void)key;
	s->quit = true;
}

static void redraw(struct skw_screen *s, int key)
{
	(void)key;
	skw_terminal_redraw(s->terminal);
}

static void suspend(struct skw_screen *s, int key)
{
	(void)key;
	skw_terminal_suspend(s->terminal, s->stop_job, s->host_ctx);
}

static void move_by(struct skw_screen *s, int key)
{
	skw_keys_move(s, skw_cursor_motion(key));
}

void skw_keys_move(struct skw_screen *s, enum skw_motion motion)
{
	if (s->pane == SKW_PANE_LIST)
		skw_list_move(s, motion);
	else if (s->pane == SKW_PANE_SORT || s->pane == SKW_PANE_COLUMNS)
		skw_menu_move(s, motion);
	else
		skw_cursor_scroll(&s->page_top, motion, s->page.lines, s->page_rows);
}

#define LIST   SKW_PANE_BIT(SKW_PANE_LIST)
#define DETAIL SKW_PANE_BIT(SKW_PANE_DETAIL)
#define HELP   SKW_PANE_BIT(SKW_PANE_HELP)
#define MENUS  (SKW_PANE_BIT(SKW_PANE_SORT) | SKW_PANE_BIT(SKW_PANE_COLUMNS))
#define SETUP  SKW_PANE_BIT(SKW_PANE_COLUMNS)
#define ALL    (LIST | DETAIL | HELP | MENUS)
#define K      SKW_KEY

const struct skw_key skw_keys[] = {
	{ "F1 h ?",
	  "this help",
	  "Help",
	  80,
	  LIST | DETAIL | MENUS,
	  { K(KEY_F(1)), 'h', '?' },
	  open_help },
	{ "F2 S",
	  "choose columns and their order",
	  NULL,
	  0,
	  LIST,
	  { K(KEY_F(2)), 'S' },
	  open_columns },
	{ "F3 /",
	  "search for a name, an address, a state or a cgroup",
	  "Search",
	  50,
	  LIST,
	  { K(KEY_F(3)), '/' },
	  open_search },
	{ "n N",
	  "the next and the previous match; with -r: the next event",
	  NULL,
	  0,
	  LIST | DETAIL,
	  { 'n', 'N' },
	  search_again },
	{ "F4 \\",
	  "show only what matches an expression",
	  "Filter",
	  70,
	  LIST,
	  { K(KEY_F(4)), '\\' },
	  open_filter },
	{ "F5 g",
	  "group by process, pid, remote, port, cgroup, netns, state",
	  "Group",
	  60,
	  LIST,
	  { K(KEY_F(5)), 'g' },
	  next_group },
	{ "F6 > <",
	  "choose what to sort by",
	  "Sort",
	  55,
	  LIST,
	  { K(KEY_F(6)), '>', '<' },
	  open_sort },
	{ "P M T R",
	  "sort by sending (again: receiving), queue, age, round trip",
	  NULL,
	  0,
	  LIST,
	  { 'P', 'M', 'T', 'R' },
	  sort_at_once },
	{ "I", "invert the order", NULL, 0, LIST | SKW_PANE_BIT(SKW_PANE_SORT), { 'I' }, invert },
	{ "Z Space", "pause; again: go on", "Pause", 45, LIST | DETAIL, { 'Z', ' ' }, pause_or_go },
	{ ".", "with -r: pause, and go on by one update", NULL, 0, LIST | DETAIL, { '.' }, step },
	{ "F",
	  "follow this connection: it is kept after its close",
	  "Follow",
	  40,
	  LIST | DETAIL,
	  { 'F' },
	  follow },
	{ "c",
	  "capture this connection or group into a file; again: stop",
	  "Capture",
	  30,
	  LIST | DETAIL,
	  { 'c' },
	  capture },
	{ "K",
	  "end this connection, or the tagged ones, after a question",
	  "Kill",
	  20,
	  LIST | DETAIL | SKW_KEY_KILLS,
	  { 'K' },
	  end_connections },
	{ "t", "tag this connection, or take its tag away", NULL, 0, LIST, { 't' }, change_tags },
	{ "o", "show only what is tagged, or all again", NULL, 0, LIST, { 'o' }, change_tags },
	{ "U", "take all tags away", NULL, 0, LIST, { 'U' }, change_tags },
	{ "u", "count datagrams of UDP, or no longer", NULL, 0, LIST, { 'u' }, toggle_sockets },
	{ "m",
	  "see requests and answers, or no longer",
	  NULL,
	  0,
	  LIST | DETAIL,
	  { 'm' },
	  toggle_tapped },
	{ "D",
	  "show names of remote addresses, or no longer",
	  NULL,
	  0,
	  LIST | DETAIL,
	  { 'D' },
	  toggle_tapped },
	{ "l", "show listeners too, or leave them out", NULL, 0, LIST, { 'l' }, toggle_sockets },
	{ "+ -",
	  "a longer or shorter time between updates",
	  NULL,
	  0,
	  LIST | DETAIL,
	  { '+', '-' },
	  change_interval },
	{ "d", "type the time between updates", NULL, 0, LIST | DETAIL, { 'd' }, ask_interval },
	{ "Enter",
	  "all about this connection; the connections of this group",
	  "Detail",
	  65,
	  LIST,
	  { '\r', '\n', K(KEY_ENTER) },
	  open_selected },
	{ "Esc",
	  "from the connections of a group back to the groups",
	  NULL,
	  0,
	  LIST,
	  { SKW_KEY_ESC, K(KEY_LEFT), K(KEY_BACKSPACE) },
	  back_to_groups },
	{ "Tab",
	  "in the detail: its story, or all its fields",
	  "Fields",
	  60,
	  DETAIL,
	  { '\t' },
	  toggle_fields },
	{ "Enter Space",
	  "in lists of columns: sort by this column; show or hide it",
	  "Choose",
	  60,
	  MENUS,
	  { '\r', '\n', K(KEY_ENTER), ' ' },
	  choose },
	{ "- +",
	  "in the list of columns: move this column (also F7, F8)",
	  "Move",
	  50,
	  SETUP,
	  { '-', '+', K(KEY_F(7)), K(KEY_F(8)) },
	  shift_column },
	{ "r",
	  "in the list of columns: the default columns again",
	  "Reset",
	  40,
	  SETUP,
	  { 'r' },
	  reset_columns },
	{ "Up Down k j",
	  "move by a line; the mouse wheel moves by three",
	  NULL,
	  0,
	  ALL,
	  { K(KEY_UP), K(KEY_DOWN), 'k', 'j' },
	  move_by },
	{ "PgUp PgDn",
	  "move by a page (also Ctrl-B, Ctrl-F)",
	  NULL,
	  0,
	  ALL,
	  { K(KEY_PPAGE), K(KEY_NPAGE), SKW_CTRL('B'), SKW_CTRL('F') },
	  move_by },
	{ "Home End G",
	  "go to the first (and stay there), to the last",
	  NULL,
	  0,
	  ALL,
	  { K(KEY_HOME), K(KEY_END), 'G' },
	  move_by },
	{ "Ctrl-L", "draw the screen anew", NULL, 0, ALL, { SKW_CTRL('L') }, redraw },
	{ "Ctrl-Z", "stop; the shell's fg comes back", NULL, 0, ALL, { SKW_CTRL('Z') }, suspend },
	{ "Esc q F10",
	  "go back to the list",
	  "Back",
	  90,
	  DETAIL | HELP | MENUS,
	  { SKW_KEY_ESC, 'q', K(KEY_F(10)), K(KEY_LEFT), K(KEY_BACKSPACE) },
	  back },
	{ "q F10 Ctrl-C", "quit", "Quit", 90, LIST, { 'q', K(KEY_F(10)) }, quit },
	{ "Ctrl-C", "quit", NULL, 0, ALL, { SKW_CTRL('C') }, quit },
};

const size_t skw_keys_len = SKW_ARRAY_SIZE(skw_keys) - 1;

static bool has_code(const struct skw_key *k, int key)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(k->codes) && k->codes[i]; i++)
		if (k->codes[i] == key)
			return true;
	return false;
}

bool skw_keys_have(const struct skw_screen *s, const struct skw_key *k)
{
	return s->kills || !(k->panes & SKW_KEY_KILLS);
}

void skw_keys_run(struct skw_screen *s, int key)
{
	for (size_t i = 0; i < SKW_ARRAY_SIZE(skw_keys); i++) {
		if (!(skw_keys[i].panes & SKW_PANE_BIT(s->pane)) || !has_code(&skw_keys[i], key) ||
		    !skw_keys_have(s, &skw_keys[i]))
			continue;
		skw_keys[i].run(s, key);
		return;
	}
	if (s->pane == SKW_PANE_HELP)
		back(s, key);
}
