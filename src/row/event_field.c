// SPDX-License-Identifier: BSD-2-Clause
#include "row/event_field.h"

#include <stddef.h>
#include <string.h>

#include "row/field.h"

#define FIELDS    3
#define ERRNO_MAX 4095

enum field_kind { NUMBER, ERRNO, STATE, TEXT };

#define FIELD(member, how)                                                                         \
	{                                                                                          \
#member, how, offsetof(struct skw_event, member)                                   \
	}

static const struct skw_event_field fields[SKW_EVENT_CREATOR][FIELDS + 1] = {
	[SKW_EVENT_CONNECT] = { FIELD(error, ERRNO) },
	[SKW_EVENT_ESTABLISHED] = { FIELD(handshake_us, NUMBER) },
	[SKW_EVENT_STATE] = { FIELD(old_state, STATE), FIELD(new_state, STATE) },
	[SKW_EVENT_RTT] = { FIELD(rtt_us, NUMBER) },
	[SKW_EVENT_RTO] = { FIELD(rto_us, NUMBER), FIELD(backoff, NUMBER),
			    FIELD(old_cwnd, NUMBER) },
	[SKW_EVENT_RETRANS] = { FIELD(seq, NUMBER), FIELD(segs, NUMBER), FIELD(error, ERRNO) },
	[SKW_EVENT_CLOSE] = { FIELD(old_state, STATE) },
	[SKW_EVENT_LISTEN] = { FIELD(backlog, NUMBER) },
	[SKW_EVENT_ENTER] = { FIELD(where, TEXT) },
	[SKW_EVENT_LEAVE] = { FIELD(where, TEXT) },
};

const struct skw_event_field *skw_event_field_list(uint8_t type)
{
	static const struct skw_event_field none;

	return type < SKW_EVENT_CREATOR ? fields[type] : &none;
}

void skw_event_field_value(const struct skw_event *event, const struct skw_event_field *field,
			   struct skw_event_value *out)
{
	const void *at = (const char *)event + field->offset;
	uint32_t number;
	int error;

	*out = (struct skw_event_value){ .known = true };
	switch ((enum field_kind)field->kind) {
	case NUMBER:
		memcpy(&number, at, sizeof(number));
		out->number = number;
		/* Only a sequence number can have this value and be known. */
		out->known =
			number != SKW_NONE32 || field->offset == offsetof(struct skw_event, seq);
		break;
	case ERRNO:
		memcpy(&error, at, sizeof(error));
		out->number = error;
		break;
	case STATE:
		out->text = skw_row_state_name(*(const uint8_t *)at);
		break;
	case TEXT:
		memcpy(&out->text, at, sizeof(out->text));
		out->known = out->text != NULL;
		break;
	}
}

static bool set_state(uint8_t *at, const char *text)
{
	for (unsigned state = 0; state < SKW_STATES; state++)
		if (text && !strcmp(text, skw_row_state_name((uint8_t)state))) {
			*at = (uint8_t)state;
			return true;
		}
	return false;
}

bool skw_event_field_set(struct skw_event *event, const struct skw_event_field *field,
			 int64_t number, const char *text)
{
	void *at = (char *)event + field->offset;
	uint32_t unsigned_number = (uint32_t)number;
	int error = (int)number;

	switch ((enum field_kind)field->kind) {
	case NUMBER:
		if (text || number < 0 || number > UINT32_MAX)
			return false;
		memcpy(at, &unsigned_number, sizeof(unsigned_number));
		return true;
	case ERRNO:
		if (text || number < -ERRNO_MAX || number > ERRNO_MAX)
			return false;
		memcpy(at, &error, sizeof(error));
		return true;
	case STATE:
		return set_state(at, text);
	case TEXT:
		memcpy(at, &text, sizeof(text));
		return text != NULL;
	}
	return false;
}
