// SPDX-License-Identifier: BSD-2-Clause
#include "ui/tags.h"

#include <stdio.h>

#include "ui/list.h"

void skw_tags_toggle(struct skw_screen *s)
{
	uint64_t cookie = skw_list_cookie(s);
	size_t at = skw_screen_tag(s, cookie);

	if (!cookie) {
		snprintf(s->message, sizeof(s->message), "Only connections can be tagged.");
		return;
	}
	if (at < s->tags_len) {
		s->tags[at] = s->tags[--s->tags_len];
	} else if (s->tags_len == SKW_TAGS_MAX) {
		snprintf(s->message, sizeof(s->message), "%d connections are tagged already.",
			 SKW_TAGS_MAX);
		return;
	} else {
		s->tags[s->tags_len++] = cookie;
	}
	s->fresh = !s->tags_only;
	skw_list_move(s, SKW_MOTION_DOWN);
}

void skw_tags_only(struct skw_screen *s)
{
	if (!s->tags_len && !s->tags_only) {
		snprintf(s->message, sizeof(s->message), "Tag connections with t first.");
		return;
	}
	s->tags_only = !s->tags_only;
	s->fresh = false;
	snprintf(s->message, sizeof(s->message), "%s",
		 s->tags_only ? "Only tagged connections are shown." : "All are shown again.");
}

void skw_tags_clear(struct skw_screen *s)
{
	s->tags_len = 0;
	s->tags_only = false;
	s->fresh = false;
}
