/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The owners that packets were given lately, with their texts. Only for this room.
 */
#ifndef SKW_JOIN_NAMES_H
#define SKW_JOIN_NAMES_H

#include <stdbool.h>

#include "model/packet_owner.h"
#include "model/row.h"

struct skw_join_name {
	struct skw_packet_owner owner;
	char comm[SKW_COMM_LEN + 1]; /* as the kernel has it */
	uint64_t cgroup_id;
	uint32_t netns; /* 0: that of the packets */
	uint64_t run;   /* the last run of packets that has it */
	char *bytes;    /* owned; the texts */
};

struct skw_join_names {
	struct skw_join_name all[SKW_PACKET_OWNERS]; /* at the hash of the process */
	uint64_t last_id;
	uint64_t run;
};

void skw_join_names_free(struct skw_join_names *n);

/*
 * The owner of a row that has owners: its process with the lowest number. `netns` is the network
 * namespace of the packets; the text of an owner in another one tells which. Returns NULL with
 * *full true if its place is taken by another owner of the same run; then the run must end. NULL
 * with *full false: memory is short.
 */
const struct skw_packet_owner *
skw_join_names_of(struct skw_join_names *n, const struct skw_row *row, uint32_t netns, bool *full);

/* An owner that was returned before, and has its place still, is used by this run as well. */
static inline void skw_join_names_use(struct skw_join_names *n,
				      const struct skw_packet_owner *owner)
{
	n->all[owner->place].run = n->run;
}

#endif
