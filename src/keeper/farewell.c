// SPDX-License-Identifier: BSD-2-Clause
#include "keeper/farewell.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static bool same(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
	       a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof(a->c_cc)) == 0;
}

void skw_farewell_say(const struct skw_farewell *f)
{
	struct termios now;

	if (!isatty(STDOUT_FILENO))
		return;
	/*
	 * Another process group may have the terminal by now, and then SIGTTOU would stop the
	 * keeper.
	 */
	signal(SIGTTOU, SIG_IGN);
	if (write(STDOUT_FILENO, f->text, strlen(f->text)) < 0)
		return;
	/* bash restores its own settings when a job was killed, dash does not. */
	if (f->termios && f->has_made && tcgetattr(STDOUT_FILENO, &now) == 0 &&
	    same(&now, &f->made))
		tcsetattr(STDOUT_FILENO, TCSANOW, f->termios);
}
