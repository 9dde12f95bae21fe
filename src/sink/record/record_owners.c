// SPDX-License-Identifier: BSD-2-Clause
#include "sink/record/record_owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/packet_owner.h"

/*
 * A connection whose place is taken by another one gets a first comment again, and a process is
 * written again: so memory does not grow with them.
 */
#define CONNECTIONS 8192

struct known_owner {
	uint64_t id;   /* of the owner; 0: none */
	bool is_known; /* the section has its process */
	struct skw_pcapng_owner owner;
	struct skw_buf comment;
};

struct skw_record_owners {
	enum skw_owner_comments comments;
	struct known_owner all[SKW_PACKET_OWNERS];
	uint32_t processes;                /* of this section */
	uint64_t connections[CONNECTIONS]; /* that have a comment in this section */
	/* For packets without a comment. */
	struct skw_pcapng_owner bare[2];
	/* The last packet that had comments: the numbers of its owners, 0: none. */
	uint64_t last_ids[2];
	const struct skw_pcapng_owner *last[2];
};

struct skw_record_owners *skw_record_owners_new(enum skw_owner_comments comments)
{
	struct skw_record_owners *o = calloc(1, sizeof(*o));

	if (o)
		o->comments = comments;
	return o;
}

void skw_record_owners_free(struct skw_record_owners *o)
{
	for (size_t i = 0; o && i < SKW_PACKET_OWNERS; i++)
		skw_buf_free(&o->all[i].comment);
	free(o);
}

void skw_record_owners_begin(struct skw_record_owners *o)
{
	o->processes = 0;
	o->last_ids[0] = o->last_ids[1] = 0;
	for (size_t i = 0; i < SKW_PACKET_OWNERS; i++)
		o->all[i].is_known = false;
	for (size_t i = 0; i < CONNECTIONS; i++)
		o->connections[i] = 0;
}

static struct known_owner *entry_of(struct skw_record_owners *o,
				    const struct skw_packet_owner *from, struct skw_buf *blocks)
{
	struct known_owner *e = &o->all[from->place];

	if (e->id != from->id) {
		skw_buf_reset(&e->comment);
		skw_pcapng_comment(&e->comment, from->text);
		if (e->comment.failed)
			return NULL;
		e->id = from->id;
		e->is_known = false;
		e->owner = (struct skw_pcapng_owner){ .comment = e->comment.data,
						      .comment_len = (uint32_t)e->comment.len,
						      .pid = from->pid };
	}
	if (!e->is_known) {
		skw_pcapng_process(blocks, from->pid, from->comm);
		if (blocks->failed)
			return NULL;
		e->owner.process = o->processes++;
		e->is_known = true;
	}
	return e;
}

static bool has_comment(struct skw_record_owners *o, const struct skw_packet *pkt)
{
	if (o->comments != SKW_OWNER_COMMENTS_FIRST)
		return o->comments != SKW_OWNER_COMMENTS_NONE;
	uint64_t *place = &o->connections[pkt->connection % CONNECTIONS];

	if (pkt->connection && *place == pkt->connection)
		return false;
	*place = pkt->connection;
	return true;
}

int skw_record_owners_of(struct skw_record_owners *o, const struct skw_packet *pkt,
			 const struct skw_pcapng_owner *owners[2], struct skw_buf *blocks)
{
	const struct skw_packet_owner *from[2] = { pkt->sender, pkt->receiver };
	bool commented = has_comment(o, pkt);
	uint64_t ids[2] = { from[0] ? from[0]->id : 0, from[1] ? from[1]->id : 0 };

	/* Most packets are like the one before. */
	if (commented && ids[0] == o->last_ids[0] && ids[1] == o->last_ids[1]) {
		owners[0] = o->last[0];
		owners[1] = o->last[1];
		return 0;
	}
	o->last_ids[0] = o->last_ids[1] = 0;
	for (size_t i = 0; i < 2; i++) {
		owners[i] = NULL;
		if (!from[i])
			continue;
		struct known_owner *e = entry_of(o, from[i], blocks);

		if (!e)
			return -ENOMEM;
		owners[i] = &e->owner;
		if (!commented) {
			o->bare[i] = e->owner;
			o->bare[i].comment_len = 0;
			owners[i] = &o->bare[i];
		}
	}
	if (commented) {
		memcpy(o->last_ids, ids, sizeof(ids));
		memcpy(o->last, owners, sizeof(o->last));
	}
	return 0;
}
