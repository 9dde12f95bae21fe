/* SPDX-License-Identifier: BSD-2-Clause */
/* A recording of records of the kernel as text, and the table that is made from it. */
#ifndef SCREEN_PLAY_H
#define SCREEN_PLAY_H

#include <stdbool.h>
#include <stdio.h>

#include "model/watch.h"
#include "table/table.h"

#define PLAY_ROWS    256
#define PLAY_HOLDERS 256

struct play {
	FILE *file;
	const char *name;
	unsigned line;
	struct skw_table *table;
	struct skw_watch_status status;
	struct skw_conn_rec rows[PLAY_ROWS]; /* for the next sweep */
	size_t rows_len;
	struct skw_holder_rec holders[PLAY_HOLDERS];
	size_t holders_len;
};

/* Opens a recording. Any mistake in it ends the program with a message that has the line number. */
void play_begin(struct play *p, const char *path);
/*
 * Plays the recording up to and including its next tick. Returns false if there is no further tick.
 */
bool play_tick(struct play *p);

#endif
