/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All conversations of a capture, in memory that has a limit. When it is reached, the one that was
 * closed first, or else the one that was silent for the longest time, is only counted.
 */
#ifndef SKW_FLOW_CONVERSATIONS_H
#define SKW_FLOW_CONVERSATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "flow/conversation.h"

struct skw_conversations;

/* Hears of the packets, and may keep something of its own with each conversation. */
struct skw_conversations_watcher {
	/* The conversation has taken this packet. 0 or -errno, which the taker returns. */
	int (*took)(void *ctx, struct skw_conversation *c, const struct skw_packet *pkt,
		    const struct skw_flow *flow);
	/* It is not kept any longer. This is called for all of them at the end. */
	void (*leaves)(void *ctx, struct skw_conversation *c);
	void *ctx;
};

struct skw_conversations_options {
	uint64_t key[2]; /* by chance, so that nobody can choose tuples that collide */
	const struct skw_conversations_watcher *watcher; /* borrowed; NULL: there is none */
	/* Memory for conversations. The newest is kept, however little
	 * memory there is. */
	size_t max_bytes;
};

/* The packets that belong to no conversation that is kept. */
struct skw_conversations_rest {
	uint64_t conversations; /* that were not kept, and the sums of their figures */
	uint64_t packets, bytes;
	uint64_t sent_again, resets;
	uint64_t others;     /* packets of other protocols than TCP and UDP */
	uint64_t unreadable; /* packets that are cut or damaged before their ports */
	uint64_t fragments;  /* fragments of TCP and UDP whose first one is missing */
};

/* The caller frees *out. 0 or -ENOMEM. */
int skw_conversations_new(const struct skw_conversations_options *opt,
			  struct skw_conversations **out);
/* NULL is allowed. */
void skw_conversations_free(struct skw_conversations *c);

/* 0 or -ENOMEM. */
int skw_conversations_take(struct skw_conversations *c, const struct skw_packet *pkt);

/*
 * Takes what the kernel tells of a socket, if a conversation has its ends: the figures and the
 * owner of a row. 0 or -ENOMEM.
 */
int skw_conversations_tell(struct skw_conversations *c, const struct skw_row *row);

/* The conversation that a packet with this tuple belongs to now, of either end. NULL: none. */
struct skw_conversation *skw_conversations_find(struct skw_conversations *c,
						const struct skw_tuple *tuple);

size_t skw_conversations_len(const struct skw_conversations *c);
/*
 * Sets out[0] to out[len - 1], which are borrowed until the next packet. Their order is that of no
 * field.
 */
void skw_conversations_list(const struct skw_conversations *c, const struct skw_conversation **out);
const struct skw_conversations_rest *skw_conversations_rest(const struct skw_conversations *c);

#endif
