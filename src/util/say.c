// SPDX-License-Identifier: BSD-2-Clause
#include "util/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void skw_say(const char *fmt, ...)
{
	char line[1024] = "skwatch: ";
	size_t len = sizeof("skwatch: ") - 1;
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(line + len, sizeof(line) - len - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	len += (size_t)n < sizeof(line) - len - 1 ? (size_t)n : sizeof(line) - len - 2;
	line[len++] = '\n';
	/* An error is ignored, because there is no other place to report it. */
	ssize_t ignored = write(STDERR_FILENO, line, len);
	(void)ignored;
}
