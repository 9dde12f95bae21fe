// SPDX-License-Identifier: BSD-2-Clause
#include "kern/host/mountinfo.h"

#include <stddef.h>
#include <string.h>

/* Blanks, newlines and backslashes are written as a backslash and three octal digits. */
static void unescape(char *path)
{
	char *to = path;

	for (const char *from = path; *from; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3]) {
			*to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + (from[3] - '0'));
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
}

/* Cuts the first words of a line off. Returns how many there are, at most `len`. */
static size_t split(char *line, char **words, size_t len)
{
	char *save = NULL;
	size_t n = 0;

	for (char *word = strtok_r(line, " \n", &save); word && n < len;
	     word = strtok_r(NULL, " \n", &save))
		words[n++] = word;
	return n;
}

bool skw_mountinfo_parse(char *line, struct skw_mountinfo *mount)
{
	/* Between the two halves there is any number of optional fields. */
	char *tail = strstr(line, " - ");
	char *first[5], *last[3];

	if (!tail)
		return false;
	*tail = '\0';
	size_t n = split(tail + 3, last, 3);
	if (split(line, first, 5) < 5 || n < 1)
		return false;
	*mount = (struct skw_mountinfo){ .root = first[3],
					 .point = first[4],
					 .type = last[0],
					 .options = n > 2 ? last[2] : last[0] + strlen(last[0]) };
	unescape(mount->root);
	unescape(mount->point);
	return true;
}
