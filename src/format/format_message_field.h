/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of a message as data, for JSON, expressions and the help. Internal to this room. */
#ifndef SKW_FORMAT_FORMAT_MESSAGE_FIELD_H
#define SKW_FORMAT_FORMAT_MESSAGE_FIELD_H

#include "model/message.h"
#include "row/field.h"

/* The order is that of JSON. */
enum skw_format_message_id {
	SKW_MESSAGE_TS,
	SKW_MESSAGE_PROTOCOL,
	SKW_MESSAGE_KIND,
	SKW_MESSAGE_STATUS,
	SKW_MESSAGE_OUTCOME,
	SKW_MESSAGE_ERROR,
	SKW_MESSAGE_LATENCY_US,
	SKW_MESSAGE_FIRST_BYTE_US,
	SKW_MESSAGE_REQUEST_BYTES,
	SKW_MESSAGE_ANSWER_BYTES,
	SKW_MESSAGE_REQUEST_END_AT,
	SKW_MESSAGE_ANSWER_AT,
	SKW_MESSAGE_ANSWER_END_AT,
	SKW_MESSAGE_HOLES,
	SKW_MESSAGE_REPEATS,
	SKW_MESSAGE_TRANSPORT,
	SKW_MESSAGE_FAMILY,
	SKW_MESSAGE_CLIENT_ADDR,
	SKW_MESSAGE_CLIENT_PORT,
	SKW_MESSAGE_SERVER_ADDR,
	SKW_MESSAGE_SERVER_PORT,
	SKW_MESSAGE_CLIENT_PID,
	SKW_MESSAGE_CLIENT_COMM,
	SKW_MESSAGE_SERVER_PID,
	SKW_MESSAGE_SERVER_COMM,
	SKW_MESSAGE_REMOTE_NAME,
	SKW_MESSAGE_REMOTE_NAME_SOURCE,
	SKW_MESSAGE_FIELDS
};

extern const struct skw_field_info skw_format_message_fields[SKW_MESSAGE_FIELDS];

/* Sets all of *out. Times are real time; an address is always known, and has no text. */
void skw_format_message_value(const struct skw_message *m, enum skw_format_message_id field,
			      struct skw_value *out);

/* When it began: the first byte of the request, or of an orphan. */
static inline uint64_t skw_format_message_start(const struct skw_message *m)
{
	return m->request_first_ns != SKW_MESSAGE_UNKNOWN ? m->request_first_ns
							  : m->answer_first_ns;
}

#endif
