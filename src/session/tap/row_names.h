/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of remote addresses for the rows of a watch, learned from packets that tell some: a tap of
 * its own lets only these through. It is open only while names are wanted.
 */
#ifndef SKW_SESSION_TAP_ROW_NAMES_H
#define SKW_SESSION_TAP_ROW_NAMES_H

#include "model/event.h"
#include "model/row.h"
#include "session/tap/tap.h"

struct skw_asked;
struct skw_watch;

/* An event whose row has a name, which is valid until the next packet. */
struct skw_named_event {
	struct skw_event event;
	struct skw_row row;
	struct skw_remote remote;
};

struct skw_row_names {
	/* The caller sets these. */
	struct skw_watch *watch; /* borrowed; it may be made later */

	struct skw_session_tap tap; /* its `failed` and `ctx` are the caller's */
	struct skw_asked *asked;    /* owned; NULL: they are not wanted */
	struct skw_loop *loop;      /* borrowed */
	uint64_t begun_ns;          /* CLOCK_MONOTONIC; connections that are older have no names */
	uint64_t told_ns;           /* when the rows got names last */
	uint64_t answers, hellos, forgotten; /* before the names were switched off */
	bool was_on, no_memory;
};

/* Fills in the rest, and the tables for the keeper. 0 or -ENOMEM with err filled. */
int skw_row_names_make(struct skw_row_names *n, struct skw_keeper_table *tables[SKW_TAP_TABLES],
		       struct skw_error *err);
void skw_row_names_free(struct skw_row_names *n);
struct skw_source skw_row_names_source(struct skw_row_names *n);

void skw_row_names_open(struct skw_row_names *n, struct skw_loop *loop);
/* From now on, or no longer: then all rows forget them. Returns 0 or -errno with err filled. */
int skw_row_names_set(struct skw_row_names *n, bool on, struct skw_error *err);

/* Parts of the sink. The first tells whether these packets were for the names. */
bool skw_row_names_packets(struct skw_row_names *n, const struct skw_packet *run, size_t len);
void skw_row_names_pause(struct skw_row_names *n);
/* The rows get their names, before they are shown. */
void skw_row_names_tell(struct skw_row_names *n);
/* Copies an event, and gives its row the name of the remote end; *event stays. */
const struct skw_event *skw_row_names_event(struct skw_row_names *n, const struct skw_event *event,
					    struct skw_named_event *room);
/* Says the figures on standard error, if names were on. Once, at the end. */
void skw_row_names_report(struct skw_row_names *n);

#endif
