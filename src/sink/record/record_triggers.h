/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of triggers, each with its own time and connection, several at once. Each is a pcapng file
 * of its own: interfaces, secrets, packets with owners, events, figures. Times are real time.
 */
#ifndef SKW_SINK_RECORD_RECORD_TRIGGERS_H
#define SKW_SINK_RECORD_RECORD_TRIGGERS_H

#include "model/file_trigger.h"
#include "sink/record/recorder.h"

/* The most files that are open at the same time. */
#define SKW_RECORD_TRIGGERS_OPEN 64

struct skw_record_triggers;

struct skw_record_trigger {
	uint64_t connection; /* a skw_connection_hash() */
	/* The time that is recorded. */
	uint64_t from_ns, until_ns;
	struct skw_file_trigger file;
};

struct skw_record_triggers_figures {
	uint64_t files;
	uint64_t no_place; /* triggers that found too many files open */
	uint64_t bytes;    /* in all files, before compression */
	uint64_t lost;     /* packets that were taken but are not in the files */
	const char *name;  /* of the file that was opened last, or the template */
};

/* See skw_trigger_name_check(). */
int skw_record_triggers_check(const char *template, const char *event, struct skw_error *err);

/*
 * `opt` as for a recorder; its events are ignored. `any`: each file has the packets of all
 * connections. Nothing is created yet. The caller frees *out. Returns 0 or -errno.
 */
int skw_record_triggers_new(const struct skw_recorder_options *opt, bool any,
			    struct skw_record_triggers **out, struct skw_error *err);
void skw_record_triggers_free(struct skw_record_triggers *r); /* NULL is allowed */

/*
 * The sink has no packets: see the functions below. Its blocks are secrets. Its pause ends the
 * files whose time is over.
 */
struct skw_sink skw_record_triggers_sink(struct skw_record_triggers *r);

/*
 * A further trigger of a connection in the time of its file: that goes on until until_ns. False:
 * there is no such file.
 */
bool skw_record_triggers_extend(struct skw_record_triggers *r, uint64_t connection, uint64_t ts_ns,
				uint64_t until_ns);
/* Begins a file. Returns 1, 0 if there is no place for it, which is counted, or -errno. */
int skw_record_triggers_begin(struct skw_record_triggers *r, const struct skw_record_trigger *t,
			      struct skw_error *err);

/*
 * A packet, or a block if that is NULL, for the files that want the connection at that time.
 * Returns 1, 0 if it must be offered again as there is no room, or -errno. With `wait`, waits.
 */
struct skw_record_triggers_record {
	uint64_t ts_ns, connection;
	const struct skw_packet *packet;
	const struct skw_raw_block *block;
};
int skw_record_triggers_put(struct skw_record_triggers *r,
			    const struct skw_record_triggers_record *record, bool wait,
			    struct skw_error *err);

/* The clock was set: the times of the files move. */
void skw_record_triggers_shift(struct skw_record_triggers *r, int64_t by_ns);

struct skw_record_triggers_figures skw_record_triggers_figures(const struct skw_record_triggers *r);

#endif
