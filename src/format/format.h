/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows and events as text, JSON and CSV. Everything is appended to a buffer; nothing is printed.
 */
#ifndef SKW_FORMAT_FORMAT_H
#define SKW_FORMAT_FORMAT_H

#include "model/event.h"
#include "model/row.h"
#include "row/field.h"
#include "util/buf.h"

/* What formatting needs to know of the world. */
struct skw_format_env {
	int64_t offset_ns; /* real time minus CLOCK_MONOTONIC */
};

/* Real time of a monotonic one; what would be before 1970 is 1970. */
static inline uint64_t skw_format_real_ns(const struct skw_format_env *env, uint64_t ns)
{
	uint64_t real = ns + (uint64_t)env->offset_ns;

	return env->offset_ns < 0 && real > ns ? 0 : real;
}

/*
 * Numbers for people, at most `width` characters (at least 4), not padded: "1.2M", "88k",
 * "41.2ms", "2h13m", "--" for SKW_NONE64. Bytes and bits go by powers of 1000. Each returns
 * its length; `out` holds width + 1.
 */
int skw_format_number(char *out, int width, uint64_t v);
int skw_format_us(char *out, int width, uint64_t us);
int skw_format_age(char *out, int width, uint64_t us);
/* RFC 3339 in UTC with nanoseconds, from real time. `out` holds SKW_RFC3339_SIZE. */
#define SKW_RFC3339_SIZE 31
void skw_format_rfc3339(char *out, uint64_t real_ns);

/* One JSON object and a newline; every field of conn/field.h, null where unknown. 0 or -ENOMEM. */
int skw_format_row_json(struct skw_buf *out, const struct skw_row *row,
			const struct skw_format_env *env);
/* ts, type, tuple and owner fields, what the event adds; for close the whole row. */
int skw_format_event_json(struct skw_buf *out, const struct skw_event *event,
			  const struct skw_format_env *env);

/* CSV (RFC 4180, but with \n): the headers, and a row. Unknown is an empty field. */
void skw_format_csv_head(struct skw_buf *out);
int skw_format_row_csv(struct skw_buf *out, const struct skw_row *row,
		       const struct skw_format_env *env);

/* One aligned line and a newline: local time, type, owner, tuple, what the event adds. */
void skw_format_event_line(struct skw_buf *out, const struct skw_event *event,
			   const struct skw_format_env *env);

#endif
