/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A connection on the page: its figures, and its details while there is memory for them.
 * Sides: 0 is the end that has opened it (else that of the first packet), 1 the other one.
 */
#ifndef SKW_REPORT_SHEET_CONNECTION_H
#define SKW_REPORT_SHEET_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "flow/conversation.h"
#include "flow/segment.h"
#include "model/event.h"
#include "model/message.h"
#include "report/sheet_bins.h"
#include "report/sheet_series.h"

#define SKW_SHEET_UNKNOWN    UINT64_MAX
#define SKW_SHEET_TRAFFIC    48 /* spans of a connection's traffic */
#define SKW_SHEET_EVENTS     96
#define SKW_SHEET_MESSAGES   32
#define SKW_SHEET_KIND_LEN   80
#define SKW_SHEET_STATUS_LEN 24
#define SKW_SHEET_CGROUP_LEN 128

/* The series of each side. Values of the first four are bytes since the begin of its stream. */
enum skw_sheet_side_series {
	SKW_SHEET_SENT,       /* segments with data that are new */
	SKW_SHEET_AGAIN,      /* that were sent again */
	SKW_SHEET_SACKED,     /* that the other side has told to have, beyond `lo` of ACKED */
	SKW_SHEET_ACKED,      /* lo: acknowledged by the other side; hi: the end of its window */
	SKW_SHEET_RTT_WIRE,   /* microseconds until the other side has acknowledged it */
	SKW_SHEET_RTT_KERNEL, /* of the side's own kernel: smoothed, microseconds */
	SKW_SHEET_CWND,       /* likewise: segments */
	SKW_SHEET_SIDE_SERIES
};

/* A moment of a connection. */
enum skw_sheet_event_kind {
	SKW_SHEET_EVENT_SYN, /* from packets */
	SKW_SHEET_EVENT_SYN_AGAIN,
	SKW_SHEET_EVENT_SYNACK,
	SKW_SHEET_EVENT_FIN,
	SKW_SHEET_EVENT_RST,
	SKW_SHEET_EVENT_ZERO_WINDOW,
	SKW_SHEET_EVENT_KERNEL, /* from the kernel: a = enum skw_event_type */
	SKW_SHEET_EVENT_KINDS
};

struct skw_sheet_event {
	uint64_t ts_ns;
	uint8_t kind; /* enum skw_sheet_event_kind */
	uint8_t side; /* that sent the packet, or whose kernel tells */
	uint8_t type; /* enum skw_event_type */
	uint8_t old_state, new_state, reason;
	uint32_t a, b; /* RTO: rto_us, backoff; RETRANS: segs, error; CONNECT: error */
};

struct skw_sheet_message {
	uint64_t ts_ns, latency_ns; /* SKW_MESSAGE_UNKNOWN */
	uint64_t request_bytes, answer_bytes;
	const char *protocol; /* static */
	bool error, from_1;   /* failed; side 1 is the client */
	uint8_t outcome;
	char kind[SKW_SHEET_KIND_LEN + 1], status[SKW_SHEET_STATUS_LEN + 1];
};

struct skw_sheet_detail {
	struct skw_sheet_series sides[2][SKW_SHEET_SIDE_SERIES];
	struct skw_sheet_event *events;     /* owned */
	struct skw_sheet_message *messages; /* owned; the slowest, and those that failed */
	uint32_t events_len, events_left, messages_len;
};

/* How a side numbers its bytes: sequence numbers begin again at 0. */
struct skw_sheet_numbers {
	bool known, acked;
	int8_t wscale;  /* -1: unknown */
	uint32_t first; /* sequence number */
	uint64_t next;  /* bytes since the first, plus 2^32 */
};

struct skw_sheet_connection {
	struct skw_sheet_connection *prev, *next; /* all that have details */
	/* While packets may come; NULL: its figures are final. */
	struct skw_conversation *conversation;
	struct skw_sheet_detail *detail; /* owned; NULL: none, or not any longer */
	bool no_detail;                  /* it has lost them */
	uint32_t points;                 /* the most of each series */

	struct skw_sheet_numbers numbers[2];
	uint64_t sent_again_seen, rtts_seen[2], copies_seen;
	bool zero_window[2];
	struct skw_sheet_bins traffic; /* bytes of both sides */

	/* Figures of packets, set by skw_sheet_connection_settle(). */
	struct skw_tuple tuple;
	uint64_t first_ns, last_ns, handshake_ns; /* SKW_SHEET_UNKNOWN */
	uint64_t packets[2], bytes[2];
	uint64_t data_segs, sent_again, out_of_order, resets;
	uint64_t rtt_p50_us, rtt_p99_us; /* of the slower side; SKW_SHEET_UNKNOWN */
	uint8_t end;                     /* enum skw_conversation_end */
	bool syn, tcp;
	/* Figures of the kernel: SKW_SHEET_UNKNOWN. */
	bool told;        /* by the kernel of either side */
	uint8_t reason;   /* enum skw_close_reason */
	uint64_t srtt_us; /* of the side that sends more, or of the one that was told */
	uint64_t rto_count, retrans_segs; /* of both sides */
	uint32_t pids[2];
	char comms[2][SKW_COMM_LEN + 1];
	char *cgroup; /* owned; NULL */
	/* Messages. */
	uint64_t messages, message_errors, slowest_ns;

	uint64_t trouble; /* the worst connection has the highest one */
};

/* With at most this number of points in each series. The caller frees *out. 0 or -ENOMEM. */
int skw_sheet_connection_new(uint32_t points, struct skw_sheet_connection **out);
void skw_sheet_connection_free(struct skw_sheet_connection *c); /* it is in no list */
void skw_sheet_connection_drop_detail(struct skw_sheet_connection *c);
/* Changes the number of points. 0 or -ENOMEM. */
int skw_sheet_connection_thin(struct skw_sheet_connection *c, uint32_t points);
/* The bytes of its details. */
size_t skw_sheet_connection_memory(const struct skw_sheet_connection *c);

/*
 * The meaning of a packet. `pkt` belongs to the conversation, which has taken it already.
 */
struct skw_sheet_seen {
	bool copy; /* of one from another interface: nothing of it was noted */
	unsigned side;
	bool again, data, reset;
	bool refused; /* this reset has answered a SYN */
	bool rtt;     /* it has completed a round trip */
	bool far; /* of the end that is farther from the capture; the other one has next to none */
	uint64_t rtt_us;
};
/* 0 or -ENOMEM. */
int skw_sheet_connection_packet(struct skw_sheet_connection *c, const struct skw_packet *pkt,
				const struct skw_flow *flow, struct skw_sheet_seen *seen);
/* `tuple` is the row's, as packets have it. 0 or -ENOMEM. */
int skw_sheet_connection_row(struct skw_sheet_connection *c, const struct skw_tuple *tuple,
			     const struct skw_row *row);
int skw_sheet_connection_event(struct skw_sheet_connection *c, const struct skw_sheet_event *e);
int skw_sheet_connection_message(struct skw_sheet_connection *c, const struct skw_message *m);

/* Brings its figures up to date. */
void skw_sheet_connection_settle(struct skw_sheet_connection *c);
/* For qsort(): pointers to pointers; the worst first, and always in the same order. */
int skw_sheet_connection_order(const void *a, const void *b);

#endif
