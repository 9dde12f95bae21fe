// SPDX-License-Identifier: BSD-2-Clause
#include "util/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

static const struct reason {
	int code;
	const char *text;
} reasons[] = {
	{ 512, "interrupted (ERESTARTSYS)" },
	{ 513, "interrupted (ERESTARTNOINTR)" },
	{ 514, "interrupted (ERESTARTNOHAND)" },
	{ 515, "this kernel has no such request (ENOIOCTLCMD)" },
	{ 516, "interrupted (ERESTART_RESTARTBLOCK)" },
	{ 517, "a driver is not ready yet (EPROBE_DEFER)" },
	{ 521, "the kernel does not know the handle (EBADHANDLE)" },
	{ 524, "this kernel does not support it (ENOTSUPP)" },
	{ 525, "too small for the kernel (ETOOSMALL)" },
	{ 527, "the kernel does not support this type (EBADTYPE)" },
	{ 4000, "libelf failed" },
	{ 4001, "the BPF object is damaged" },
	{ 4002, "the BPF object has no valid kernel version" },
	{ 4003, "the BPF object has the other byte order" },
	{ 4004, "libbpf failed inside" },
	{ 4005, "a BPF program can't be relocated" },
	{ 4006, "a BPF program can't be loaded" },
	{ 4007, "the kernel's verifier refuses a BPF program" },
	{ 4008, "a BPF program is too long for this kernel" },
	{ 4009, "the BPF object is for another kernel version" },
	{ 4010, "this kernel does not know the type of a BPF program" },
};

static const struct reason advice[] = {
	{ EMFILE, "; this process may open no more: raise the limit (ulimit -n 1024)" },
	{ ENFILE, "; the whole machine may open no more: raise fs.file-max (sysctl)" },
};

static const char *find(const struct reason *list, size_t n, int code)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].code == -code)
			return list[i].text;
	return NULL;
}

const char *skw_error_why(int code)
{
	const char *text = find(reasons, SKW_ARRAY_SIZE(reasons), code);

	return text ? text : strerror(-code);
}

/* Puts a better text in the place of that of strerror(), and advice in the place of what follows.
 */
static void explain(struct skw_error *err, int code)
{
	const char *better = find(reasons, SKW_ARRAY_SIZE(reasons), code);
	const char *next = find(advice, SKW_ARRAY_SIZE(advice), code);
	const char *plain = strerror(-code);
	char *at = better || next ? strstr(err->text, plain) : NULL;
	char after[sizeof(err->text)];

	if (!at)
		return;
	snprintf(after, sizeof(after), "%s%s", better ? better : plain,
		 next ? next : at + strlen(plain));
	snprintf(at, sizeof(err->text) - (size_t)(at - err->text), "%s", after);
}

static void put_text(struct skw_error *err, bool usage, int code, const char *fmt, va_list ap)
{
	if (!err || err->text[0])
		return;
	err->usage = usage;
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	explain(err, code);
	for (char *c = err->text; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
}

int skw_error_set(struct skw_error *err, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text(err, false, code, fmt, ap);
	va_end(ap);
	return code;
}

int skw_error_usage(struct skw_error *err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_text(err, true, 0, fmt, ap);
	va_end(ap);
	return -EINVAL;
}
