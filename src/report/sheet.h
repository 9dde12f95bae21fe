/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sheet is all that a report shows of a capture. It is filled with packets, with what a recording
 * tells beside them, and with messages; sheet_write.h makes a page of it. All times are real ones.
 *
 * Its memory has a limit: details get fewer points, the connections with the least trouble lose
 * theirs, and of connections that are too many only the sums are kept.
 */
#ifndef SKW_REPORT_SHEET_H
#define SKW_REPORT_SHEET_H

#include <stddef.h>
#include <stdint.h>

#include "model/event.h"
#include "model/message.h"
#include "model/packet.h"
#include "report/sheet_bins.h"
#include "report/sheet_connection.h"

/* Counters of each span of time. Counters of the kernel's events are 0 in a file without events. */
enum skw_sheet_counter {
	SKW_SHEET_PACKETS,
	SKW_SHEET_BYTES,
	SKW_SHEET_SEGMENTS,    /* with data */
	SKW_SHEET_RETRANSMITS, /* on the wire */
	SKW_SHEET_WIRE_RESETS,
	SKW_SHEET_WIRE_REFUSED,
	SKW_SHEET_OPENED,      /* connections whose first packet came */
	SKW_SHEET_RTOS,        /* from the kernel, from here on */
	SKW_SHEET_KERNEL_SENT, /* segments that it sent again */
	SKW_SHEET_KERNEL_RESETS,
	SKW_SHEET_KERNEL_REFUSED,
	SKW_SHEET_TIMEOUTS,
	SKW_SHEET_COUNTERS,
	/* Behind them, two distributions of round-trip times. */
	SKW_SHEET_WIRE_TIMES = SKW_SHEET_COUNTERS,
	SKW_SHEET_KERNEL_TIMES = SKW_SHEET_WIRE_TIMES + SKW_SHEET_TIMES,
	SKW_SHEET_SPAN = SKW_SHEET_KERNEL_TIMES + SKW_SHEET_TIMES
};

#define SKW_SHEET_SPANS 240

struct skw_sheet_options {
	uint64_t key[2]; /* see struct skw_conversations_options */
	size_t conversations_bytes, details_bytes;
	size_t rows_max; /* connections that the page lists */
};

struct skw_sheet_figures {
	uint64_t connections, tcp;       /* all that were seen */
	uint64_t packets, bytes, others; /* others: neither TCP nor UDP, or not readable */
	uint64_t first_ns, last_ns;      /* SKW_SHEET_UNKNOWN: no packet has a time */
	uint64_t backwards;              /* packets that are older than the one before */
	uint64_t lost;                   /* packets, before others */
	uint64_t stat_seen, stat_lost;   /* of interfaces, as the capture has counted */
	bool stats;                      /* there are such counts */
	uint64_t rows, events, sweeps;   /* of the kernel */
	uint64_t events_lost;            /* before they came into the file */
	uint64_t without_packets;        /* events of connections that have no packet */
	uint64_t messages, message_errors;
	uint64_t totals[SKW_SHEET_COUNTERS];
	uint64_t wire_times[SKW_SHEET_TIMES], kernel_times[SKW_SHEET_TIMES];
	uint64_t latencies[SKW_SHEET_TIMES];
};

struct skw_sheet;

/* The caller frees *out. 0 or -ENOMEM. */
int skw_sheet_new(const struct skw_sheet_options *opt, struct skw_sheet **out);
void skw_sheet_free(struct skw_sheet *s); /* NULL is allowed */

/* These return 0 or -ENOMEM. */
int skw_sheet_packet(struct skw_sheet *s, const struct skw_packet *pkt);
int skw_sheet_event(struct skw_sheet *s, const struct skw_event *event);
int skw_sheet_row(struct skw_sheet *s, const struct skw_row *row);
int skw_sheet_message(struct skw_sheet *s, const struct skw_message *m);
/* The end of a sweep; events that were lost since the recording began. */
void skw_sheet_sweep(struct skw_sheet *s, uint64_t events_lost);
/* The counters that a capture has kept of an interface. */
void skw_sheet_statistics(struct skw_sheet *s, uint64_t seen, uint64_t lost);

/* Nothing more comes: chooses the connections of the page. */
void skw_sheet_finish(struct skw_sheet *s);

const struct skw_sheet_figures *skw_sheet_figures(const struct skw_sheet *s);
const struct skw_sheet_bins *skw_sheet_spans(const struct skw_sheet *s);
/* After the finish: the connections of the page, the worst first. The sheet owns them. */
const struct skw_sheet_connection *const *skw_sheet_rows(const struct skw_sheet *s, size_t *len);
/* For tests: the bytes of all details. */
size_t skw_sheet_memory(const struct skw_sheet *s);

#endif
