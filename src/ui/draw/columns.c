// SPDX-License-Identifier: BSD-2-Clause
#include "ui/draw/columns.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "format/format.h"
#include "row/address.h"
#include "row/cgroup_name.h"
#include "row/history.h"
#include "ui/draw/cells.h"
#include "ui/draw/spark.h"
#include "util/cleanup.h"

#define STAYS_CHOSEN 50 /* columns that are not in the default, so the user chose them */

#define NUMBER(name, title, help, field)                                                           \
	{                                                                                          \
		name, title, help, field, { 5, 0, 6 }, STAYS_CHOSEN, false                         \
	}

/* They come by themselves with the datagrams, so they go before what the user chose. */
#define DATAGRAMS(name, title, help, field)                                                        \
	{                                                                                          \
		name, title, help, field, { 5, 0, 5 }, 45, false                                   \
	}

/* They come by themselves with the messages, and stay longer, as the user has asked for them. */
#define MESSAGES(name, title, help, field)                                                         \
	{                                                                                          \
		name, title, help, field, { 5, 0, 6 }, 61, false                                   \
	}

const struct skw_column_info skw_columns[SKW_COLUMNS] = {
	[SKW_COLUMN_PID] = { "pid",
			     "PID",
			     "process that holds it",
			     SKW_FIELD_PID,
			     { 7, 0, 7 },
			     30,
			     false },
	[SKW_COLUMN_OWNER] = { "owner",
			       "OWNER",
			       "its name, and what it runs in",
			       SKW_FIELD_COMM,
			       { 8, 0, 22 },
			       SKW_COLUMN_STAYS,
			       true },
	[SKW_COLUMN_LOCAL] = { "local",
			       "LOCAL",
			       "address and port here",
			       SKW_FIELD_LOCAL_ADDR,
			       { 13, 0, 21 },
			       60,
			       true },
	[SKW_COLUMN_REMOTE] = { "remote",
				"  REMOTE",
				"the peer; < accepted here, > opened here",
				SKW_FIELD_REMOTE_ADDR,
				{ 15, 18, 23 },
				SKW_COLUMN_STAYS + 2,
				true },
	[SKW_COLUMN_STATE] = { "state",
			       "STATE",
			       "state, or why it was closed",
			       SKW_FIELD_STATE,
			       { 7, 10, 10 },
			       SKW_COLUMN_STAYS + 3,
			       true },
	[SKW_COLUMN_AGE] = { "age",
			     "AGE",
			     "time since it was opened",
			     SKW_FIELD_AGE_US,
			     { 5, 0, 6 },
			     40,
			     false },
	[SKW_COLUMN_RX] = { "rx",
			    "RX/s",
			    "receiving, bits per second",
			    SKW_FIELD_RX_BPS,
			    { 4, 0, 5 },
			    SKW_COLUMN_LEAVES,
			    false },
	[SKW_COLUMN_TX] = { "tx",
			    "TX/s",
			    "sending, bits per second",
			    SKW_FIELD_TX_BPS,
			    { 4, 0, 5 },
			    SKW_COLUMN_LEAVES,
			    false },
	[SKW_COLUMN_SRTT] = { "srtt",
			      "SRTT",
			      "smoothed round-trip time",
			      SKW_FIELD_SRTT_US,
			      { 6, 0, 7 },
			      SKW_COLUMN_STAYS + 1,
			      false },
	[SKW_COLUMN_MIN_RTT] = { "min",
				 "MIN",
				 "lowest round-trip time",
				 SKW_FIELD_MIN_RTT_US,
				 { 6, 0, 7 },
				 20,
				 false },
	[SKW_COLUMN_RETRANS] = { "retrans",
				 "RETR",
				 "segments sent again",
				 SKW_FIELD_RETRANS_SEGS,
				 { 4, 0, 5 },
				 80,
				 false },
	[SKW_COLUMN_RTO_COUNT] = { "rtos",
				   "RTO",
				   "retransmission timeouts",
				   SKW_FIELD_RTO_COUNT,
				   { 4, 0, 5 },
				   80,
				   false },
	[SKW_COLUMN_HISTORY] = { "history",
				 "RTT, last 60 s",
				 "round-trip times of the last minute",
				 SKW_FIELD_SRTT_US,
				 { 10, 0, 30 },
				 10,
				 true },

	[SKW_COLUMN_UID] = NUMBER("uid", "UID", "user", SKW_FIELD_UID),
	[SKW_COLUMN_CGROUP] = { "cgroup",
				"CGROUP",
				"unit or container",
				SKW_FIELD_CGROUP,
				{ 12, 0, 32 },
				STAYS_CHOSEN,
				true },
	[SKW_COLUMN_NETNS] = { "netns",
			       "NETNS",
			       "network namespace",
			       SKW_FIELD_NETNS,
			       { 10, 0, 16 },
			       58,
			       true },
	[SKW_COLUMN_PROTO] = { "proto",
			       "PROT",
			       "tcp or udp",
			       SKW_FIELD_PROTO,
			       { 4, 0, 4 },
			       STAYS_CHOSEN,
			       true },
	[SKW_COLUMN_LAST_RTT] =
		NUMBER("last", "LAST", "last round-trip time", SKW_FIELD_LAST_RTT_US),
	[SKW_COLUMN_RTTVAR] =
		NUMBER("rttvar", "VAR", "how much the round-trip time varies", SKW_FIELD_RTTVAR_US),
	[SKW_COLUMN_RTO] = NUMBER("rto", "RTOus", "retransmission timeout now", SKW_FIELD_RTO_US),
	[SKW_COLUMN_LOST] = NUMBER("lost", "LOST", "segments taken for lost", SKW_FIELD_LOST_SEGS),
	[SKW_COLUMN_CWND] = NUMBER("cwnd", "CWND", "congestion window, segments", SKW_FIELD_CWND),
	[SKW_COLUMN_SSTHRESH] =
		NUMBER("ssthresh", "SSTHR", "slow start threshold, segments", SKW_FIELD_SSTHRESH),
	[SKW_COLUMN_MSS] = NUMBER("mss", "MSS", "maximum segment size", SKW_FIELD_MSS),
	[SKW_COLUMN_DELIVERY] = NUMBER("delivery", "DELIV", "rate at which data arrived there",
				       SKW_FIELD_DELIVERY_RATE_BPS),
	[SKW_COLUMN_PACING] =
		NUMBER("pacing", "PACE", "rate at which it may send", SKW_FIELD_PACING_RATE_BPS),
	[SKW_COLUMN_ACKED] =
		NUMBER("acked", "SENT", "bytes sent and acknowledged", SKW_FIELD_BYTES_ACKED),
	[SKW_COLUMN_RECEIVED] =
		NUMBER("received", "RECVD", "bytes received", SKW_FIELD_BYTES_RECEIVED),
	[SKW_COLUMN_NOTSENT] = NUMBER("notsent", "UNSNT", "bytes not sent yet", SKW_FIELD_NOTSENT),
	[SKW_COLUMN_RECV_Q] = NUMBER("recv_q", "RECVQ", "bytes not read yet", SKW_FIELD_RECV_Q),
	[SKW_COLUMN_SEND_Q] =
		NUMBER("send_q", "SENDQ", "bytes not acknowledged yet", SKW_FIELD_SEND_Q),
	[SKW_COLUMN_UNACKED] = NUMBER("unacked", "FLGHT", "segments in flight", SKW_FIELD_UNACKED),
	[SKW_COLUMN_RWND_LIMITED] = NUMBER("rwnd", "RWND", "time held up by the peer's window",
					   SKW_FIELD_RWND_LIMITED_US),
	[SKW_COLUMN_SNDBUF_LIMITED] = NUMBER("sndbuf", "SNDBF", "time held up by the send buffer",
					     SKW_FIELD_SNDBUF_LIMITED_US),
	[SKW_COLUMN_CONGESTION] = { "cc",
				    "CC",
				    "congestion control",
				    SKW_FIELD_CONGESTION,
				    { 5, 0, 8 },
				    STAYS_CHOSEN,
				    true },
	[SKW_COLUMN_DROPS] =
		NUMBER("drops", "DROPS", "datagrams or connections dropped", SKW_FIELD_DROPS),
	[SKW_COLUMN_RX_PPS] =
		DATAGRAMS("rxpps", "RXp/s", "datagrams arriving per second", SKW_FIELD_RX_PPS),
	[SKW_COLUMN_TX_PPS] =
		DATAGRAMS("txpps", "TXp/s", "datagrams sent per second", SKW_FIELD_TX_PPS),
	[SKW_COLUMN_DROP_RATE] =
		DATAGRAMS("dropps", "DRP/s", "datagrams dropped per second", SKW_FIELD_DROP_RATE),
	[SKW_COLUMN_PACKETS_IN] =
		NUMBER("packin", "PKIN", "datagrams that have arrived", SKW_FIELD_PACKETS_IN),
	[SKW_COLUMN_PACKETS_OUT] =
		NUMBER("packout", "PKOUT", "datagrams sent", SKW_FIELD_PACKETS_OUT),
	[SKW_COLUMN_QUIC] = { "quic",
			      "QUIC",
			      "version of QUIC",
			      SKW_FIELD_QUIC,
			      { 4, 0, 8 },
			      STAYS_CHOSEN,
			      true },
	[SKW_COLUMN_REASON] = { "reason",
				"REASON",
				"why it was closed",
				SKW_FIELD_CLOSE_REASON,
				{ 8, 0, 13 },
				STAYS_CHOSEN,
				true },
	[SKW_COLUMN_APP] = { "app",
			     "APP",
			     "protocol of its messages",
			     SKW_FIELD_APP,
			     { 4, 0, 8 },
			     46,
			     true },
	[SKW_COLUMN_REQ_RATE] =
		MESSAGES("reqs", "REQ/s", "requests per second", SKW_FIELD_REQ_RATE),
	[SKW_COLUMN_LATENCY_P99] = MESSAGES("p99", "P99", "99 of 100 answers came in this time",
					    SKW_FIELD_LATENCY_P99_US),
	[SKW_COLUMN_ERRORS] =
		MESSAGES("errors", "ERR", "answers that tell of a failure", SKW_FIELD_ERRORS),
	[SKW_COLUMN_REQUESTS] = NUMBER("requests", "REQS", "requests seen", SKW_FIELD_REQUESTS),
};

/* The short names that `ss` uses. */
static const char *const states[SKW_STATES] = {
	[SKW_STATE_ESTABLISHED] = "ESTAB",   [SKW_STATE_SYN_SENT] = "SYN_SENT",
	[SKW_STATE_SYN_RECV] = "SYN_RECV",   [SKW_STATE_FIN_WAIT1] = "FIN_WAIT1",
	[SKW_STATE_FIN_WAIT2] = "FIN_WAIT2", [SKW_STATE_TIME_WAIT] = "TIME_WAIT",
	[SKW_STATE_CLOSED] = "CLOSED",       [SKW_STATE_CLOSE_WAIT] = "CLOSE_WAIT",
	[SKW_STATE_LAST_ACK] = "LAST_ACK",   [SKW_STATE_LISTEN] = "LISTEN",
	[SKW_STATE_CLOSING] = "CLOSING",     [SKW_STATE_UNCONN] = "UNCONN",
};

static const char *const reasons[SKW_CLOSE_REASONS] = {
	[SKW_CLOSE_UNKNOWN] = "closed",       [SKW_CLOSE_FIN] = "closed",
	[SKW_CLOSE_HALF_CLOSED] = "half cl.", [SKW_CLOSE_RESET_BY_PEER] = "rst peer",
	[SKW_CLOSE_RESET_BY_US] = "rst us",   [SKW_CLOSE_TIMEOUT] = "timed out",
	[SKW_CLOSE_REFUSED] = "refused",      [SKW_CLOSE_ABORTED] = "aborted",
};

enum skw_column skw_column_find(const char *name, size_t len)
{
	unsigned i = 0;

	while (i < SKW_COLUMNS &&
	       (strlen(skw_columns[i].name) != len || memcmp(skw_columns[i].name, name, len) != 0))
		i++;
	return (enum skw_column)i;
}

enum skw_column skw_column_by_field(enum skw_field field)
{
	unsigned i = 0;

	while (i < SKW_COLUMNS && skw_columns[i].field != field)
		i++;
	return (enum skw_column)i;
}

/* A short name of the state. For a closed row it is the reason of the close. */
static const char *state_text(const struct skw_row *row)
{
	if (row->state == SKW_STATE_CLOSED && row->close_reason < SKW_CLOSE_REASONS)
		return reasons[row->close_reason];
	return row->state < SKW_STATES && states[row->state] ? states[row->state] : "?";
}

const char *skw_column_owner(const struct skw_row *row, char *out)
{
	if (!row->owners)
		snprintf(out, SKW_COLUMN_OWNER_SIZE, "--");
	else if (row->owners->len > 1)
		snprintf(out, SKW_COLUMN_OWNER_SIZE, "%s+%" PRIu32, row->owners->list[0].comm,
			 row->owners->len - 1);
	else
		snprintf(out, SKW_COLUMN_OWNER_SIZE, "%s", row->owners->list[0].comm);
	return out;
}

struct column_cell {
	const struct skw_row *row;
	const struct skw_cell_env *env;
	enum skw_field field;
	int width;
	char *out;
	size_t size;
};

static void owner_cell(const struct column_cell *c)
{
	char owner[SKW_COLUMN_OWNER_SIZE];
	int used;

	skw_column_owner(c->row, owner);
	used = skw_cells_width(owner, c->env->utf8);
	/* A cgroup of which only a few letters fit tells nothing, so it is left out. */
	if (!c->row->cgroup || c->width - (used < 8 ? 8 : used) < 7) {
		snprintf(c->out, c->size, "%s", owner);
	} else {
		char cgroup[SKW_CGROUP_NAME_SIZE];

		snprintf(c->out, c->size, "%s%*s%s", owner, used < 8 ? 9 - used : 1, "",
			 skw_cgroup_name_of(cgroup, c->row->cgroup));
	}
}

static void local_cell(const struct column_cell *c)
{
	char endpoint[SKW_ENDPOINT_SIZE];

	skw_address_local(endpoint, c->row);
	skw_cells_elide(c->out, c->size, endpoint, c->width, c->env->utf8);
}

static void remote_cell(const struct column_cell *c)
{
	static const char arrows[] = {
		[SKW_CONN_UNKNOWN] = ' ', [SKW_CONN_IN] = '<', [SKW_CONN_OUT] = '>'
	};
	char endpoint[SKW_NAMED_SIZE];

	if (!skw_row_has_peer(c->row)) {
		snprintf(c->out, c->size, "  *");
		return;
	}
	skw_address_remote_named(endpoint, c->row);
	c->out[0] = c->row->direction < sizeof(arrows) ? arrows[c->row->direction] : ' ';
	c->out[1] = ' ';
	skw_cells_elide(c->out + 2, c->size - 2, endpoint, c->width - 2, c->env->utf8);
}

static void state_cell(const struct column_cell *c)
{
	snprintf(c->out, c->size, "%s", state_text(c->row));
}

static void cgroup_cell(const struct column_cell *c)
{
	char cgroup[SKW_CGROUP_NAME_SIZE];

	snprintf(c->out, c->size, "%s",
		 c->row->cgroup ? skw_cgroup_name_of(cgroup, c->row->cgroup) : "--");
}

static void netns_cell(const struct column_cell *c)
{
	if (c->row->netns_name)
		snprintf(c->out, c->size, "%s", c->row->netns_name);
	else if (c->row->netns != SKW_NONE32)
		snprintf(c->out, c->size, "%" PRIu32, c->row->netns);
	else
		snprintf(c->out, c->size, "--");
}

/*
 * The scale ends at four times the minimum or more. A warning begins there too, so a connection
 * without problems stays at the bottom.
 */
static void history_cell(const struct column_cell *c)
{
	uint32_t us[SKW_ROW_HISTORY];
	double values[SKW_ROW_HISTORY], base = NAN, top;
	size_t n = c->width < SKW_ROW_HISTORY ? (size_t)c->width : SKW_ROW_HISTORY;

	if (n * SKW_SPARK_BYTES + 1 > c->size)
		n = (c->size - 1) / SKW_SPARK_BYTES;
	skw_history_read(c->row, us, n);
	for (size_t i = 0; i < n; i++) {
		values[i] = us[i] == SKW_NONE32 ? NAN : us[i];
		if (us[i] != SKW_NONE32 && !(values[i] >= base))
			base = values[i];
	}
	top = skw_spark_top(values, n);
	skw_spark_line(c->out, values, n, base, top > 4 * base ? top : 4 * base, c->env->utf8);
}

static void value_cell(const struct column_cell *c)
{
	struct skw_value v;

	skw_field_value(c->row, c->field, &v);
	/* After the close, the last rate is no longer true. */
	if (c->row->closed_ns != SKW_NONE64 && skw_fields[c->field].kind == SKW_KIND_BPS)
		v.known = false;
	/* Most connections have no messages: a column of dashes would hide those that have. */
	if (!v.known && c->field >= SKW_FIELD_APP)
		c->out[0] = '\0';
	else if (!v.known || (skw_fields[c->field].kind == SKW_KIND_TEXT && !v.text))
		snprintf(c->out, c->size, "--");
	else if (skw_fields[c->field].kind == SKW_KIND_TEXT)
		snprintf(c->out, c->size, "%s", v.text);
	else if (c->field == SKW_FIELD_AGE_US)
		skw_format_age(c->out, c->width, v.number);
	else if (skw_fields[c->field].kind == SKW_KIND_US)
		skw_format_us(c->out, c->width, v.number);
	/* These numbers identify something, so they are not rounded. */
	else if (c->field == SKW_FIELD_PID || c->field == SKW_FIELD_UID)
		snprintf(c->out, c->size, "%" PRIu64, v.number);
	else
		skw_format_number(c->out, c->width, v.number);
}

/* NULL if the cell is the value of the column's field. */
static void (*const makers[SKW_COLUMNS])(const struct column_cell *) = {
	[SKW_COLUMN_OWNER] = owner_cell,     [SKW_COLUMN_LOCAL] = local_cell,
	[SKW_COLUMN_REMOTE] = remote_cell,   [SKW_COLUMN_STATE] = state_cell,
	[SKW_COLUMN_HISTORY] = history_cell, [SKW_COLUMN_CGROUP] = cgroup_cell,
	[SKW_COLUMN_NETNS] = netns_cell,
};

void skw_column_text(enum skw_column column, const struct skw_row *row,
		     const struct skw_cell_env *env, int width, char *out, size_t size)
{
	struct column_cell cell = { row,   env, (enum skw_field)skw_columns[column].field,
				    width, out, size };

	if (makers[column])
		makers[column](&cell);
	else
		value_cell(&cell);
}
