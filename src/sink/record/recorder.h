/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sink that writes packets to files. It decides when one file ends and the next begins, and
 * leaves the format to struct skw_record_format.
 */
#ifndef SKW_SINK_RECORD_RECORDER_H
#define SKW_SINK_RECORD_RECORDER_H

#include "asked/asked.h"
#include "loop/sink.h"
#include "model/file_plan.h"
#include "sink/record/record_journal.h"
#include "verbs/files.h"

struct skw_recorder;

/* The caller keeps everything that this points to until the recorder is freed. */
struct skw_recorder_options {
	/* Opens the files through the keeper, and has the plan for them. */
	const struct skw_verbs_files *files;
	/* Read when the sink is opened, not before. */
	const struct skw_packet_kind *kind;
	/*
	 * Gets an interface that pcapng files describe even if it has no packets, by its place from
	 * 0 on. Returns NULL if there are no more of them. NULL if there are none.
	 */
	const struct skw_iface *(*iface)(void *ctx, uint32_t place);
	/*
	 * Gets the figures of an interface by its place, for the end of a pcapng file. Returns 0 or
	 * -errno. NULL if there are no figures.
	 */
	int (*stats)(void *ctx, uint32_t place, struct skw_iface_stats *stats);
	void *ctx;
	/* Events and rows are written, too, if the format has a place for them. NULL: they are not.
	 */
	const struct skw_record_events_options *events;
	/*
	 * Names that the packets tell are written at the end of each file, if the format has a
	 * place for them. NULL: they are not learned.
	 */
	const struct skw_asked_options *names;
	/* The session goes on after a failure: skw_recorder_has_failed() tells it. */
	bool aside;
};

/*
 * Makes a recorder. No file is created until the sink is opened. The caller frees *out. Returns 0
 * or -errno.
 */
int skw_recorder_new(const struct skw_recorder_options *opt, struct skw_recorder **out,
		     struct skw_error *err);
void skw_recorder_free(struct skw_recorder *r); /* NULL is allowed */

struct skw_sink skw_recorder_sink(struct skw_recorder *r);

/* The number of bytes in all files, before compression. */
uint64_t skw_recorder_bytes(const struct skw_recorder *r);
/* The name of the current file, for messages. */
const char *skw_recorder_name(const struct skw_recorder *r);
/* Whether writing failed outside of a call of the sink. To close the sink tells the reason. */
bool skw_recorder_has_failed(const struct skw_recorder *r);
/* Whether writing failed because the reader of a pipe has gone away. NULL is allowed. */
bool skw_recorder_was_left(const struct skw_recorder *r);
/* Tells how many events were written and lost. */
const struct skw_record_journal *skw_recorder_journal(const struct skw_recorder *r);
/* The number of packets that were taken but are not in the files. Valid once the sink is closed. */
uint64_t skw_recorder_lost(const struct skw_recorder *r);

#endif
