/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A capture by health: a stage in front of the outputs of a live capture that lets packets of those
 * connections through whose figures match, and tells which connections enter and leave.
 */
#ifndef SKW_SESSION_HEALTH_H
#define SKW_SESSION_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "join/health.h"
#include "loop/sink.h"
#include "model/packet.h"
#include "model/watch.h"
#include "session/plan/plan.h"
#include "sink/packet_lines.h"
#include "sink/record/pending.h"

struct skw_table;

struct skw_health_session {
	/* The caller sets these. */
	struct skw_sink inner;          /* lent */
	struct skw_packet_lines *lines; /* lent; NULL: no lines are printed */
	const struct skw_packet *(*join)(void *ctx, const struct skw_packet *run, size_t *n);
	const struct skw_table *(*table)(void *ctx);
	void *ctx;

	const char *where;          /* lent */
	struct skw_health *health;  /* owned */
	struct skw_loop *loop;      /* lent */
	struct skw_pending changes; /* owned; those whose time among the packets has not come */
	uint64_t next_ns;           /* the time of the first of them, or UINT64_MAX */
	uint64_t latest_ns;         /* real time up to which everything was handed on */
	bool swept;                 /* the first sweep has ended */
	/* Its rows, until they are looked at: lent. Or NULL. */
	const struct skw_table *due;
	struct skw_watch_status due_status;
	uint64_t generation;    /* grows with each change */
	uint64_t entered, left; /* numbers of changes */
	uint64_t left_out;      /* packets */
};

/* Fills in all but what the caller sets. The caller frees *h, even after an error. 0 or -errno. */
int skw_health_session_make(struct skw_health_session *h, const struct skw_session_plan *plan,
			    struct skw_error *err);
void skw_health_session_free(struct skw_health_session *h);

struct skw_sink skw_health_session_sink(struct skw_health_session *h);

/* Says how many connections have entered. */
void skw_health_session_report(const struct skw_health_session *h);

#endif
