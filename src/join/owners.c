// SPDX-License-Identifier: BSD-2-Clause
#include "join/owners.h"

#include <stdlib.h>
#include <string.h>

#include "join/names.h"
#include "join/socket.h"

/* The loop hands on at most this number of packets at once. */
#define RUN_MAX 64

struct skw_join_owners {
	struct skw_join_owners_options opt;
	struct skw_join_sockets sockets;
	struct skw_join_names names;
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

/* Returns false if the run must end before this packet. */
static bool own(struct skw_join_owners *j, const struct skw_table *table, struct skw_packet *pkt)
{
	struct skw_join_ends ends;
	bool full = false;
	uint32_t netns = j->opt.netns(j->opt.ctx);

	skw_join_sockets_find(&j->sockets, table, netns, pkt, &ends);
	const struct skw_row *row = ends.sender ? ends.sender : ends.receiver;

	if (row)
		pkt->connection = row->cookie;
	if (ends.sender)
		pkt->sender = skw_join_names_of(&j->names, ends.sender, netns, &full);
	if (!full && ends.receiver)
		pkt->receiver = skw_join_names_of(&j->names, ends.receiver, netns, &full);
	return !full;
}

const struct skw_packet *skw_join_owners_run(struct skw_join_owners *j,
					     const struct skw_packet *run, size_t *n)
{
	const struct skw_table *table = j->opt.table(j->opt.ctx);
	size_t len = 0;

	j->names.run++;
	while (len < *n && len < RUN_MAX) {
		j->run[len] = run[len];
		/* Two ends of one packet may want the same place: then one of them is left out. */
		if (table && !own(j, table, &j->run[len]) && len)
			break;
		len++;
	}
	*n = len;
	return j->run;
}
