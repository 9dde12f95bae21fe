// SPDX-License-Identifier: BSD-2-Clause
#include "util/report.h"

#include <stdarg.h>
#include <stdio.h>

void skw_report_add(struct skw_check *check, const struct skw_check_line *line, const char *why,
		    ...)
{
	va_list ap;

	if (check->len == SKW_CHECK_LINES_MAX)
		return;
	struct skw_check_line *to = &check->lines[check->len++];

	*to = *line;
	va_start(ap, why);
	vsnprintf(to->why, sizeof(to->why), why, ap);
	va_end(ap);
}
