/* SPDX-License-Identifier: BSD-2-Clause */
/* The interface between the recorder and a file format, which is pcap or pcapng. */
#ifndef SKW_SINK_RECORD_RECORD_FORMAT_H
#define SKW_SINK_RECORD_RECORD_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "model/file_plan.h"
#include "model/packet.h"
#include "out/out.h"
#include "sink/record/record_copy.h"
#include "sink/record/record_names.h"
#include "sink/record/record_owners.h"
#include "sink/record/record_secrets.h"
#include "util/buf.h"
#include "util/error.h"

/* The file that is being written. */
struct skw_record_file {
	struct skw_out *out;
	const struct skw_file_plan *plan;
	const char *name; /* for messages */
	int dlt;          /* only for pcap */
	uint32_t snaplen; /* written to the header of the file */
	uint64_t start_ns;
	bool said_unknown, said_late; /* that a time did not fit, and why */
	/* See struct skw_recorder_options. */
	const struct skw_iface *(*iface)(void *ctx, uint32_t place);
	int (*stats)(void *ctx, uint32_t place, struct skw_iface_stats *stats);
	void *ctx;
	/* Only for pcap: enum skw_pcapng_extra, of what the file has no place for. */
	unsigned extras;

	/* The fields below are only for pcapng. */
	/* Owned: for each place, 1 + the number of the interface's block in this file, or 0. */
	uint32_t *blocks;
	size_t blocks_len;
	/* Owned, with the same length as blocks: for each block, the place of its interface. */
	uint32_t *places;
	uint32_t blocks_used;
	struct skw_buf scratch;
	char os[512];
	struct skw_record_copy copy;
	struct skw_record_owners *owners; /* owned; NULL until a packet has one */
	struct skw_record_secrets secrets;
	struct skw_record_names names;
};

/* Each function returns 0 or -errno. A function is NULL if the format has nothing of that kind. */
struct skw_record_format {
	/* Begins a new file: writes everything before the first packet. */
	int (*begin)(struct skw_record_file *f);
	/* Writes a packet. Fills err only if there is more to say than the error's number. */
	int (*packet)(struct skw_record_file *f, const struct skw_packet *pkt,
		      struct skw_error *err);
	/*
	 * Takes a block that is no packet of a pcapng file that is read; it may come before the
	 * file is begun.
	 */
	int (*block)(struct skw_record_file *f, const struct skw_raw_block *block);
	/* Writes a comment between the packets. */
	int (*note)(struct skw_record_file *f, uint64_t real_ns, const char *text);
	/* Writes names, and the figures of each interface, at the end of the file. */
	int (*stats)(struct skw_record_file *f, uint64_t real_ns);
	/* Tells the user, at the end, what the files have no place for. */
	void (*say)(const struct skw_record_file *f);
};

extern const struct skw_record_format skw_record_format_pcap;
extern const struct skw_record_format skw_record_format_pcapng;

/* Sets the format and the compression in the plan as the suffixes of its file's name tell. */
void skw_record_format_by_name(struct skw_file_plan *plan);

/* Only for the function below. */
void skw_record_format_say_time(struct skw_record_file *f, uint64_t ts_ns, const char *limit);

/*
 * The packet's time as the file gets it: the last one that fits, last_ns, if the packet's own does
 * not fit. The first time that is said; `limit` tells when last_ns is.
 */
static inline uint64_t skw_record_format_time(struct skw_record_file *f,
					      const struct skw_packet *pkt, uint64_t last_ns,
					      const char *limit)
{
	if (pkt->ts_ns <= last_ns && pkt->ts_ns != SKW_PACKET_TIME_UNKNOWN)
		return pkt->ts_ns;
	skw_record_format_say_time(f, pkt->ts_ns, limit);
	return last_ns;
}

/* Frees what the file owns, but not `f`. */
void skw_record_file_free(struct skw_record_file *f);

#endif
