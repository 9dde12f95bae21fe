/* SPDX-License-Identifier: BSD-2-Clause */
/* A sink: packets into files. When one file ends and the next begins; the format is another's. */
#ifndef SKW_SINK_RECORDER_H
#define SKW_SINK_RECORDER_H

#include "loop/sink.h"
#include "model/file_plan.h"
#include "verbs/files.h"

struct skw_recorder;

/* All of it is lent and outlives the recorder. */
struct skw_recorder_options {
	/* Its plan is the recorder's; the keeper opens the files. */
	const struct skw_verbs_files *files;
	/* Known when the recorder is opened. */
	const struct skw_packet_kind *kind;
	/*
	 * Figures of an interface, by its place, for the end of a pcapng file. 0 or -errno. NULL:
	 * there are none.
	 */
	int (*stats)(void *ctx, uint32_t place, struct skw_iface_stats *stats);
	void *ctx;
};

/* No file is created before the sink is opened. *out is the caller's. 0 or -errno. */
int skw_recorder_new(const struct skw_recorder_options *opt, struct skw_recorder **out,
		     struct skw_error *err);
void skw_recorder_free(struct skw_recorder *r); /* NULL allowed */

struct skw_sink skw_recorder_sink(struct skw_recorder *r);

uint64_t skw_recorder_bytes(const struct skw_recorder *r);   /* of all files, uncompressed */
const char *skw_recorder_name(const struct skw_recorder *r); /* of the current file, for people */
/* Packets that were taken but are not in the files. Known once the sink is closed. */
uint64_t skw_recorder_lost(const struct skw_recorder *r);

#endif
