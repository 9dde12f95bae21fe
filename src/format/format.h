/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows and events as text, JSON and CSV. All functions append to a buffer and print nothing. */
#ifndef SKW_FORMAT_FORMAT_H
#define SKW_FORMAT_FORMAT_H

#include "model/event.h"
#include "model/row.h"
#include "row/field.h"
#include "util/buf.h"

/* The values that formatting needs besides the row. */
struct skw_format_env {
	int64_t offset_ns; /* real time minus CLOCK_MONOTONIC */
};

/* Converts monotonic time to real time. A time before 1970 becomes 0. */
static inline uint64_t skw_format_real_ns(const struct skw_format_env *env, uint64_t ns)
{
	uint64_t real = ns + (uint64_t)env->offset_ns;

	return env->offset_ns < 0 && real > ns ? 0 : real;
}

/*
 * Numbers for people, at most `width` characters (at least 4) without padding: "1.2M", "88k",
 * "41.2ms", "2h13m", and "--" for SKW_NONE64. Prefixes are powers of 1000, for bytes too. Return
 * the length of the text; `out` holds width + 1 bytes.
 */
int skw_format_number(char *out, int width, uint64_t v);
int skw_format_us(char *out, int width, uint64_t us);
int skw_format_age(char *out, int width, uint64_t us);
/* Writes a real time as RFC 3339 in UTC with nanoseconds. `out` holds SKW_RFC3339_SIZE bytes. */
#define SKW_RFC3339_SIZE 31
void skw_format_rfc3339(char *out, uint64_t real_ns);

/*
 * Appends a JSON object and a newline. It has every field of row/field.h; unknown values are null.
 * 0 or -ENOMEM.
 */
int skw_format_row_json(struct skw_buf *out, const struct skw_row *row,
			const struct skw_format_env *env);
/*
 * Appends a JSON object with the time, the type, the fields of tuple and owner, and the fields of
 * the event. For a close it has the whole row. 0 or -ENOMEM.
 */
int skw_format_event_json(struct skw_buf *out, const struct skw_event *event,
			  const struct skw_format_env *env);

/*
 * CSV (RFC 4180, but with \n as line end): the header, and a row. An unknown value is an empty
 * field.
 */
void skw_format_csv_head(struct skw_buf *out);
int skw_format_row_csv(struct skw_buf *out, const struct skw_row *row,
		       const struct skw_format_env *env);

/* Appends an aligned line and a newline: local time, type, owner, tuple, details of the event. */
void skw_format_event_line(struct skw_buf *out, const struct skw_event *event,
			   const struct skw_format_env *env);

#endif
