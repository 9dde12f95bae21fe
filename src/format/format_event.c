// SPDX-License-Identifier: BSD-2-Clause
#include "format/format_event.h"

#include <stdlib.h>
#include <time.h>

#include "row/address.h"
#include "row/close_reason.h"
#include "util/cleanup.h"
#include "util/utf8.h"

#define NS_PER_S 1000000000ULL

/* Widths that fit IPv4 endpoints. A longer endpoint moves the rest of the line to the right. */
#define TYPE_WIDTH     11
#define OWNER_WIDTH    24
#define ENDPOINT_WIDTH 21

void skw_format_event_clock(struct skw_buf *out, uint64_t real_ns)
{
	time_t second = (time_t)(real_ns / NS_PER_S);
	struct tm tm = { 0 };

	localtime_r(&second, &tm);
	skw_buf_printf(out, "%02d:%02d:%02d.%06u ", tm.tm_hour, tm.tm_min, tm.tm_sec,
		       (unsigned)(real_ns % NS_PER_S / 1000));
}

static void add_owner(struct skw_buf *out, const struct skw_owners *owners,
		      const struct skw_format_env *env)
{
	size_t before;
	int columns;

	if (!owners) {
		skw_buf_printf(out, "%-*s ", OWNER_WIDTH, "--");
		return;
	}
	columns = skw_format_name(out, owners->list[0].comm, false, env);
	before = out->len;
	skw_buf_printf(out, "[%u]", owners->list[0].pid);
	columns += (int)(out->len - before);
	skw_buf_printf(out, "%*s", columns < OWNER_WIDTH ? OWNER_WIDTH + 1 - columns : 1, "");
}

static void add_endpoints(struct skw_buf *out, const struct skw_row *row)
{
	static const char arrows[] = {
		[SKW_CONN_UNKNOWN] = '-', [SKW_CONN_IN] = '<', [SKW_CONN_OUT] = '>'
	};
	char local[SKW_ENDPOINT_SIZE], remote[SKW_NAMED_SIZE] = "";
	char arrow = row->direction < sizeof(arrows) ? arrows[row->direction] : '-';

	skw_address_local(local, row);
	if (!skw_row_has_peer(row))
		arrow = ' ';
	else
		skw_address_remote_named(remote, row);
	skw_buf_printf(out, "%-*s %c %-*s", ENDPOINT_WIDTH, local, arrow, ENDPOINT_WIDTH, remote);
}

/* In a sentence, three digits of a time are sufficient. */
static const char *time_text(char out[16], uint64_t us)
{
	skw_format_us(out, 6, us);
	return out;
}

static void add_connect(struct skw_buf *out, const struct skw_event *event)
{
	if (event->error)
		skw_buf_printf(out, "failed: %s", strerror(event->error));
}

static void add_established(struct skw_buf *out, const struct skw_event *event)
{
	char us[16];

	if (event->handshake_us != SKW_NONE32)
		skw_buf_printf(out, "handshake %s", time_text(us, event->handshake_us));
}

static void add_state(struct skw_buf *out, const struct skw_event *event)
{
	skw_buf_printf(out, "%s -> %s", skw_row_state_name(event->old_state),
		       skw_row_state_name(event->new_state));
}

static void add_rtt(struct skw_buf *out, const struct skw_event *event)
{
	char us[16];

	if (event->rtt_us != SKW_NONE32)
		skw_buf_printf(out, "RTT %s", time_text(us, event->rtt_us));
}

static void add_rto(struct skw_buf *out, const struct skw_event *event)
{
	char us[16];

	skw_buf_printf(out, "RTO #%u after %s", event->backoff + 1, time_text(us, event->rto_us));
	/* tcp_enter_loss() always leaves a window of one segment. */
	if (event->old_cwnd != SKW_NONE32)
		skw_buf_printf(out, ", cwnd %u -> 1", event->old_cwnd);
}

static void add_retrans(struct skw_buf *out, const struct skw_event *event)
{
	/* Only a listener sends in this state, for the connections that it has not accepted. */
	if (event->row->state == SKW_STATE_SYN_RECV && event->row->direction == SKW_CONN_IN)
		skw_buf_printf(out, "retransmit SYN-ACK seq %u", event->seq);
	else
		skw_buf_printf(out, "retransmit %u segment%s seq %u", event->segs,
			       event->segs == 1 ? "" : "s", event->seq);
	if (event->error)
		skw_buf_printf(out, ", not sent: %s", strerror(abs(event->error)));
}

static void add_bytes(struct skw_buf *out, const char *label, uint64_t bytes)
{
	char number[8];

	if (bytes == SKW_NONE64)
		return;
	skw_format_number(number, 5, bytes);
	skw_buf_printf(out, ", %s %sB", label, number);
}

static void add_retransmits(struct skw_buf *out, const struct skw_row *row)
{
	if (row->retrans_segs != SKW_NONE32)
		skw_buf_printf(out, ", %u retransmit%s", row->retrans_segs,
			       row->retrans_segs == 1 ? "" : "s");
}

static void add_close(struct skw_buf *out, const struct skw_event *event)
{
	const struct skw_row *row = event->row;
	const char *reason = skw_close_reason_words(row->close_reason);
	struct skw_value age;
	char us[16];

	skw_buf_printf(out, "%s in %s", reason ? reason : "closed",
		       skw_row_state_name(event->old_state));
	skw_field_value(row, SKW_FIELD_AGE_US, &age);
	if (age.known)
		skw_buf_printf(out, " after %s", time_text(us, age.number));
	add_bytes(out, "sent", row->bytes_acked);
	add_bytes(out, "received", row->bytes_received);
	if (row->srtt_us != SKW_NONE32)
		skw_buf_printf(out, ", srtt %s", time_text(us, row->srtt_us));
	add_retransmits(out, row);
}

static void add_listen(struct skw_buf *out, const struct skw_event *event)
{
	skw_buf_printf(out, "backlog %u", event->backlog);
}

/* Where it leaves the expression no longer holds, or the connection is closed. */
static void add_where(struct skw_buf *out, const struct skw_event *event)
{
	const struct skw_row *row = event->row;
	bool leaves = event->type == SKW_EVENT_LEAVE;
	/* A file may have any characters. */
	bool is_told = event->where && !(leaves && row->closed_ns != SKW_NONE64);
	char us[16];

	skw_buf_add_str(out, leaves ? "leaves the capture" : "enters the capture");
	if (leaves && row->closed_ns != SKW_NONE64)
		skw_buf_add_str(out, ": it is closed");
	else if (is_told)
		skw_buf_add_str(out, leaves ? ": no longer " : ": ");
	for (const char *at = event->where; is_told && *at;)
		at = skw_utf8_add_visible(out, at);
	if (row->srtt_us != SKW_NONE32)
		skw_buf_printf(out, ", srtt %s", time_text(us, row->srtt_us));
	add_retransmits(out, row);
}

static void (*const details[SKW_EVENT_CREATOR])(struct skw_buf *, const struct skw_event *) = {
	[SKW_EVENT_CONNECT] = add_connect, [SKW_EVENT_ESTABLISHED] = add_established,
	[SKW_EVENT_STATE] = add_state,     [SKW_EVENT_RTT] = add_rtt,
	[SKW_EVENT_RTO] = add_rto,         [SKW_EVENT_RETRANS] = add_retrans,
	[SKW_EVENT_CLOSE] = add_close,     [SKW_EVENT_LISTEN] = add_listen,
	[SKW_EVENT_ENTER] = add_where,     [SKW_EVENT_LEAVE] = add_where,
};

void skw_format_event_details(struct skw_buf *out, const struct skw_event *event)
{
	if (event->type < SKW_ARRAY_SIZE(details) && details[event->type])
		details[event->type](out, event);
}

void skw_format_event_head(struct skw_buf *out, uint64_t ts_ns, const char *type,
			   const struct skw_row *row, const struct skw_format_env *env)
{
	skw_format_event_clock(out, skw_format_real_ns(env, ts_ns));
	skw_buf_printf(out, "%-*s ", TYPE_WIDTH, type);
	add_owner(out, row->owners, env);
	add_endpoints(out, row);
}

void skw_format_event_end(struct skw_buf *out)
{
	while (out->len && out->data[out->len - 1] == ' ')
		out->len--;
	skw_buf_add_char(out, '\n');
}

void skw_format_event_line(struct skw_buf *out, const struct skw_event *event,
			   const struct skw_format_env *env)
{
	skw_format_event_head(out, event->ts_ns, skw_row_event_name(event->type), event->row, env);
	skw_buf_add(out, "  ", 2);
	skw_format_event_details(out, event);
	skw_format_event_end(out);
}
