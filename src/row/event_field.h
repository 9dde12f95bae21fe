/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields that an event has beside those of its connection, as data: a list for each type. */
#ifndef SKW_ROW_EVENT_FIELD_H
#define SKW_ROW_EVENT_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event.h"

/* Only for this header's functions. */
struct skw_event_field {
	const char *name; /* as in JSON; NULL ends a list */
	uint8_t kind;
	uint8_t offset;
};

struct skw_event_value {
	bool known;
	int64_t number;
	const char *text; /* static, or the event's; NULL: it is a number */
};

/* The fields of a type of enum skw_event_type. */
const struct skw_event_field *skw_event_field_list(uint8_t type);

void skw_event_field_value(const struct skw_event *event, const struct skw_event_field *field,
			   struct skw_event_value *out);

/*
 * Puts what skw_event_field_value() told into an event, which may go on to use the text. False: the
 * event can't have this value.
 */
bool skw_event_field_set(struct skw_event *event, const struct skw_event_field *field,
			 int64_t number, const char *text);

#endif
