/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that the packets of pcapng files tell, for the end of each file. */
#ifndef SKW_SINK_RECORD_RECORD_NAMES_H
#define SKW_SINK_RECORD_RECORD_NAMES_H

#include "asked/asked.h"
#include "util/buf.h"

/* Memory for addresses and names, so that their block is small beside a file. */
#define SKW_RECORD_NAMES_BYTES ((size_t)512 << 10)

struct skw_record_names {
	const struct skw_asked_options *options; /* lent; NULL: nothing is learned */
	struct skw_asked *asked;                 /* owned; NULL until a packet comes */
};

void skw_record_names_free(struct skw_record_names *n);
/* Learns from a packet. 0 or -ENOMEM. */
int skw_record_names_take(struct skw_record_names *n, const struct skw_packet *pkt);
/* Appends a block with all names, or nothing if there is none. */
void skw_record_names_block(const struct skw_record_names *n, bool swapped, struct skw_buf *out);

#endif
