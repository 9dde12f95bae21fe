/* SPDX-License-Identifier: BSD-2-Clause */
/* A verb that acts is a source without records: the loop runs it, and it prints its events. */
#ifndef SKW_ACT_SESSION_H
#define SKW_ACT_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "act/tell.h"
#include "loop/source.h"
#include "util/error.h"

struct skw_sandbox_relay;

/* The options that all verbs have. */
struct skw_act_options {
	bool dry_run;         /* tell what would be done, and change nothing */
	const char *pin;      /* it stays under this name; NULL: it ends with the command */
	const char *bpffs;    /* the folder of the pins; NULL: the usual one */
	bool json;            /* events as JSON */
	uint64_t count;       /* stop after this number of events; 0: no limit */
	uint64_t duration_ns; /* 0: no limit */
	bool no_sandbox;
};

struct skw_act_plan {
	const struct skw_act_options *options;
	struct skw_source source;
	const struct skw_sandbox_relay *relay; /* see struct skw_loop_plan */
	struct skw_act_tell *tell;             /* skw_act_run() sets what the options choose */
	const struct skw_sink *recorder;       /* writes the source's packets; NULL: none */
	/* See struct skw_loop_plan. */
	bool (*takes_signal)(void *ctx, int signo, bool from_kernel);
	void (*report)(void *ctx, bool final);
	void *ctx;
	/* Set while prepare() runs, if what is attached stays; report() tells it. NULL: nothing. */
	const bool *pinned;
};

/*
 * Before something is pinned: a signal that would end the process waits, until the loop takes it or
 * the process ends by itself. So nothing stays pinned that no line has told.
 */
void skw_act_hold_signals(void);

/* Runs until a signal, a limit or an error ends it. Returns 0, or -errno with err filled. */
int skw_act_run(const struct skw_act_plan *plan, struct skw_error *err);

#endif
