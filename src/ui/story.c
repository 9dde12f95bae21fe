// SPDX-License-Identifier: BSD-2-Clause
#include "ui/story.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "format/format.h"
#include "row/field.h"
#include "util/cleanup.h"
#include "util/clock.h"

#define LONGEST 256 /* the largest number of events that is shown */
#define TEXT    128

void skw_story_time(char out[SKW_STORY_TIME], uint64_t ts_ns, int64_t offset_ns, bool exact)
{
	uint64_t real_ns = ts_ns + (uint64_t)offset_ns;
	time_t seconds = (time_t)(real_ns / SKW_NS_PER_S);
	struct tm tm;
	size_t n;

	if (ts_ns == SKW_NONE64 || !localtime_r(&seconds, &tm)) {
		snprintf(out, SKW_STORY_TIME, "--");
		return;
	}
	n = strftime(out, SKW_STORY_TIME, "%H:%M:%S", &tm);
	if (exact)
		snprintf(out + n, SKW_STORY_TIME - n, ".%03u",
			 (unsigned)(real_ns % SKW_NS_PER_S / SKW_NS_PER_MS) % 1000);
}

static uint64_t wide(uint32_t v)
{
	return v == SKW_NONE32 ? SKW_NONE64 : v;
}

static enum skw_style tell_name(const struct skw_happening *h, char *out)
{
	snprintf(out, TEXT, "%s", skw_row_event_name(h->type));
	return SKW_STYLE_PLAIN;
}

static enum skw_style tell_established(const struct skw_happening *h, char *out)
{
	char took[16];

	skw_format_us(took, 7, wide(h->args[0]));
	snprintf(out, TEXT, "established   handshake %s", took);
	return SKW_STYLE_PLAIN;
}

static enum skw_style tell_state(const struct skw_happening *h, char *out)
{
	snprintf(out, TEXT, "%s -> %s", skw_row_state_name(h->old_state),
		 skw_row_state_name(h->new_state));
	return SKW_STYLE_PLAIN;
}

static enum skw_style tell_rto(const struct skw_happening *h, char *out)
{
	char after[16];

	skw_format_us(after, 7, wide(h->args[0]));
	snprintf(out, TEXT, "RTO #%" PRIu32 "   after %s", h->args[1] + 1, after);
	return SKW_STYLE_ALARM;
}

static enum skw_style tell_retrans(const struct skw_happening *h, char *out)
{
	snprintf(out, TEXT, "retransmit   %" PRIu32 " segment%s   seq %" PRIu32 "%s%s", h->args[1],
		 h->args[1] == 1 ? "" : "s", h->args[0], h->error ? "   failed: " : "",
		 h->error ? strerror(h->error < 0 ? -h->error : h->error) : "");
	return SKW_STYLE_WARNING;
}

static enum skw_style tell_close(const struct skw_happening *h, char *out)
{
	const char *reason = skw_row_close_reason_name(h->close_reason);

	snprintf(out, TEXT, "%s -> CLOSED   %s", skw_row_state_name(h->old_state),
		 reason ? reason : "--");
	return reason && h->close_reason != SKW_CLOSE_FIN &&
			       h->close_reason != SKW_CLOSE_HALF_CLOSED
		       ? SKW_STYLE_ALARM
		       : SKW_STYLE_STRONG;
}

/* The others have nothing but their name. */
static enum skw_style (*const tellers[SKW_EVENT_TYPES])(const struct skw_happening *, char *) = {
	[SKW_EVENT_ESTABLISHED] = tell_established,
	[SKW_EVENT_STATE] = tell_state,
	[SKW_EVENT_RTO] = tell_rto,
	[SKW_EVENT_RETRANS] = tell_retrans,
	[SKW_EVENT_CLOSE] = tell_close,
};

void skw_story_add(struct skw_page *p, const struct skw_table *table, uint64_t cookie,
		   int64_t offset_ns)
{
	SKW_AUTO_FREE struct skw_happening *all = calloc(LONGEST, sizeof(*all));
	size_t n = all ? skw_table_timeline(table, cookie, all, LONGEST) : 0;
	char when[SKW_STORY_TIME], what[TEXT];

	p->indent = 0;
	skw_page_line(p, SKW_STYLE_TITLE, " when          what ");
	if (n == 0)
		skw_page_line(p, SKW_STYLE_PLAIN, " No events of this connection were seen yet.");
	for (size_t i = n; i-- > 0;) {
		enum skw_style style;

		if (all[i].type >= SKW_EVENT_TYPES)
			continue;
		style = (tellers[all[i].type] ? tellers[all[i].type] : tell_name)(&all[i], what);
		skw_story_time(when, all[i].ts_ns, offset_ns, true);
		skw_page_tab(p, 1);
		skw_page_put(p, SKW_STYLE_PLAIN, when);
		skw_page_tab(p, 15);
		skw_page_line(p, style, what);
	}
}
