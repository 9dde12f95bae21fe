/* SPDX-License-Identifier: BSD-2-Clause */
/* Connections, with the names of their servers. Internal to this room. */
#ifndef SKW_ASKED_TALKS_H
#define SKW_ASKED_TALKS_H

#include <stdbool.h>

#include "asked/store.h"
#include "flow/flow.h"
#include "flow/pair_table.h"

struct skw_asked_talk {
	struct skw_pair pair;
	struct skw_tuple tuple;           /* local is the client */
	uint32_t first_seq;               /* of the client's first byte, if `opened` */
	bool opened;                      /* TCP: the SYN was seen */
	struct skw_asked_text *dns, *sni; /* users; NULL: unknown */
};

struct skw_asked_talks {
	size_t max_bytes, bytes;
	struct skw_pair_table table;
	struct skw_pair_list list; /* the last one began last */
	uint64_t forgotten;
};

int skw_asked_talks_init(struct skw_asked_talks *t, const uint64_t key[2]);
void skw_asked_talks_free(struct skw_asked_talks *t);

/* Either direction. NULL: unknown. */
struct skw_asked_talk *skw_asked_talks_find(const struct skw_asked_talks *t,
					    const struct skw_tuple *tuple);
/*
 * The packet's connection begins, if it does, and its server's address gets its name from the
 * store. 0 or -ENOMEM.
 */
int skw_asked_talks_begin(struct skw_asked_talks *t, const struct skw_flow *flow,
			  const struct skw_asked_store *store, uint64_t ts_ns);
/*
 * The client, tuple->local, has called the server by this name. Only its first name counts. 0 or
 * -ENOMEM.
 */
int skw_asked_talks_name(struct skw_asked_talks *t, const struct skw_tuple *tuple,
			 const char *text);

#endif
