// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_facts.h"

#include <string.h>

#include "report/sheet_text.h"
#include "row/close_reason.h"
#include "row/field.h"
#include "util/cleanup.h"

const char *skw_sheet_facts_end(const struct skw_sheet_connection *c, bool *bad)
{
	static const char *const ends[SKW_CONVERSATION_ENDS] = {
		[SKW_CONVERSATION_OPEN] = "open",
		[SKW_CONVERSATION_FIN] = "closed",
		[SKW_CONVERSATION_HALF_CLOSED] = "half closed",
		[SKW_CONVERSATION_REFUSED] = "refused",
		[SKW_CONVERSATION_RESET_BY_SRC] = "reset by client",
		[SKW_CONVERSATION_RESET_BY_DST] = "reset by server",
	};
	const char *reason = skw_close_reason_words(c->reason);

	*bad = c->end >= SKW_CONVERSATION_REFUSED ||
	       (c->reason >= SKW_CLOSE_RESET_BY_PEER && c->reason <= SKW_CLOSE_REFUSED);
	/* Packets tell which end has sent a reset, and of a FIN that came after the kernel told. */
	bool both = c->end == SKW_CONVERSATION_FIN && c->reason == SKW_CLOSE_HALF_CLOSED;

	if (reason && c->end < SKW_CONVERSATION_REFUSED && !both)
		return reason;
	return c->tcp ? ends[c->end] : "datagrams";
}

static void add_kernel_event(struct skw_buf *out, const struct skw_sheet_event *e)
{
	const char *reason = skw_close_reason_words(e->reason);

	switch (e->type) {
	case SKW_EVENT_CONNECT:
		skw_buf_add_str(out, e->a ? "connect() failed: " : "connect()");
		if (e->a)
			skw_buf_add_str(out, strerror((int)e->a));
		break;
	case SKW_EVENT_ESTABLISHED:
		skw_buf_add_str(out, "established");
		break;
	case SKW_EVENT_STATE:
		skw_buf_printf(out, "%s to %s", skw_row_state_name(e->old_state),
			       skw_row_state_name(e->new_state));
		break;
	case SKW_EVENT_RTO:
		skw_buf_add_str(out, "timeout (RTO)");
		if (e->b != SKW_NONE32)
			skw_buf_printf(out, " #%u", e->b + 1);
		skw_buf_add_str(out, " after ");
		skw_sheet_text_us(out, e->a == SKW_NONE32 ? SKW_SHEET_UNKNOWN : e->a);
		break;
	case SKW_EVENT_RETRANS:
		if (e->a == SKW_NONE32)
			skw_buf_add_str(out, "sends again");
		else
			skw_buf_printf(out, "sends %u segment%s again", e->a, e->a == 1 ? "" : "s");
		break;
	case SKW_EVENT_CLOSE:
		skw_buf_printf(out, "close: %s", reason ? reason : "its end was not seen");
		break;
	default:
		skw_buf_add_str(out, "event");
	}
}

void skw_sheet_facts_event(struct skw_buf *out, const struct skw_sheet_event *e)
{
	static const char *const texts[SKW_SHEET_EVENT_KINDS] = {
		[SKW_SHEET_EVENT_SYN] = "SYN",
		[SKW_SHEET_EVENT_SYN_AGAIN] = "SYN, sent again",
		[SKW_SHEET_EVENT_SYNACK] = "SYN-ACK",
		[SKW_SHEET_EVENT_FIN] = "FIN",
		[SKW_SHEET_EVENT_RST] = "RST",
		[SKW_SHEET_EVENT_ZERO_WINDOW] = "window is closed (0 bytes)",
	};

	if (e->kind == SKW_SHEET_EVENT_KERNEL) {
		add_kernel_event(out, e);
		skw_buf_add_str(out, e->side ? " (server)" : " (client)");
	} else {
		skw_buf_printf(out, "%s from %s", texts[e->kind], e->side ? "server" : "client");
	}
}

bool skw_sheet_facts_states(const struct skw_sheet_event *e, uint8_t states[2])
{
	if (e->kind != SKW_SHEET_EVENT_KERNEL)
		return false;
	states[0] = e->old_state;
	states[1] = e->type == SKW_EVENT_CLOSE ? SKW_STATE_CLOSED : e->new_state;
	if (e->type == SKW_EVENT_ESTABLISHED) {
		states[0] = e->side ? SKW_STATE_SYN_RECV : SKW_STATE_SYN_SENT;
		states[1] = SKW_STATE_ESTABLISHED;
	}
	return e->type == SKW_EVENT_ESTABLISHED || e->type == SKW_EVENT_STATE ||
	       e->type == SKW_EVENT_CLOSE;
}

static bool is_bad_close(uint8_t reason)
{
	return reason >= SKW_CLOSE_RESET_BY_PEER && reason <= SKW_CLOSE_REFUSED;
}

const char *skw_sheet_facts_event_kind(const struct skw_sheet_event *e)
{
	if (e->kind == SKW_SHEET_EVENT_RST)
		return "reset";
	if (e->kind == SKW_SHEET_EVENT_SYN_AGAIN)
		return "again";
	if (e->kind != SKW_SHEET_EVENT_KERNEL)
		return "flag";
	if (e->type == SKW_EVENT_RTO)
		return "rto";
	if (e->type == SKW_EVENT_RETRANS)
		return "again";
	if (e->type == SKW_EVENT_CLOSE && is_bad_close(e->reason))
		return "reset";
	return "state";
}

void skw_sheet_facts_owner(struct skw_buf *out, const struct skw_sheet_connection *c, unsigned side)
{
	if (!c->comms[side][0])
		return;
	skw_buf_add_str(out, c->comms[side]);
	if (c->pids[side])
		skw_buf_printf(out, "[%u]", c->pids[side]);
}

unsigned skw_sheet_facts_side(const struct skw_sheet_connection *c)
{
	return c->bytes[1] > c->bytes[0];
}

/* ---- facts ---- */

static void label(struct skw_buf *out, const char *text)
{
	skw_buf_add_str(out, text);
	skw_buf_add_char(out, '\0');
}

static void end(struct skw_buf *out)
{
	skw_buf_add_char(out, '\0');
}

static void add_end(struct skw_buf *out, const struct skw_sheet_connection *c, unsigned side)
{
	label(out, side ? "Server" : "Client");
	skw_sheet_text_end(out, &c->tuple, (int)side);
	if (c->comms[side][0])
		skw_buf_add_str(out, " ");
	skw_sheet_facts_owner(out, c, side);
	end(out);
}

static void add_times(struct skw_buf *out, const struct skw_sheet_connection *c)
{
	label(out, "Begin (UTC)");
	if (c->first_ns == SKW_SHEET_UNKNOWN)
		skw_buf_add_str(out, "unknown");
	else
		skw_sheet_text_time(out, c->first_ns, 6, 1);
	end(out);
	label(out, "Duration");
	skw_sheet_text_us(out, c->first_ns == SKW_SHEET_UNKNOWN
				       ? SKW_SHEET_UNKNOWN
				       : (c->last_ns - c->first_ns) / 1000);
	end(out);
	if (!c->tcp)
		return;
	if (!c->syn) {
		label(out, "Opened");
		skw_buf_add_str(out, "before the capture; the client is a guess");
		end(out);
		return;
	}
	label(out, "Handshake");
	skw_sheet_text_us(out, c->handshake_ns == SKW_CONVERSATION_UNKNOWN
				       ? SKW_SHEET_UNKNOWN
				       : c->handshake_ns / 1000);
	end(out);
}

static void add_amount(struct skw_buf *out, const struct skw_sheet_connection *c, unsigned side)
{
	label(out, side ? "Server sent" : "Client sent");
	skw_sheet_text_bytes(out, c->bytes[side]);
	skw_buf_add_str(out, " in ");
	skw_sheet_text_count(out, c->packets[side]);
	skw_buf_add_str(out, c->packets[side] == 1 ? " packet" : " packets");
	end(out);
}

static void add_wire(struct skw_buf *out, const struct skw_sheet_connection *c)
{
	label(out, "Sent again");
	skw_sheet_text_count(out, c->sent_again);
	skw_buf_add_str(out, " of ");
	skw_sheet_text_count(out, c->data_segs);
	skw_buf_add_str(out, " segments");
	end(out);
	label(out, "Round trip, wire");
	skw_sheet_text_us(out, c->rtt_p50_us);
	skw_buf_add_str(out, ", p99 ");
	skw_sheet_text_us(out, c->rtt_p99_us);
	end(out);
}

static void add_kernel(struct skw_buf *out, const struct skw_sheet_connection *c)
{
	label(out, "Round trip, kernel");
	skw_sheet_text_us(out, c->srtt_us);
	end(out);
	label(out, "Timeouts (RTO)");
	skw_sheet_text_count(out, c->rto_count);
	end(out);
	label(out, "Kernel sent again");
	skw_sheet_text_count(out, c->retrans_segs);
	end(out);
	if (!c->cgroup)
		return;
	label(out, "Cgroup");
	skw_buf_add_str(out, c->cgroup);
	end(out);
}

void skw_sheet_facts_all(struct skw_buf *out, const struct skw_sheet_connection *c)
{
	bool bad;

	add_end(out, c, 0);
	add_end(out, c, 1);
	label(out, "End");
	skw_buf_add_str(out, skw_sheet_facts_end(c, &bad));
	end(out);
	add_times(out, c);
	add_amount(out, c, 0);
	add_amount(out, c, 1);
	if (c->tcp)
		add_wire(out, c);
	if (c->told)
		add_kernel(out, c);
	if (!c->messages)
		return;
	label(out, "Requests");
	skw_sheet_text_count(out, c->messages);
	skw_buf_add_str(out, ", slowest ");
	skw_sheet_text_us(out, c->slowest_ns / 1000);
	end(out);
}
