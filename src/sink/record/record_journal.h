/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts the events and rows of connections into the files of a recorder. Their source can't hold
 * them, so they wait in the file's copy when the output has no room.
 */
#ifndef SKW_SINK_RECORD_RECORD_JOURNAL_H
#define SKW_SINK_RECORD_RECORD_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "sink/record/pending.h"
#include "sink/record/record_events.h"
#include "sink/record/record_files.h"
#include "util/buf.h"
#include "util/error.h"

struct skw_loop;

struct skw_record_journal {
	struct skw_record_events *events; /* owned; NULL: none are written */
	struct skw_record_files *files;   /* lent */
	struct skw_loop *loop;            /* lent; set by the recorder when it opens */
	uint64_t until_ns;                /* everything that is older was taken; real time */
	uint64_t written, lost;           /* numbers of events; lost: there was no room */
	uint64_t file;                    /* the number of the file that has the rows */
	/* Rows that could not be written yet, as there was no time for them: lent. Or NULL. */
	const struct skw_table *due;
	struct skw_watch_status due_status;
	struct skw_buf blocks;      /* owned */
	struct skw_pending pending; /* owned; events whose packets before them are still to come */
};

/* 0 or -ENOMEM. */
int skw_record_journal_init(struct skw_record_journal *j, struct skw_record_files *files,
			    const struct skw_record_events_options *opt);
void skw_record_journal_free(struct skw_record_journal *j); /* not `j` itself */

/*
 * These do nothing if no events are written. They end the session if its files are full. Return 0
 * or -errno.
 */
int skw_record_journal_event(struct skw_record_journal *j, const struct skw_event *event,
			     struct skw_error *err);
/* Writes the events before a packet that comes next. */
int skw_record_journal_packet(struct skw_record_journal *j, const struct skw_packet *pkt,
			      struct skw_error *err);
/* Writes the events that are not younger than until_ns. */
int skw_record_journal_release(struct skw_record_journal *j, uint64_t until_ns,
			       struct skw_error *err);
/* Everything that is older than until_ns was taken; 0: that can't be told. */
int skw_record_journal_pause(struct skw_record_journal *j, uint64_t until_ns,
			     struct skw_error *err);
/* The table stays until the session ends. Rows that find no room now come with the next sweep. */
int skw_record_journal_rows(struct skw_record_journal *j, const struct skw_table *table,
			    const struct skw_watch_status *status, struct skw_error *err);

#endif
