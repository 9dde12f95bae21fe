/* SPDX-License-Identifier: BSD-2-Clause */
/* Which events are wanted: types, and the reasons of closes that have names of their own. */
#ifndef SKW_ROW_EVENT_TYPES_H
#define SKW_ROW_EVENT_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"
#include "util/error.h"

struct skw_event_types {
	uint32_t mask;    /* SKW_EVENT_BIT()s */
	uint32_t reasons; /* bits by enum skw_close_reason: closes that are wanted; all with `close`
			   */
};

/* "rto,retrans,refused"; NULL: all but rtt. -EINVAL with a usage error that names the word. */
int skw_event_types_parse(const char *text, struct skw_event_types *out, struct skw_error *err);

bool skw_event_types_wanted(const struct skw_event_types *types, const struct skw_event *event);

#endif
