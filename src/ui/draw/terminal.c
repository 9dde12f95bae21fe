// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/terminal.h"

#include <errno.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "util/locale.h"

/*
 * The bytes of one key arrive in this time even over a slow line, and the user does not notice the
 * delay after Esc.
 */
#define ESCAPE_MS 50

struct skw_terminal {
	SCREEN *screen; /* owned */
	struct termios before;
};

/* Appends a capability without its padding ($<5>, see terminfo(5)). Returns its length. */
static size_t add_capability(char *out, size_t size, const char *text)
{
	size_t len = 0;

	if (!text || text == (char *)-1)
		return 0;
	while (*text && len + 1 < size) {
		const char *end = strncmp(text, "$<", 2) == 0 ? strchr(text, '>') : NULL;

		if (end)
			text = end + 1;
		else
			out[len++] = *text++;
	}
	out[len] = '\0';
	return len;
}

/* The cast is safe: tigetstr() takes a non-const name, but only reads it. */
static const char *capability(const char *name)
{
	return tigetstr((char *)name);
}

static const char *mouse_off(void)
{
	const char *mode = capability("XM"), *mouse = capability("kmous");

	if (mode && mode != (char *)-1)
		return tparm((char *)mode, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L);
	/* If the terminal has a mouse but no XM, ncurses turns the mouse on with mode 1000. */
	return mouse && mouse != (char *)-1 ? "\033[?1000l" : NULL;
}

static void say_goodbye(char *out, size_t size)
{
	static const char *const last[] = { "sgr0", "op", "rmacs", "rmkx", "cnorm", "rmcup" };
	size_t len = add_capability(out, size, mouse_off());
	const char *leave = capability("rmcup");

	for (size_t i = 0; i < sizeof(last) / sizeof(last[0]); i++)
		len += add_capability(out + len, size - len, capability(last[i]));
	/* A terminal without an alternate screen leaves the shell's cursor within our lines. */
	if (!leave || leave == (char *)-1) {
		len += add_capability(out + len, size - len, "\r\n");
		add_capability(out + len, size - len, capability("ed"));
	}
}

int skw_terminal_probe(const char **farewell, struct skw_error *err)
{
	/* The keeper uses these bytes after this process was killed, so they are static. */
	static char goodbye[256];
	const char *type = getenv("TERM");
	const char *move;
	int found;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return skw_error_set(err, -ENOTTY,
				     "standard %s is no terminal: use -b for plain lines",
				     isatty(STDOUT_FILENO) ? "input" : "output");
	if (!type || !*type)
		return skw_error_set(err, -ENOTTY,
				     "TERM is not set: set it to the terminal's type, "
				     "or use -b for plain lines");
	if (setupterm(type, STDOUT_FILENO, &found) != OK)
		return skw_error_set(err, -ENOTTY,
				     "the terminal type \"%.60s\" is unknown here: set TERM to one "
				     "that is known (xterm, vt100), or use -b for plain lines",
				     type);
	move = capability("cup");
	if (!move || move == (char *)-1) {
		del_curterm(cur_term);
		return skw_error_set(err, -ENOTTY,
				     "the terminal type \"%.60s\" can't move its cursor: set TERM "
				     "if its type is another, or use -b for plain lines",
				     type);
	}
	say_goodbye(goodbye, sizeof(goodbye));
	del_curterm(cur_term);
	*farewell = goodbye;
	return 0;
}

/*
 * Defines the keys as terminals send them in either cursor mode (ECMA-48 CSI, DEC SS3) and as the
 * Linux console does. If something resets the mode of the terminal, an arrow key must not become
 * Esc and two letters.
 */
static void define_keys(void)
{
	static const struct {
		const char *bytes;
		int key;
	} keys[] = {
		{ "\033[A", KEY_UP },      { "\033OA", KEY_UP },     { "\033[B", KEY_DOWN },
		{ "\033OB", KEY_DOWN },    { "\033[C", KEY_RIGHT },  { "\033OC", KEY_RIGHT },
		{ "\033[D", KEY_LEFT },    { "\033OD", KEY_LEFT },   { "\033[H", KEY_HOME },
		{ "\033OH", KEY_HOME },    { "\033[F", KEY_END },    { "\033OF", KEY_END },
		{ "\033[1~", KEY_HOME },   { "\033[4~", KEY_END },   { "\033[5~", KEY_PPAGE },
		{ "\033[6~", KEY_NPAGE },  { "\033OP", KEY_F(1) },   { "\033OQ", KEY_F(2) },
		{ "\033OR", KEY_F(3) },    { "\033OS", KEY_F(4) },   { "\033[15~", KEY_F(5) },
		{ "\033[17~", KEY_F(6) },  { "\033[18~", KEY_F(7) }, { "\033[19~", KEY_F(8) },
		{ "\033[21~", KEY_F(10) },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (key_defined(keys[i].bytes) == 0)
			define_key(keys[i].bytes, keys[i].key);
}

/* Ctrl-Z arrives as a key, so that the program stops between two drawings and not within one. */
static void set_modes(void)
{
	struct termios mode;

	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	meta(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	define_keys();
	curs_set(0);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	/*
	 * ncurses must not wait for a second click, because skw_list_click() recognizes double
	 * clicks.
	 */
	mouseinterval(0);
	if (tcgetattr(STDIN_FILENO, &mode) == 0) {
		mode.c_cc[VSUSP] = _POSIX_VDISABLE;
		tcsetattr(STDIN_FILENO, TCSADRAIN, &mode);
	}
	def_prog_mode();
}

int skw_terminal_open(struct skw_terminal **out, bool *utf8, struct skw_error *err)
{
	struct skw_terminal *t = calloc(1, sizeof(*t));

	if (!t)
		return skw_error_set(err, -ENOMEM, "out of memory");
	*utf8 = skw_locale_is_utf8();
	if (tcgetattr(STDIN_FILENO, &t->before)) {
		free(t);
		return skw_error_set(err, -ENOTTY,
				     "standard input is no terminal: use -b for plain lines");
	}
	t->screen = newterm(NULL, stdout, stdin);
	if (!t->screen) {
		free(t);
		return skw_error_set(err, -ENOTTY,
				     "the terminal can't be used: use -b for plain lines");
	}
	set_term(t->screen);
	set_modes();
	*out = t;
	return 0;
}

/*
 * Without an alternate screen the last line of ours would stay below the cursor, and the shell
 * would write over it.
 */
static void leave_screen(void)
{
	const char *leave = capability("rmcup");

	if (!leave || leave == (char *)-1) {
		move(LINES - 1, 0);
		clrtoeol();
		refresh();
	}
	endwin();
}

void skw_terminal_close(struct skw_terminal *t)
{
	if (!t)
		return;
	mousemask(0, NULL);
	leave_screen();
	delscreen(t->screen);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &t->before);
	free(t);
}

bool skw_terminal_resize(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row == 0 || size.ws_col == 0 ||
	    !is_term_resized(size.ws_row, size.ws_col))
		return false;
	/* resizeterm() would also put a KEY_RESIZE into the input. */
	resize_term(size.ws_row, size.ws_col);
	clearok(curscr, TRUE);
	return true;
}

void skw_terminal_suspend(struct skw_terminal *t, void (*stop_job)(void *ctx), void *ctx)
{
	struct sigaction stop = { .sa_handler = SIG_DFL }, before;
	sigset_t set, mask;

	def_prog_mode();
	leave_screen();
	tcsetattr(STDIN_FILENO, TCSADRAIN, &t->before);
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaction(SIGTSTP, &stop, &before);
	sigprocmask(SIG_UNBLOCK, &set, &mask);
	/* The signal stops this process within the call. */
	stop_job(ctx);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &before, NULL);
	skw_terminal_redraw(t);
}

void skw_terminal_redraw(struct skw_terminal *t)
{
	(void)t;
	/* The modes are set again too, because another program may have reset the terminal. */
	endwin();
	doupdate();
	skw_terminal_resize();
	clearok(curscr, TRUE);
}

bool skw_terminal_gone(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&in, 1, 0) > 0 && in.revents & (POLLHUP | POLLERR | POLLNVAL);
}
