/* SPDX-License-Identifier: BSD-2-Clause */
/* Which events the user wants: by type, and closes also by their reason. */
#ifndef SKW_ROW_EVENT_TYPES_H
#define SKW_ROW_EVENT_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"
#include "util/error.h"

/* They are in recordings only, and in the capture that tells them. */
#define SKW_EVENT_TYPES_HEALTH (SKW_EVENT_BIT(SKW_EVENT_ENTER) | SKW_EVENT_BIT(SKW_EVENT_LEAVE))

struct skw_event_types {
	uint32_t mask; /* SKW_EVENT_BIT()s */
	/* The closes that are wanted, a bit for each enum skw_close_reason. */
	uint32_t reasons;
};

/*
 * A list such as "rto,retrans,refused"; NULL: all but rtt. 0, or -EINVAL with a usage error that
 * names `option` and the wrong word.
 */
int skw_event_types_parse(const char *option, const char *text, struct skw_event_types *out,
			  struct skw_error *err);

/* Adds one word of such a list. Returns false if there is no such type. */
bool skw_event_types_add(struct skw_event_types *types, const char *word, size_t len);

bool skw_event_types_wanted(const struct skw_event_types *types, const struct skw_event *event);

#endif
