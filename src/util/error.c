// SPDX-License-Identifier: BSD-2-Clause
#include "util/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static void put_text(struct skw_error *err, bool usage, const char *fmt, va_list ap)
{
	if (!err || err->text[0])
		return;
	err->usage = usage;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	for (char *c = err->text; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
}

int skw_error_set(struct skw_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text(err, false, fmt, ap);
	va_end(ap);
	return code;
}

int skw_error_usage(struct skw_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text(err, true, fmt, ap);
	va_end(ap);
	return -EINVAL;
}
