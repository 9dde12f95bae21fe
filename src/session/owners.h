/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gives the packets of a live capture their owners, and its file events: a second source, and what
 * joins both.
 */
#ifndef SKW_SESSION_OWNERS_H
#define SKW_SESSION_OWNERS_H

#include "join/owners.h"
#include "loop/source.h"
#include "model/watch_plan.h"
#include "session/health.h"
#include "session/plan/plan.h"
#include "sink/record/record_journal.h"
#include "sink/tee.h"

/*
 * The kernel tells the socket of a packet that arrives some time after the packet was captured. So
 * packets wait for the events that follow them this closely.
 */
#define SKW_OWNERS_SESSION_LEAD_MS 10

struct skw_watch;

struct skw_owners_session {
	struct skw_health_session *health; /* lent; NULL: all connections are captured */
	struct skw_watch_plan plan;
	struct skw_watch *watch;      /* owned; NULL: there are no owners and no events */
	struct skw_join_owners *join; /* owned */
	struct skw_source inner;
	/* Whether the rings of packets fill up, so that packets can't wait. NULL: they do not. */
	bool (*is_pressed)(void *ctx);
	void *pressed;
	bool wanted;   /* the user has asked for it, so a failure ends the session */
	bool off;      /* it failed, and the session goes on without */
	bool quiet;    /* without a word */
	bool owners;   /* packets get owners */
	bool triggers; /* events are triggers, too */
	/*
	 * Gets the last table, when all packets have been taken; it returns 0 or -errno with err
	 * filled. NULL: nobody wants it.
	 */
	int (*last)(void *ctx, const struct skw_table *table, struct skw_error *err);
	void *last_ctx;
	const char *lost, *option; /* for a message: the loss, and how to leave it out */
};

/* Whether packets of a live capture are joined with connections by this plan. */
bool skw_owners_session_joins(const struct skw_session_plan *plan);
/*
 * Makes the parts if the plan has owners, events or a capture by health, and puts them in front of
 * the tee, or into `health`. The caller frees *o, even after an error. Returns 0 or -errno.
 */
int skw_owners_session_make(struct skw_owners_session *o, const struct skw_session_plan *plan,
			    struct skw_tee *tee, struct skw_health_session *health,
			    struct skw_error *err);
void skw_owners_session_free(struct skw_owners_session *o);

/* The source, if there is one (o->watch). It comes behind the packets' source. */
struct skw_source skw_owners_session_source(struct skw_owners_session *o);
/* The folder that the source goes on reading, for the sandbox. */
const int *skw_owners_session_folder(const struct skw_owners_session *o);

/* Says how many events were recorded, if that is what the session does. */
void skw_owners_session_report(const struct skw_owners_session *o,
			       const struct skw_record_journal *journal, bool final);

#endif
