/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events and rows of connections as blocks of a pcapng file. Which rows are written: all in the
 * first sweep of a file, and then those that have changed, so that a reader of the file can show
 * what a table had at each sweep.
 */
#ifndef SKW_SINK_RECORD_RECORD_EVENTS_H
#define SKW_SINK_RECORD_RECORD_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/event.h"
#include "model/packet.h"
#include "model/watch.h"
#include "row/event_types.h"
#include "util/buf.h"

struct skw_loop_clock;
struct skw_table;

struct skw_record_events_options {
	struct skw_event_types types;
	bool rows;
	/*
	 * Not all packets are captured, so only events and rows of connections are written that
	 * have a captured packet.
	 */
	bool only_captured;
};

struct skw_record_events;

/* Returns NULL if memory is short. The caller frees it. */
struct skw_record_events *skw_record_events_new(const struct skw_record_events_options *opt);
void skw_record_events_free(struct skw_record_events *e); /* NULL is allowed */

/* A file begins. It needs all rows. */
void skw_record_events_begin(struct skw_record_events *e);

/* These packets are captured. */
void skw_record_events_packets(struct skw_record_events *e, const struct skw_packet *run, size_t n);

/*
 * Appends the block of an event, if its type is wanted. Whether its connection counts is to be
 * asked when the packets before it are known.
 */
void skw_record_events_event(struct skw_record_events *e, const struct skw_event *event,
			     const struct skw_loop_clock *clock, struct skw_buf *out);

/* The connection enters the capture, so that its events count, too. */
void skw_record_events_enter(struct skw_record_events *e, uint64_t connection);

/* Whether events of this connection count, a skw_connection_hash(). */
bool skw_record_events_count(struct skw_record_events *e, uint64_t connection);

/*
 * Appends the blocks of the rows that have changed, and that of the sweep. If they are too many for
 * one sweep, the rest comes with the next ones. real_ns is their place among the packets. Returns 0
 * or -ENOMEM.
 */
int skw_record_events_rows(struct skw_record_events *e, const struct skw_table *table,
			   const struct skw_watch_status *status, uint64_t real_ns,
			   struct skw_buf *out);

#endif
