/* SPDX-License-Identifier: BSD-2-Clause */
/* A source: packets from a capture file. It needs no BPF and no privilege. */
#ifndef SKW_REPLAY_REPLAY_H
#define SKW_REPLAY_REPLAY_H

#include "loop/source.h"
#include "model/packet.h"

struct skw_replay;
struct skw_verbs_files;

/* All of it is lent and outlives the replay. */
struct skw_replay_plan {
	/* "-" is standard input. */
	const char *file;
	/* In libpcap's language; never NULL, "" takes everything. */
	const char *filter;
	uint32_t snaplen;
	/* Is told which file is read, so that no output overwrites it; NULL: there is no output. */
	struct skw_verbs_files *output;
};

/* Nothing is opened yet. *out is the caller's. 0 or -ENOMEM. */
int skw_replay_new(const struct skw_replay_plan *plan, struct skw_replay **out);
void skw_replay_free(struct skw_replay *r); /* NULL allowed */

struct skw_source skw_replay_source(struct skw_replay *r);

/* What the file's packets are like, known once it has begun. It stays the replay's. */
const struct skw_packet_kind *skw_replay_kind(const struct skw_replay *r);

#endif
