/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flight recorder: a stage in front of the recorder that keeps packets and events in memory and
 * passes on what is near a trigger, in order of time.
 */
#ifndef SKW_SESSION_FLIGHT_H
#define SKW_SESSION_FLIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "join/flight.h"
#include "join/triggers.h"
#include "loop/sink.h"
#include "session/flight/flight_messages.h"
#include "session/plan/plan.h"
#include "flow/captured.h"
#include "sink/record/pending.h"
#include "sink/record/record_events.h"
#include "sink/record/record_triggers.h"

struct skw_flight_session {
	const struct skw_session_plan *plan;
	struct skw_sink inner;             /* lent: the recorder, or the files of triggers */
	struct skw_record_triggers *files; /* lent; NULL: there is one file for all */
	struct skw_loop *loop;             /* lent */
	struct skw_triggers triggers;
	/* Only where a trigger is about messages; else its `messages` is NULL. */
	struct skw_flight_messages messages;
	struct skw_flight *flight;           /* owned */
	struct skw_record_events *events;    /* owned */
	struct skw_captured *captured;       /* owned; NULL: all connections count */
	struct skw_buf block;                /* owned */
	struct skw_pending pending;          /* owned; events whose packets before them will come */
	bool is_full;                        /* the recorder has no room */
	uint64_t packets, blocks;            /* that were passed on */
	uint64_t until_ns;                   /* everything that is older has come */
	uint64_t passed_ns;                  /* everything that is older was passed on */
	unsigned steps;                      /* of the clock, that are in the memory */
	const char *texts[SKW_TRIGGERS_END]; /* of all triggers */
	uint64_t ignored;                    /* triggers after the last that counts */
	uint64_t lost;                       /* events for which there was no room */
};

/*
 * Makes the stage. The caller sets what is behind it, `inner` and `files`, and frees *f, even after
 * an error. Returns 0 or -errno.
 */
int skw_flight_session_make(struct skw_flight_session *f, const struct skw_session_plan *plan,
			    struct skw_error *err);
void skw_flight_session_free(struct skw_flight_session *f);

struct skw_sink skw_flight_session_sink(struct skw_flight_session *f);

#endif
