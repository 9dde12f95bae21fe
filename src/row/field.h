/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of a row as data: one table tells each field's name (as in JSON, CSV and expressions),
 * its short names, its unit and how to read it. All code that shows, compares or sorts rows uses
 * this table.
 */
#ifndef SKW_ROW_FIELD_H
#define SKW_ROW_FIELD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "model/event.h"
#include "model/row.h"

/* The order is that of JSON and CSV. */
enum skw_field {
	SKW_FIELD_TS,
	SKW_FIELD_COOKIE,
	SKW_FIELD_NETNS,
	SKW_FIELD_NETNS_NAME,
	SKW_FIELD_PROTO,
	SKW_FIELD_FAMILY,
	SKW_FIELD_LOCAL_ADDR,
	SKW_FIELD_LOCAL_PORT,
	SKW_FIELD_REMOTE_ADDR,
	SKW_FIELD_REMOTE_PORT,
	SKW_FIELD_STATE,
	SKW_FIELD_DIRECTION,
	SKW_FIELD_PID,
	SKW_FIELD_COMM,
	SKW_FIELD_UID,
	SKW_FIELD_OWNERS,
	SKW_FIELD_OWNER_SOURCE,
	SKW_FIELD_CGROUP,
	SKW_FIELD_CGROUP_ID,
	SKW_FIELD_OPENED_AT,
	SKW_FIELD_AGE_US,
	SKW_FIELD_SRTT_US,
	SKW_FIELD_RTTVAR_US,
	SKW_FIELD_MIN_RTT_US,
	SKW_FIELD_LAST_RTT_US,
	SKW_FIELD_RTT_SAMPLES,
	SKW_FIELD_RTT_HIST,
	SKW_FIELD_RTO_US,
	SKW_FIELD_RTO_COUNT,
	SKW_FIELD_RETRANS_SEGS,
	SKW_FIELD_RETRANS_EVENTS,
	SKW_FIELD_LOST_SEGS,
	SKW_FIELD_CWND,
	SKW_FIELD_SSTHRESH,
	SKW_FIELD_MSS,
	SKW_FIELD_DELIVERY_RATE_BPS,
	SKW_FIELD_BYTES_ACKED,
	SKW_FIELD_BYTES_RECEIVED,
	SKW_FIELD_TX_BPS,
	SKW_FIELD_RX_BPS,
	SKW_FIELD_SEGS_OUT,
	SKW_FIELD_SEGS_IN,
	SKW_FIELD_NOTSENT,
	SKW_FIELD_RECV_Q,
	SKW_FIELD_SEND_Q,
	SKW_FIELD_UNACKED,
	SKW_FIELD_SACKED,
	SKW_FIELD_REORDERING,
	SKW_FIELD_BYTES_RETRANS,
	SKW_FIELD_BUSY_US,
	SKW_FIELD_RWND_LIMITED_US,
	SKW_FIELD_SNDBUF_LIMITED_US,
	SKW_FIELD_APP_LIMITED,
	SKW_FIELD_PACING_RATE_BPS,
	SKW_FIELD_RCV_RTT_US,
	SKW_FIELD_SND_WND,
	SKW_FIELD_TIMER,
	SKW_FIELD_TIMER_LEFT_US,
	SKW_FIELD_CONGESTION,
	SKW_FIELD_DROPS,
	SKW_FIELD_CLOSED_AT,
	SKW_FIELD_CLOSE_REASON,
	SKW_FIELD_REMOTE_HOST,
	SKW_FIELD_REMOTE_COOKIE,
	SKW_FIELD_REMOTE_COMM,
	SKW_FIELD_PACKETS_OUT,
	SKW_FIELD_PACKETS_IN,
	SKW_FIELD_TX_PPS,
	SKW_FIELD_RX_PPS,
	SKW_FIELD_DROP_RATE,
	SKW_FIELD_QUIC,
	SKW_FIELD_APP,
	SKW_FIELD_REQUESTS,
	SKW_FIELD_REQ_RATE,
	SKW_FIELD_LATENCY_P99_US,
	SKW_FIELD_ERRORS,
	SKW_FIELD_REMOTE_NAME,
	SKW_FIELD_REMOTE_NAME_SOURCE,
	SKW_FIELDS
};

enum skw_field_kind {
	SKW_KIND_NUMBER, /* a count */
	SKW_KIND_BYTES,
	SKW_KIND_BPS,  /* bits per second */
	SKW_KIND_US,   /* microseconds */
	SKW_KIND_TIME, /* CLOCK_MONOTONIC nanoseconds, shown as RFC 3339 */
	SKW_KIND_BOOL,
	SKW_KIND_TEXT,
	SKW_KIND_ADDR,
	SKW_KIND_OWNERS,
	SKW_KIND_HIST,
};

struct skw_value {
	bool known;
	uint64_t number;  /* NUMBER BYTES BPS US TIME BOOL */
	const char *text; /* TEXT: static, or the row's; ADDR, OWNERS, HIST: NULL, see the row */
};

#define SKW_FIELD_KEY_SIZE 24
struct skw_field_info {
	const char *name;
	char key[SKW_FIELD_KEY_SIZE]; /* ,"name": as in a JSON object */
	uint8_t key_len;
	const char *aliases; /* separated by blanks; NULL: none */
	const char *help;    /* a few words */
	uint8_t kind;        /* enum skw_field_kind */
	/*
	 * A field is read as a number of the row, or of its datagrams if it is of UDP, all ones if
	 * unknown, or by a function.
	 */
	uint8_t size; /* of the number in bytes; 0: `get` reads the field */
	uint16_t offset;
	void (*get)(const struct skw_row *row, struct skw_value *out); /* *out comes zeroed */
	/* All texts that it may have, some of them NULL. NULL: it may have any text. */
	const char *const *values;
	uint8_t values_len;
	bool udp; /* only sockets of UDP have it, and others have something else in its place */
};

extern const struct skw_field_info skw_fields[SKW_FIELDS];

/* Whether this is the name of the field or one of its aliases. Case-sensitive. */
bool skw_field_is_named(const struct skw_field_info *info, const char *name, size_t len);

/* The field with this name or alias, case-sensitive; SKW_FIELDS: there is none. */
enum skw_field skw_field_find(const char *name, size_t len);

/*
 * Reads a field that is a number of the row: its size is not 0. False: unknown. It is inline like
 * the next function because printing calls them for each field of each row.
 */
static inline bool skw_field_number(const struct skw_row *row, const struct skw_field_info *info,
				    uint64_t *number)
{
	const char *at = (const char *)row;
	uint32_t small;

	if (info->udp && (row->tuple.proto != IPPROTO_UDP || !row->datagrams))
		return false;
	if (info->udp)
		at = (const char *)row->datagrams;
	at += info->offset;
	if (info->size == sizeof(*number)) {
		memcpy(number, at, sizeof(*number));
		return *number != SKW_NONE64;
	}
	memcpy(&small, at, sizeof(small));
	*number = small;
	return small != SKW_NONE32;
}

/* The remote address and port of a listener or an unconnected UDP socket are unknown. */
static inline void skw_field_value(const struct skw_row *row, enum skw_field field,
				   struct skw_value *out)
{
	const struct skw_field_info *info = &skw_fields[field];

	*out = (struct skw_value){ 0 };
	if (info->size)
		out->known = skw_field_number(row, info, &out->number);
	else if (!info->udp || row->tuple.proto == IPPROTO_UDP)
		info->get(row, out);
}

/*
 * Whether the row has another end. A listener and an unconnected UDP socket have none, and a closed
 * socket without a remote port was a listener or was never connected.
 */
bool skw_row_has_peer(const struct skw_row *row);

/* Names as they are shown. "?" stands for a number without a name. */
const char *skw_row_state_name(uint8_t state);         /* enum skw_row_state */
const char *skw_row_event_name(uint8_t type);          /* enum skw_event_type */
const char *skw_row_close_reason_name(uint8_t reason); /* NULL: unknown */

#endif
