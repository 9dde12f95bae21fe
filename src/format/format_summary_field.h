/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of a conversation as data, for JSON, CSV, sort keys, expressions and the help. src is
 * the end that has opened it, dst the other one.
 */
#ifndef SKW_FORMAT_FORMAT_SUMMARY_FIELD_H
#define SKW_FORMAT_FORMAT_SUMMARY_FIELD_H

#include "flow/conversation.h"
#include "row/field.h"

/* The order is that of JSON and CSV. */
enum skw_format_summary_id {
	SKW_SUMMARY_FIRST_AT,
	SKW_SUMMARY_LAST_AT,
	SKW_SUMMARY_DURATION_US,
	SKW_SUMMARY_PROTO,
	SKW_SUMMARY_FAMILY,
	SKW_SUMMARY_SRC_ADDR,
	SKW_SUMMARY_SRC_PORT,
	SKW_SUMMARY_DST_ADDR,
	SKW_SUMMARY_DST_PORT,
	SKW_SUMMARY_SYN_SEEN,
	SKW_SUMMARY_HANDSHAKE_US,
	SKW_SUMMARY_PACKETS,
	SKW_SUMMARY_BYTES,
	SKW_SUMMARY_SRC_PACKETS,
	SKW_SUMMARY_SRC_BYTES,
	SKW_SUMMARY_DST_PACKETS,
	SKW_SUMMARY_DST_BYTES,
	SKW_SUMMARY_RETRANS,
	SKW_SUMMARY_SRC_RETRANS,
	SKW_SUMMARY_DST_RETRANS,
	SKW_SUMMARY_SRC_OUT_OF_ORDER,
	SKW_SUMMARY_DST_OUT_OF_ORDER,
	SKW_SUMMARY_RESETS,
	SKW_SUMMARY_SRC_RESETS,
	SKW_SUMMARY_DST_RESETS,
	SKW_SUMMARY_DST_RTT_SAMPLES,
	SKW_SUMMARY_DST_RTT_MIN_US,
	SKW_SUMMARY_DST_RTT_MEDIAN_US,
	SKW_SUMMARY_DST_RTT_P99_US,
	SKW_SUMMARY_DST_SRTT_US,
	SKW_SUMMARY_SRC_RTT_SAMPLES,
	SKW_SUMMARY_SRC_RTT_MIN_US,
	SKW_SUMMARY_SRC_RTT_MEDIAN_US,
	SKW_SUMMARY_SRC_RTT_P99_US,
	SKW_SUMMARY_SRC_SRTT_US,
	SKW_SUMMARY_CLOSE_REASON,
	SKW_SUMMARY_FRAGMENTS,
	SKW_SUMMARY_CUT,
	SKW_SUMMARY_COPIES,
	SKW_SUMMARY_DST_KERNEL_SRTT_US,
	SKW_SUMMARY_DST_KERNEL_MIN_RTT_US,
	SKW_SUMMARY_SRC_KERNEL_RETRANS,
	SKW_SUMMARY_SRC_RTO_COUNT,
	SKW_SUMMARY_SRC_KERNEL_SRTT_US,
	SKW_SUMMARY_SRC_KERNEL_MIN_RTT_US,
	SKW_SUMMARY_DST_KERNEL_RETRANS,
	SKW_SUMMARY_DST_RTO_COUNT,
	SKW_SUMMARY_SRC_PID,
	SKW_SUMMARY_SRC_COMM,
	SKW_SUMMARY_DST_PID,
	SKW_SUMMARY_DST_COMM,
	SKW_SUMMARY_FIELDS
};

struct skw_format_summary_field {
	/* Without a function to read it: these fields are no row's. */
	struct skw_field_info info;
	/*
	 * The value: all ones if it is unknown. Microseconds, or nanoseconds of real time for
	 * SKW_KIND_TIME; of SKW_KIND_TEXT see skw_format_summary_word(). An address is always
	 * known, and the value is 0: see skw_format_summary_addr().
	 */
	uint64_t (*get)(const struct skw_conversation *c, unsigned side);
	/* A text that may be any, if its value is known. NULL: the value is an index of
	 * info.values. */
	const char *(*text)(const struct skw_conversation *c, unsigned side);
	uint8_t side;
};

extern const struct skw_format_summary_field skw_format_summary_fields[SKW_SUMMARY_FIELDS];

/* The field with this name or alias; NULL: there is none. */
const struct skw_format_summary_field *skw_format_summary_find(const char *name, size_t len);

static inline uint64_t skw_format_summary_get(const struct skw_conversation *c,
					      const struct skw_format_summary_field *field)
{
	return field->get(c, field->side);
}

/* The text of a known value of SKW_KIND_TEXT. It may have any characters. */
static inline const char *skw_format_summary_word(const struct skw_conversation *c,
						  const struct skw_format_summary_field *field,
						  uint64_t value)
{
	return field->text ? field->text(c, field->side) : field->info.values[value];
}

/* The address of a side. */
const uint8_t *skw_format_summary_addr(const struct skw_conversation *c, unsigned side);

#endif
