/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections of a recording of bypass: which packets TCP would have sent for what was moved
 * past it.
 */
#ifndef SKW_ACT_BYPASS_TALKS_H
#define SKW_ACT_BYPASS_TALKS_H

#include <linux/types.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/bypass.h"
#include "pcap/raw_tcp.h"

/* The most packets of a record: a handshake, and the data. */
#define SKW_BYPASS_TALKS_PACKETS 4

struct skw_bypass_talks;

struct skw_bypass_process {
	uint32_t pid; /* 0: unknown, as it has sent nothing yet */
	char comm[SKW_BYPASS_COMM_LEN + 1];
};

struct skw_bypass_packet {
	struct skw_raw_tcp tcp;
	uint32_t len; /* of the data, which is that of the record, or 0 */
	struct skw_bypass_process from, to;
};

/* Returns NULL if memory is short. The caller frees it. */
struct skw_bypass_talks *skw_bypass_talks_new(void);
void skw_bypass_talks_free(struct skw_bypass_talks *t); /* NULL allowed */

/*
 * Follows a record of any type. For data, `len` is that of the piece, and `more` how much of its
 * message comes after it. Returns the number of packets.
 *
 * A handshake comes before the first byte of a connection, and a FIN is made for an end that has
 * closed in order. A direction that went back to TCP gets none: its last bytes are not here.
 */
size_t skw_bypass_talks_follow(struct skw_bypass_talks *t, const struct skw_bypass_rec *rec,
			       uint32_t len, uint32_t more,
			       struct skw_bypass_packet out[SKW_BYPASS_TALKS_PACKETS]);

#endif
