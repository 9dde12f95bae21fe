// SPDX-License-Identifier: BSD-2-Clause
#include "sink/comment_owners.h"

#include <ctype.h>
#include <string.h>

#include "util/escape.h"

/* The rest of a comment: nothing, a cgroup, or a namespace. The name before it may have anything.
 */
static bool is_place(const char *text, size_t len)
{
	static const char netns[] = " netns ";

	return !len || (len > 1 && text[0] == ' ' && text[1] == '/') ||
	       (len >= sizeof(netns) && !memcmp(text, netns, sizeof(netns) - 1));
}

/* The length of "comm[pid]" at the front of a line of this length; 0: it does not begin so. */
static size_t name_len(const char *line, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		size_t end = i + 1;

		if (line[i] != '[')
			continue;
		while (end < len && isdigit((unsigned char)line[end]))
			end++;
		if (end > i + 1 && end < len && line[end] == ']' &&
		    is_place(line + end + 1, len - end - 1))
			return end + 1;
	}
	return 0;
}

void skw_comment_owners_give(struct skw_comment_owners *o, struct skw_packet *pkt)
{
	const char *line = pkt->comment;
	size_t n = 0;

	while (line && *line && n < 2) {
		size_t len = strcspn(line, "\n"), name = name_len(line, len);
		char text[SKW_COMMENT_NAME];

		if (name && name < sizeof(text)) {
			memcpy(text, line, name);
			text[name] = '\0';
			o->owners[n].name = skw_escape(text, o->names[n], sizeof(o->names[n]));
			n++;
		}
		line += len + (line[len] == '\n');
	}
	pkt->sender = n > 0 ? &o->owners[0] : NULL;
	pkt->receiver = n > 1 ? &o->owners[1] : NULL;
}
