/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows to end, from the list to the figures: asks the keeper for each, and makes the events. */
#ifndef SKW_ACT_KILL_RUN_H
#define SKW_ACT_KILL_RUN_H

#include <stdint.h>

#include "act/kill.h"
#include "model/act_event.h"

struct skw_kill_run_item;

struct skw_kill_run {
	/* The caller sets these. All are borrowed. */
	const struct skw_kill *kill;
	struct skw_keeper *keeper;
	/* Takes an event for each socket or process. Returns 0, or -errno with err filled. */
	int (*tell)(void *ctx, const struct skw_act_event *event, struct skw_error *err);
	void *ctx;

	struct skw_kill_run_item *items; /* owned */
	size_t len, at;
	/* Rows in the list. */
	uint64_t rows;
	/* The sockets, or processes, of the list by their end; rows that had gone before, too. */
	uint64_t ended, gone, failed;
	/* Rows whose holders are not known, or may not get a signal. */
	uint64_t no_holder, spared;
	int first_error; /* of the failed ones */
};

/* Begins a new list. Returns 0, or -errno with err filled. */
int skw_kill_run_begin(struct skw_kill_run *run, struct skw_error *err);
void skw_kill_run_free(struct skw_kill_run *run);

/*
 * Adds a row to the list; it has to stay as long as the list if there is `tell`. A row that has
 * gone, or that is refused, is counted. Returns 1 if it is in the list, 0 if not, or -errno with
 * err filled.
 */
int skw_kill_run_add(struct skw_kill_run *run, const struct skw_row *row, struct skw_error *err);

/*
 * Ends the next socket of the list, or sends the next signal; in a dry run only tells it. Returns
 * 1 if there may be another, 0 if that was the last, or -errno with err filled.
 */
int skw_kill_run_next(struct skw_kill_run *run, struct skw_error *err);

#endif
