// SPDX-License-Identifier: BSD-2-Clause
#include "kern/bpf_log.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

/* libbpf gives its callback no pointer, so this is a global variable. */
static char first[256];

static int keep(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	static const char prefix[] = "libbpf: ";
	char text[sizeof(first) + sizeof(prefix)];

	if (level != LIBBPF_WARN || first[0])
		return 0;
	vsnprintf(text, sizeof(text), fmt, ap);
	const char *from = text;
	if (strncmp(from, prefix, sizeof(prefix) - 1) == 0)
		from += sizeof(prefix) - 1;
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(from, "\n"), from);
	return 0;
}

void skw_bpf_log_begin(void)
{
	first[0] = '\0';
	libbpf_set_print(keep);
}

/* libbpf goes on after some failures, and then fails because of a part that is missing. */
static int cause(int ret)
{
	static const int causes[] = { EMFILE, ENFILE, ENOMEM, EPERM };

	for (size_t i = 0; i < SKW_ARRAY_SIZE(causes); i++)
		if (strstr(first, strerror(causes[i])))
			return -causes[i];
	return ret;
}

int skw_bpf_log_failure(struct skw_error *err, int ret, const char *what, const char *advice)
{
	int why = cause(ret);
	/* Where memory is short, libbpf's line is about a consequence, such as types not found. */
	const char *quoted = first[0] && why != -ENOMEM ? " (libbpf: " : "";

	if (why != ret)
		advice = "";
	return skw_error_set(err, why, "BPF: %s: %s%s%s%s%s", what, strerror(-why), advice, quoted,
			     quoted[0] ? first : "", quoted[0] ? ")" : "");
}
