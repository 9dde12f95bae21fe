// SPDX-License-Identifier: BSD-2-Clause
#include "row/event_types.h"

#include <string.h>

#include "row/field.h"
#include "util/cleanup.h"

#define ALL_REASONS ((1U << SKW_CLOSE_REASONS) - 1)

/* Words that ask for closes by their reason. */
static const struct {
	const char *name;
	uint32_t reasons;
} closes[] = {
	{ "reset", 1U << SKW_CLOSE_RESET_BY_PEER | 1U << SKW_CLOSE_RESET_BY_US },
	{ "refused", 1U << SKW_CLOSE_REFUSED },
	{ "timeout", 1U << SKW_CLOSE_TIMEOUT },
};

static bool is_word(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && memcmp(word, name, len) == 0;
}

bool skw_event_types_add(struct skw_event_types *types, const char *word, size_t len)
{
	for (unsigned type = 0; type < SKW_EVENT_CREATOR; type++) {
		if (!is_word(word, len, skw_row_event_name((uint8_t)type)))
			continue;
		types->mask |= SKW_EVENT_BIT(type);
		if (type == SKW_EVENT_CLOSE)
			types->reasons = ALL_REASONS;
		return true;
	}
	for (size_t i = 0; i < SKW_ARRAY_SIZE(closes); i++) {
		if (!is_word(word, len, closes[i].name))
			continue;
		types->mask |= SKW_EVENT_BIT(SKW_EVENT_CLOSE);
		types->reasons |= closes[i].reasons;
		return true;
	}
	return false;
}

int skw_event_types_parse(const char *option, const char *text, struct skw_event_types *out,
			  struct skw_error *err)
{
	struct skw_event_types types = { 0 };

	if (!text) {
		types.mask = (SKW_EVENT_BIT(SKW_EVENT_CREATOR) - 1) & ~SKW_EVENT_BIT(SKW_EVENT_RTT);
		types.reasons = ALL_REASONS;
		*out = types;
		return 0;
	}
	for (;;) {
		size_t len = strcspn(text, ", ");

		if (!skw_event_types_add(&types, text, len))
			return skw_error_usage(
				err,
				"%s: \"%.*s\" is not connect, established, state, "
				"rtt, rto, retrans, close, listen, reset, refused, timeout, "
				"enter or leave",
				option, (int)len, text);
		text += len;
		if (!*text)
			break;
		text++;
	}
	*out = types;
	return 0;
}

bool skw_event_types_wanted(const struct skw_event_types *types, const struct skw_event *event)
{
	if (!(types->mask & SKW_EVENT_BIT(event->type)))
		return false;
	return event->type != SKW_EVENT_CLOSE ||
	       (types->reasons & (1U << event->row->close_reason)) != 0;
}
