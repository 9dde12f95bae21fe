// SPDX-License-Identifier: BSD-2-Clause
/*
 * Plays a recording on the screen of top with a clock that only the recording moves. Then it types
 * keys, and reports when the terminal has drawn everything:
 *
 *	screen [--ascii] [--no-color] [--loading] [--filter EXPR] RECORDING FIFO [KEY...]
 *
 * A key is a text to type, or a name in angle brackets such as <F4>, <Enter> or <Down>. <Tick>
 * plays the recording up to its next tick. When the screen is complete, a line is written to FIFO,
 * and the program waits to be killed. With
 * --loading, nothing has been played yet. The words of a recording are those of `verbs` in
 * screen_play.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "screen_play.h"
#include "ui/screen.h"
#include "util/clock.h"
#include "util/locale.h"

static const struct {
	const char *name;
	int key;
	bool character;
} keys[] = {
	{ "<Up>", KEY_UP, false },      { "<Down>", KEY_DOWN, false },
	{ "<PgUp>", KEY_PPAGE, false }, { "<PgDn>", KEY_NPAGE, false },
	{ "<Home>", KEY_HOME, false },  { "<End>", KEY_END, false },
	{ "<F1>", KEY_F(1), false },    { "<F2>", KEY_F(2), false },
	{ "<F3>", KEY_F(3), false },    { "<F4>", KEY_F(4), false },
	{ "<F5>", KEY_F(5), false },    { "<F6>", KEY_F(6), false },
	{ "<Enter>", '\r', true },      { "<Tab>", '\t', true },
	{ "<Esc>", 27, true },
};

static void die(const char *what)
{
	endwin();
	fprintf(stderr, "screen: %s\n", what);
	exit(1);
}

/* The database has a command line that would steer a terminal; other processes can't be read. */
static void tell(struct skw_screen *s, uint32_t pid)
{
	static const struct skw_process database = {
		.pid = 4121,
		.comm = "postgres",
		.start_ns = 1700000000000000000,
		.command = "/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql \033[2J",
		.exe = "/usr/lib/postgresql/15/bin/postgres",
		.parents_len = 2,
		.parents = { { 800, "postgres" }, { 1, "systemd" } },
	};

	skw_screen_tell_holder(s, pid == database.pid ? &database : NULL);
}

static void input(struct skw_screen *s, struct skw_table *table)
{
	struct skw_screen_wish wish = { 0 };
	struct skw_error err = { 0 };

	if (skw_screen_input(s, 0, &wish, &err))
		die(err.text);
	tell(s, wish.holder);
	if (skw_screen_input(s, 0, &wish, &err))
		die(err.text);
	skw_table_follow(table, wish.follow);
}

static void press(struct skw_screen *s, struct play *play, const char *name)
{
	if (strcmp(name, "<Tick>") == 0) {
		struct skw_error err = { 0 };

		if (!play_tick(play))
			die("the recording has no further tick");
		if (skw_screen_update(s, play->table, &play->status, &err))
			die(err.text);
		return;
	}
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		if (keys[i].character)
			unget_wch((wchar_t)keys[i].key);
		else
			ungetch(keys[i].key);
		input(s, play->table);
		return;
	}
	for (; *name; name++) {
		unget_wch((wchar_t)(unsigned char)*name);
		input(s, play->table);
	}
}

/* The terminal reports the position of its cursor after it has drawn everything before. */
static void wait_until_drawn(void)
{
	char c = 0;

	if (write(STDOUT_FILENO, "\033[6n", 4) != 4)
		die("the terminal can't be written");
	while (c != 'R')
		if (read(STDIN_FILENO, &c, 1) != 1)
			die("the terminal does not answer");
}

int main(int argc, char **argv)
{
	struct skw_screen_options opt = { .host = "db7", .interval_ns = SKW_NS_PER_S };
	struct skw_screen *screen;
	struct skw_error err = { 0 };
	const char *farewell;
	struct play play;
	bool loading = false;
	int fifo, at;

	skw_locale_take();
	skw_settings_default(&opt.settings);
	for (at = 1; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
		if (strcmp(argv[at], "--ascii") == 0)
			opt.ascii = true;
		else if (strcmp(argv[at], "--no-color") == 0)
			opt.no_color = true;
		else if (strcmp(argv[at], "--loading") == 0)
			loading = true;
		else if (strcmp(argv[at], "--filter") == 0 && at + 1 < argc)
			opt.filter = argv[++at];
	}
	if (argc - at < 2)
		die("RECORDING and FIFO are needed");
	if (skw_screen_probe(&farewell, &err) || skw_screen_open(&opt, &screen, &err))
		die(err.text);
	play_begin(&play, argv[at]);
	if (!loading &&
	    (!play_tick(&play) || skw_screen_update(screen, play.table, &play.status, &err)))
		die(err.text[0] ? err.text : "the recording has no tick");
	for (int i = at + 2; i < argc; i++)
		press(screen, &play, argv[i]);
	wait_until_drawn();
	fifo = open(argv[at + 1], O_WRONLY);
	if (fifo < 0 || write(fifo, "drawn\n", 6) != 6)
		die("the FIFO can't be written");
	close(fifo);
	for (;;)
		pause();
}
