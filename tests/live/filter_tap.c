// SPDX-License-Identifier: BSD-2-Clause
#include "filter_tap.h"

#include <stdarg.h>
#include <stdio.h>

static unsigned int count, failed;

void tap_ok(bool good, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	failed += !good;
	printf("%s %u - ", good ? "ok" : "not ok", ++count);
	/* A # would begin a directive, and some harnesses take \ for an escape. */
	for (const char *c = text; *c; c++)
		putchar(*c == '#' || *c == '\\' ? '/' : *c);
	putchar('\n');
}

void tap_note(const char *fmt, ...)
{
	va_list ap;

	fputs("# ", stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

int tap_end(int err)
{
	printf("1..%u\n", count);
	return err ? 99 : failed ? 1 : 0;
}
