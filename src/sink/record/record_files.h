/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of a recorder, one after the other: opened by the keeper, turned over by size or by
 * time, told to the -z command when they are complete. Times are real time.
 */
#ifndef SKW_SINK_RECORD_RECORD_FILES_H
#define SKW_SINK_RECORD_RECORD_FILES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sink/record/record_format.h"
#include "verbs/files.h"

/* If the reader of a pipe has stopped, it can delay the end by this time. */
#define SKW_RECORD_FILES_LINGER_MS 2000
/* The largest record with all headers, and the block of an interface before it. */
#define SKW_RECORD_FILES_ROOM (270u << 10)

struct skw_record_files {
	/* Set by the recorder; the output and the plan are in `file`. All of it is lent. */
	const struct skw_verbs_files *verbs;
	struct skw_keeper *keeper;
	const struct skw_record_format *format;
	struct skw_record_file file; /* the current one */
	/* Lent: the file is that of a trigger. NULL: files follow each other. */
	const struct skw_file_trigger *trigger;

	struct skw_file_id id;        /* the current file's */
	uint64_t opened;              /* so far; 0: there is no file yet */
	struct skw_file_id *open_ids; /* owned: of files not known to be complete, oldest first */
	size_t open_ids_len;
	uint64_t done;
	char name[PATH_MAX];   /* of the current file, for people */
	bool stream;           /* somebody reads while we write: a pipe, a socket, a device */
	int pipe_fd;           /* the current file, lent, if its reader may leave; -1: it is not */
	bool left;             /* the reader has gone away */
	uint64_t turn_ns;      /* when the current file's time ends (-G); UINT64_MAX: never */
	uint64_t bytes_before; /* in files that are complete */
	uint64_t head_bytes;   /* with which the current file begins */
	bool large;            /* a file is larger than -C because of these */
};

/* Chooses the format, and gives the files the name that they have before the first is opened. */
void skw_record_files_init(struct skw_record_files *f);
/* Frees the members that `f` owns, not `f`. */
void skw_record_files_free(struct skw_record_files *f);

/* Creates the first file, whose time begins at now_ns. 0 or -errno. */
int skw_record_files_start(struct skw_record_files *f, uint64_t now_ns, struct skw_error *err);

/*
 * No packet older than now_ns will come: is it time for the next file? 0, 1 when -W allows no
 * further file, or -errno.
 */
int skw_record_files_turn(struct skw_record_files *f, uint64_t now_ns, struct skw_error *err);
/* Whether skw_record_files_turn_for() has something to do. */
static inline bool skw_record_files_due(const struct skw_record_files *f,
					const struct skw_packet *pkt)
{
	return !f->opened || f->file.plan->rotate_bytes || pkt->ts_ns >= f->turn_ns;
}
/* Before a packet: makes the current file the one that it belongs to. As the turn. */
int skw_record_files_turn_for(struct skw_record_files *f, const struct skw_packet *pkt,
			      struct skw_error *err);

/* The same if only the size decides. now_ns is the time at which the next file begins. */
int skw_record_files_turn_full(struct skw_record_files *f, uint64_t now_ns, struct skw_error *err);

/*
 * Writes the packets of a run, if only time ends a file, as long as the current file and the
 * current block of the output have room for them. *put is how many these are. Returns 0 or -errno.
 */
int skw_record_files_put(struct skw_record_files *f, const struct skw_packet *run, size_t n,
			 size_t *put, struct skw_error *err);

/* The clock was set: the current file goes on as long as it would have. */
void skw_record_files_clock_set(struct skw_record_files *f, int64_t by_ns);

/* Runs the -z command for files that have become complete. 0, or -errno where writing failed. */
int skw_record_files_done(struct skw_record_files *f, struct skw_error *err);

/* Ends the current file, if there is one, with the figures of its interfaces. 0 or -errno. */
int skw_record_files_stats(struct skw_record_files *f, uint64_t real_ns);

/* Says in err which file failed with `ret`, and returns it. */
int skw_record_files_failed(struct skw_record_files *f, int ret, struct skw_error *err);

/* All files together have the size at which the session ends. */
bool skw_record_files_are_full(const struct skw_record_files *f);

/* Tells the user what is special about the files of packets of this kind. */
void skw_record_files_say_form(const struct skw_record_files *f,
			       const struct skw_packet_kind *kind);

uint64_t skw_record_files_bytes(const struct skw_record_files *f); /* of all, uncompressed */

#endif
