/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows and events as text, JSON and CSV. All functions append to a buffer and print nothing. */
#ifndef SKW_FORMAT_FORMAT_H
#define SKW_FORMAT_FORMAT_H

#include "format/text/time.h"
#include "format/text/units.h"
#include "model/event.h"
#include "model/row.h"
#include "row/field.h"
#include "util/buf.h"

/* The values that formatting needs besides the row. */
struct skw_format_env {
	int64_t offset_ns; /* real time minus CLOCK_MONOTONIC */
	/* Of the update that is printed: the time of its sweep, and its number from 1 on. 0: none.
	 */
	uint64_t sweep_ns;
	uint64_t update;
	const char *host; /* the name of this host; NULL: unknown */
	/* Lines for people may have characters of UTF-8; the locale must have them then. */
	bool utf8;
	bool messages; /* lines of `top -b` have the columns of messages */
	/* Lines get a stamp (post/stamp.h), whose `seq` is another than that of TCP. */
	bool stamped;
	bool names; /* JSON of every event has the name of the remote end */
};

/* Converts monotonic time to real time. A time before 1970 becomes 0. */
static inline uint64_t skw_format_real_ns(const struct skw_format_env *env, uint64_t ns)
{
	uint64_t real = ns + (uint64_t)env->offset_ns;

	return env->offset_ns < 0 && real > ns ? 0 : real;
}

/*
 * Appends a name that any user can choose. A character becomes '?' if it can't be seen, if it is
 * none, or if it is not ASCII and env->utf8 is false; with `word`, a blank becomes '_'. Returns the
 * number of columns that it takes.
 */
int skw_format_name(struct skw_buf *out, const char *text, bool word,
		    const struct skw_format_env *env);

/*
 * The value of a field as it is printed: a row whose figures have no time of their own has that of
 * the sweep.
 */
static inline void skw_format_value(const struct skw_row *row, enum skw_field field,
				    const struct skw_format_env *env, struct skw_value *out)
{
	skw_field_value(row, field, out);
	if (field == SKW_FIELD_TS && !out->known && env->sweep_ns) {
		out->known = true;
		out->number = env->sweep_ns;
	}
}

/*
 * Appends a JSON object and a newline. It has every field of row/field.h, the number of the update
 * and the name of the host; unknown values are null. A row whose figures have no time of their own
 * has that of the sweep. 0 or -ENOMEM.
 */
int skw_format_row_json(struct skw_buf *out, const struct skw_row *row,
			const struct skw_format_env *env);
/*
 * Appends a JSON object with the time, the type, the name of the host, the fields of tuple and
 * owner, and the fields of the event. For a close it has the whole row. 0 or -ENOMEM.
 */
int skw_format_event_json(struct skw_buf *out, const struct skw_event *event,
			  const struct skw_format_env *env);

/*
 * CSV (RFC 4180, but with \n as line end): the header, and a row, with the same fields as JSON. An
 * unknown value is an empty field.
 */
void skw_format_csv_head(struct skw_buf *out);
int skw_format_row_csv(struct skw_buf *out, const struct skw_row *row,
		       const struct skw_format_env *env);

/* Appends what happened, such as "RTO #2 after 402ms, cwnd 10 -> 1". Some events append nothing. */
void skw_format_event_details(struct skw_buf *out, const struct skw_event *event);

/* Appends an aligned line and a newline: local time, type, owner, tuple, details of the event. */
void skw_format_event_line(struct skw_buf *out, const struct skw_event *event,
			   const struct skw_format_env *env);

#endif
