// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/sockstat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"

/* Both files are a few lines. */
#define TEXT_MAX 4096

/* The number behind ` word ` in the line that begins with `name`. -1: there is none. */
static long number_of(const char *text, const char *name, const char *word)
{
	size_t len = strlen(name);
	const char *line = text;

	while (line && strncmp(line, name, len) != 0) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	const char *at = line ? strstr(line, word) : NULL;
	const char *end = line ? strchr(line, '\n') : NULL;

	if (!at || (end && at > end))
		return -1;
	return strtol(at + strlen(word), NULL, 10);
}

bool skw_sockstat_tells_none(const char *sockstat, const char *sockstat6, bool udp)
{
	if (number_of(sockstat, udp ? "UDP:" : "TCP:", " inuse ") != 0)
		return false;
	if (!udp && number_of(sockstat, "TCP:", " tw ") != 0)
		return false;
	/* Without IPv6 there is no such file. */
	return !*sockstat6 || number_of(sockstat6, udp ? "UDP6:" : "TCP6:", " inuse ") == 0;
}

/* Returns 0, or -errno with an empty text. */
static int read_text(const char *path, char text[TEXT_MAX])
{
	SKW_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, TEXT_MAX - 1);
	int ret = n < 0 ? -errno : 0;

	text[n < 0 ? 0 : n] = '\0';
	return ret;
}

static bool has_none(bool udp)
{
	char sockstat[TEXT_MAX], sockstat6[TEXT_MAX];

	if (read_text("/proc/thread-self/net/sockstat", sockstat))
		return false;
	int ret = read_text("/proc/thread-self/net/sockstat6", sockstat6);
	if (ret && ret != -ENOENT)
		return false;
	return skw_sockstat_tells_none(sockstat, sockstat6, udp);
}

/* The kernel adds up its CPUs, so a socket that comes and goes meanwhile can hide another. */
bool skw_sockstat_has_none(bool udp)
{
	return has_none(udp) && has_none(udp);
}
