// SPDX-License-Identifier: BSD-2-Clause
#include "act/kill_words.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/cleanup.h"

const char *skw_kill_words_why(int error)
{
	static const struct {
		int error;
		const char *text;
	} words[] = {
		{ -ENOENT, "it has gone" },
		{ -ESRCH, "the process has ended" },
		{ -EACCES, "it is no connection, and the expression does not name its state" },
		{ -EPERM, "this is not permitted" },
		{ -EOPNOTSUPP, "the kernel can't end a socket of this kind" },
		{ -ENOTUNIQ, "the kernel finds another socket that shares its address" },
		{ -E2BIG, "these are too many at a time" },
	};

	for (size_t i = 0; i < SKW_ARRAY_SIZE(words); i++)
		if (words[i].error == error)
			return words[i].text;
	return strerror(-error);
}

const char *skw_kill_words_signal(int signo, char out[SKW_KILL_WORDS_SIGNAL])
{
	const char *name = sigabbrev_np(signo);

	if (name)
		snprintf(out, SKW_KILL_WORDS_SIGNAL, "SIG%s", name);
	else
		snprintf(out, SKW_KILL_WORDS_SIGNAL, "signal %d", signo);
	return out;
}

bool skw_kill_words_parse_signal(const char *text, int *signo)
{
	const char *name = strncasecmp(text, "SIG", 3) == 0 ? text + 3 : text;
	char *end;

	if (isdigit((unsigned char)*text)) {
		long number = strtol(text, &end, 10);

		*signo = (int)number;
		return !*end && number >= 1 && number <= SIGRTMAX;
	}
	for (int i = 1; i < SIGRTMIN; i++) {
		const char *known = sigabbrev_np(i);

		if (known && strcasecmp(known, name) == 0) {
			*signo = i;
			return true;
		}
	}
	return false;
}
