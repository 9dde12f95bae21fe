// SPDX-License-Identifier: BSD-2-Clause
#include "join/owners.h"

#include <stdlib.h>
#include <string.h>

#include "join/cache.h"
#include "join/names.h"
#include "join/socket.h"
#include "table/table.h"

/* The loop hands on at most this number of packets at once. */
#define RUN_MAX 64

struct skw_join_owners {
	struct skw_join_owners_options opt;
	struct skw_join_sockets sockets;
	bool are_told;
	struct skw_join_names names;
	struct skw_join_cache cache;
	struct skw_packet run[RUN_MAX];
};

struct skw_join_owners *skw_join_owners_new(const struct skw_join_owners_options *opt)
{
	struct skw_join_owners *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->opt = *opt;
	j->sockets.opt = &j->opt;
	return j;
}

void skw_join_owners_free(struct skw_join_owners *j)
{
	if (!j)
		return;
	skw_join_names_free(&j->names);
	free(j);
}

static bool is_wanted(const struct skw_join_owners *j, const struct skw_join_ends *ends)
{
	const struct skw_join_owners_options *opt = &j->opt;

	return !opt->is_wanted || (ends->sender && opt->is_wanted(opt->ctx, ends->sender)) ||
	       (ends->receiver && opt->is_wanted(opt->ctx, ends->receiver));
}

/* Returns false if the run must end before this packet. */
static bool own(struct skw_join_owners *j, const struct skw_table *table, struct skw_packet *pkt,
		bool *wanted)
{
	struct skw_join_ends ends;
	bool full = false;
	uint32_t netns = j->opt.netns(j->opt.ctx);

	skw_join_sockets_find(&j->sockets, table, netns, pkt, &ends);
	*wanted = is_wanted(j, &ends);
	if (j->opt.no_owners)
		return true;
	const struct skw_row *sender = skw_join_sockets_are_owned(ends.sender) ? ends.sender : NULL;
	const struct skw_row *receiver =
		skw_join_sockets_are_owned(ends.receiver) ? ends.receiver : NULL;

	if (sender || receiver)
		pkt->connection = ends.connection;
	if (sender)
		pkt->sender = skw_join_names_of(&j->names, sender, netns, &full);
	if (!full && receiver)
		pkt->receiver = skw_join_names_of(&j->names, receiver, netns, &full);
	return !full;
}

static void take_cached(struct skw_join_owners *j, const struct skw_join_cached *cached,
			struct skw_packet *pkt)
{
	pkt->sender = cached->sender;
	pkt->receiver = cached->receiver;
	pkt->connection = cached->connection;
	if (pkt->sender)
		skw_join_names_use(&j->names, pkt->sender);
	if (pkt->receiver)
		skw_join_names_use(&j->names, pkt->receiver);
}

/* The same as own(), with what packets of these addresses had before the table changed. */
static bool own_again(struct skw_join_owners *j, const struct skw_table *table,
		      struct skw_packet *pkt, bool *wanted)
{
	/* Both only grow, and so does their sum. */
	uint64_t generation = skw_table_generation(table) +
			      (j->opt.is_wanted ? j->opt.generation(j->opt.ctx) : 0);
	struct skw_join_cached *place = NULL;

	/* Without events it depends on the flags of TCP, too. */
	if (j->are_told && skw_join_cache_find(&j->cache, pkt, generation, &place)) {
		take_cached(j, place, pkt);
		*wanted = place->wanted;
		return true;
	}
	if (!own(j, table, pkt, wanted))
		return false;
	if (!place)
		return true;
	place->generation = generation;
	place->sender = pkt->sender;
	place->receiver = pkt->receiver;
	place->sender_id = pkt->sender ? pkt->sender->id : 0;
	place->receiver_id = pkt->receiver ? pkt->receiver->id : 0;
	place->connection = pkt->connection;
	place->wanted = *wanted;
	return true;
}

/* The table does not change within a run, and most packets are like the one before. */
static bool own_as_before(struct skw_join_owners *j, size_t at, bool wanted, bool *too)
{
	struct skw_packet *pkt = &j->run[at];

	if (!at || !j->are_told || !skw_join_cache_alike(pkt - 1, pkt))
		return false;
	*too = wanted;
	pkt->sender = pkt[-1].sender;
	pkt->receiver = pkt[-1].receiver;
	pkt->connection = pkt[-1].connection;
	return true;
}

const struct skw_packet *skw_join_owners_run(struct skw_join_owners *j,
					     const struct skw_packet *run, size_t *n)
{
	const struct skw_table *table = j->opt.table(j->opt.ctx);
	bool wanted = false;
	size_t len = 0;

	j->names.run++;
	j->are_told = j->opt.are_told && j->opt.are_told(j->opt.ctx);
	while (len < *n && len < RUN_MAX) {
		bool too = !j->opt.is_wanted;

		j->run[len] = run[len];
		if (table && !own_as_before(j, len, wanted, &too) &&
		    !own_again(j, table, &j->run[len], &too) && len)
			break;
		if (len && too != wanted)
			break;
		wanted = too;
		len++;
	}
	*n = len;
	return wanted ? j->run : NULL;
}
