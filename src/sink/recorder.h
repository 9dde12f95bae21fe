/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets into files: the format, and when one file ends and the next begins. */
#ifndef SKW_SINK_RECORDER_H
#define SKW_SINK_RECORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "keeper/keeper.h"
#include "model/packet.h"
#include "session/plan.h"

struct skw_recorder;

struct skw_recorder_options {
	const struct skw_capture_plan *plan; /* with a write_file */
	struct skw_keeper *keeper;           /* opens the files */
	int dlt;                             /* of a pcap file; -1: that of the first packet */
	uint32_t snaplen;                    /* said in the files */
	/* Figures of an interface, by its place, for the end of a pcapng file. 0 or -errno. */
	int (*stats)(void *ctx, uint32_t place, struct skw_iface_stats *stats);
	void *ctx;
};

/* No file is created yet. *out is the caller's. */
int skw_recorder_new(const struct skw_recorder_options *opt, struct skw_recorder **out,
		     struct skw_error *err);

/* Creates the first file; its time begins at now_ns (real time). */
int skw_recorder_start(struct skw_recorder *r, uint64_t now_ns, struct skw_error *err);

/*
 * Appends a packet to the file that its time belongs to. Starts by itself if nobody did.
 * Returns 0; 1 if the last file that -W allows is full, and the packet was not taken; or
 * -errno.
 */
int skw_recorder_packet(struct skw_recorder *r, const struct skw_packet *pkt,
			const struct skw_iface *iface, struct skw_error *err);

/* No packet older than now_ns, real time, will come: is it time for the next file? 0, 1, -errno. */
int skw_recorder_turn(struct skw_recorder *r, uint64_t now_ns, struct skw_error *err);

/* When the file's time is over, real time; UINT64_MAX: never. */
uint64_t skw_recorder_turn_ns(const struct skw_recorder *r);

/* Real time has leapt: the current file goes on as long as it would have. */
void skw_recorder_clock_set(struct skw_recorder *r, int64_t by_ns);

/* A remark between the packets, where the format has a place for it. */
void skw_recorder_note(struct skw_recorder *r, uint64_t now_ns, const char *text);

/* What there is becomes readable soon. 0 or -errno. */
int skw_recorder_flush(struct skw_recorder *r, struct skw_error *err);

/* No packet is at hand just now: flushes where somebody waits for each of them. 0 or -errno. */
int skw_recorder_pause(struct skw_recorder *r, struct skw_error *err);

/* Readable when files were completed or writing failed: call skw_recorder_news() then. Ours. */
int skw_recorder_fd(const struct skw_recorder *r);
int skw_recorder_news(struct skw_recorder *r, struct skw_error *err);

/*
 * Takes one more packet of any size without waiting for the disk or a reader? If not, the
 * descriptor above becomes readable when that may have changed. Also true after an error.
 */
bool skw_recorder_ready(const struct skw_recorder *r);

/* The end is near: a pipe whose reader has stopped is given up in two seconds. */
void skw_recorder_hurry(struct skw_recorder *r);

uint64_t skw_recorder_bytes(const struct skw_recorder *r);   /* of all files, uncompressed */
const char *skw_recorder_name(const struct skw_recorder *r); /* of the current file, for people */

/*
 * Completes and closes the file and frees r (NULL allowed). 0 or -errno. *lost (NULL allowed):
 * packets that were taken but are not in the files.
 */
int skw_recorder_finish(struct skw_recorder *r, uint64_t now_ns, uint64_t *lost,
			struct skw_error *err);

#endif
