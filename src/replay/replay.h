/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A source: the packets of one or more capture files, which are read in their order as if they were
 * one. It needs neither BPF nor privileges.
 */
#ifndef SKW_REPLAY_REPLAY_H
#define SKW_REPLAY_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "loop/source.h"
#include "model/packet.h"

struct skw_replay;
struct skw_offline_filter;
struct skw_verbs_files;

/* The caller keeps everything that this points to until the replay is freed. */
struct skw_replay_plan {
	/* At least one; "-" means standard input. */
	const char *const *files;
	size_t files_len;
	/* An expression in libpcap's language. Never NULL; "" matches every packet. */
	const char *filter;
	/* SKW_DIR_UNKNOWN: both directions. */
	enum skw_direction direction;
	bool no_optimize;
	bool classic; /* as in a plan of a capture */
	uint32_t snaplen;
	/* Blocks that are no packets go to the sink, too; with an output they do in any case. */
	bool blocks;
	/* The session goes on at the end of the last file, as a screen shows what was read. */
	bool stays;
	/*
	 * The replay notes here which files it reads, so that no output overwrites them. NULL if
	 * there is no output.
	 */
	struct skw_verbs_files *output;
};

/* Makes a replay and opens nothing. The caller frees *out. Returns 0 or -ENOMEM. */
int skw_replay_new(const struct skw_replay_plan *plan, struct skw_replay **out);
void skw_replay_free(struct skw_replay *r); /* NULL is allowed */

struct skw_source skw_replay_source(struct skw_replay *r);

/* The properties of the packets. They are valid after `begin`. The replay owns the result. */
const struct skw_packet_kind *skw_replay_kind(const struct skw_replay *r);

/* The interface of a pcap file, for place 0; otherwise NULL. Valid after `begin`. */
const struct skw_iface *skw_replay_iface(void *replay, uint32_t place);

/*
 * Compiles the plan's filter for the first interface of the first file, without a session. If a
 * pcapng file has none, the filter is one for Ethernet. The caller frees
 * *out. Returns 0 or -errno.
 */
int skw_replay_compile(const struct skw_replay_plan *plan, struct skw_offline_filter **out,
		       struct skw_error *err);

#endif
