// SPDX-License-Identifier: BSD-2-Clause
#include "report/sheet_event.h"

enum skw_sheet_counter skw_sheet_event_counter(const struct skw_event *e)
{
	if (e->type == SKW_EVENT_RTO)
		return SKW_SHEET_RTOS;
	if (e->type == SKW_EVENT_RETRANS && !e->error)
		return SKW_SHEET_KERNEL_SENT;
	if (e->type != SKW_EVENT_CLOSE)
		return SKW_SHEET_COUNTERS;
	switch (e->row->close_reason) {
	case SKW_CLOSE_RESET_BY_PEER:
	case SKW_CLOSE_RESET_BY_US:
		return SKW_SHEET_KERNEL_RESETS;
	case SKW_CLOSE_REFUSED:
		return SKW_SHEET_KERNEL_REFUSED;
	case SKW_CLOSE_TIMEOUT:
		return SKW_SHEET_TIMEOUTS;
	default:
		return SKW_SHEET_COUNTERS;
	}
}

struct skw_sheet_event skw_sheet_event_of(const struct skw_event *e)
{
	struct skw_sheet_event out = { .ts_ns = e->ts_ns,
				       .kind = SKW_SHEET_EVENT_KERNEL,
				       .type = e->type,
				       .old_state = e->old_state,
				       .new_state = e->new_state,
				       .reason = e->row->close_reason };

	if (e->type == SKW_EVENT_RTO) {
		out.a = e->rto_us;
		out.b = e->backoff;
	} else if (e->type == SKW_EVENT_RETRANS) {
		out.a = e->segs;
		out.b = (uint32_t)e->error;
	} else if (e->type == SKW_EVENT_CONNECT) {
		out.a = (uint32_t)e->error;
	} else if (e->type == SKW_EVENT_ESTABLISHED) {
		out.a = e->handshake_us;
	}
	return out;
}
