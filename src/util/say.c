// SPDX-License-Identifier: BSD-2-Clause
#include "util/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "util/escape.h"

/* Standard error is one for the whole process, and so is its last line. */
static bool status_is_shown;

void skw_say(const char *fmt, ...)
{
	char text[1024], line[4096] = "skwatch: ";
	size_t len = strlen(line);
	va_list ap;

	skw_say_clear();
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	skw_escape(text, line + len, sizeof(line) - len - 1);
	len = strlen(line);
	line[len++] = '\n';
	/* An error is ignored, because there is no other place to report it. */
	for (size_t at = 0; at < len;) {
		ssize_t put = write(STDERR_FILENO, line + at, len - at);

		if (put > 0)
			at += (size_t)put;
		else if (put == 0 || errno != EINTR)
			return;
	}
}

void skw_say_status(const char *line)
{
	struct winsize size = { 0 };
	char text[1024];
	size_t len = strlen(skw_escape(line, text, sizeof(text)));

	/* A line that wraps could not be taken back. */
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && len >= size.ws_col)
		len = size.ws_col - 1u;
	fprintf(stderr, "\r%.*s\033[K", (int)len, text);
	status_is_shown = true;
}

void skw_say_clear(void)
{
	if (status_is_shown)
		fputs("\r\033[K", stderr);
	status_is_shown = false;
}
