/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets that a session reads itself while it runs, for example those of top. The keeper opens a
 * tap on all interfaces when it is asked for, and closes it again; before that and afterwards, the
 * source has no descriptor and no record. The packets of each run go to every consumer in turn.
 */
#ifndef SKW_SESSION_TAP_TAP_H
#define SKW_SESSION_TAP_TAP_H

#include "loop/loop.h"
#include "model/capture_plan.h"
#include "model/packet.h"
#include "verbs/pick.h"

#define SKW_TAP_CONSUMERS_MAX 2

struct skw_capture;

struct skw_tap_consumer {
	/* Takes all packets of a run, in their order. It has no way to fail or to wait. */
	void (*packets)(void *ctx, const struct skw_packet *run, size_t n);
	void *ctx;
};

struct skw_session_tap {
	/* The caller sets these. */
	struct skw_tap_consumer consumers[SKW_TAP_CONSUMERS_MAX];
	size_t consumers_len;
	uint8_t kind;     /* of enum skw_pick_kind: which packets the keeper lets through */
	const char *what; /* that it is for: "messages" */
	/* The tap has failed, and ends: tells the user why. NULL: it is said on standard error. */
	void (*failed)(void *ctx, const char *why);
	void *ctx;

	struct skw_verbs_pick verbs;
	struct skw_loop *loop;       /* borrowed */
	struct skw_capture *capture; /* owned; NULL: no tap is open */
	struct skw_source source;
	struct skw_picked picked;
	struct skw_capture_plan plan;
	bool taking;             /* the packets that the loop hands on are the tap's */
	bool ends;               /* it ends when nothing uses it */
	uint64_t captured, lost; /* of taps that have ended */
};

#define SKW_TAP_TABLES 2
/* Fills in the tables for the keeper. Returns 0 or -ENOMEM with err filled. */
int skw_session_tap_make(struct skw_session_tap *t, struct skw_keeper_table *tables[SKW_TAP_TABLES],
			 struct skw_error *err);
void skw_session_tap_free(struct skw_session_tap *t);

/* For the loop; it comes before the connections, as that of captures from the screen. */
struct skw_source skw_session_tap_source(struct skw_session_tap *t);

/* Opens the tap, after the split, if it is not open. Returns 0 or -errno with err filled. */
int skw_session_tap_begin(struct skw_session_tap *t, struct skw_loop *loop, struct skw_error *err);
/* Tells the user why it ends. */
void skw_session_tap_tell(struct skw_session_tap *t, const char *why);
/* Closes it at the next pause. */
void skw_session_tap_end(struct skw_session_tap *t);

/*
 * Parts of the session's sink. The first tells whether these packets are the tap's, and then its
 * consumers have taken them all.
 */
bool skw_session_tap_packets(struct skw_session_tap *t, const struct skw_packet *run, size_t n);
void skw_session_tap_pause(struct skw_session_tap *t);

/* Packets so far, and those that a full ring has lost. */
void skw_session_tap_figures(const struct skw_session_tap *t, uint64_t *captured, uint64_t *lost);

#endif
