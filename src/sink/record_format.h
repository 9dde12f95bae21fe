/* SPDX-License-Identifier: BSD-2-Clause */
/* What the recorder asks of a file format: pcap or pcapng. */
#ifndef SKW_SINK_RECORD_FORMAT_H
#define SKW_SINK_RECORD_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "model/file_plan.h"
#include "model/packet.h"
#include "out/out.h"
#include "util/buf.h"
#include "util/error.h"

/* The file that is being written. */
struct skw_record_file {
	struct skw_out *out;
	const struct skw_file_plan *plan;
	const char *name; /* for messages */
	int dlt;          /* of a pcap file */
	uint32_t snaplen; /* said in the file */
	uint64_t start_ns;
	/* As struct skw_recorder_options has them. */
	int (*stats)(void *ctx, uint32_t place, struct skw_iface_stats *stats);
	void *ctx;

	/* Of pcapng. */
	uint32_t *blocks; /* owned: by place, 1 + number of the interface's block in this file */
	size_t blocks_len;
	uint32_t *places; /* owned, as long as blocks: the same the other way round */
	uint32_t blocks_used;
	struct skw_buf scratch;
	char os[512];
};

/* Each returns 0 or -errno; those that are NULL have no place in the format. */
struct skw_record_format {
	/* A new file: what stands before the first packet. */
	int (*begin)(struct skw_record_file *f);
	/* Fills err only where it knows more than the error's number. */
	int (*packet)(struct skw_record_file *f, const struct skw_packet *pkt,
		      struct skw_error *err);
	/* A remark between the packets. */
	int (*note)(struct skw_record_file *f, uint64_t real_ns, const char *text);
	/* The end of the file: what is known of each interface. */
	int (*stats)(struct skw_record_file *f, uint64_t real_ns);
};

extern const struct skw_record_format skw_record_format_pcap;
extern const struct skw_record_format skw_record_format_pcapng;

void skw_record_file_free(struct skw_record_file *f); /* what it owns */

#endif
