/* SPDX-License-Identifier: BSD-2-Clause */
/* Gives the packets of a live capture their owners: a second source, and what joins both. */
#ifndef SKW_SESSION_OWNERS_H
#define SKW_SESSION_OWNERS_H

#include "join/owners.h"
#include "loop/source.h"
#include "model/watch_plan.h"
#include "session/plan.h"
#include "sink/tee.h"

struct skw_watch;

struct skw_owners_session {
	struct skw_watch_plan plan;
	struct skw_watch *watch;      /* owned; NULL: packets get no owners */
	struct skw_join_owners *join; /* owned */
	struct skw_source inner;
	bool wanted; /* the user has asked for them, so a failure ends the session */
	bool off;    /* it failed, and the session goes on without */
};

/*
 * Makes the parts if the plan's packets get owners, and puts them in front of the tee. The caller
 * frees *o, even after an error. Returns 0 or -errno.
 */
int skw_owners_session_make(struct skw_owners_session *o, const struct skw_session_plan *plan,
			    struct skw_tee *tee, struct skw_error *err);
void skw_owners_session_free(struct skw_owners_session *o);

/* The source, if there is one (o->watch). It comes behind the packets' source. */
struct skw_source skw_owners_session_source(struct skw_owners_session *o);
/* The folder that the source goes on reading, for the sandbox. */
const int *skw_owners_session_folder(const struct skw_owners_session *o);

#endif
