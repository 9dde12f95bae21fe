/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ClientHellos in Initial packets of QUIC, which may lie in several datagrams. Internal to this
 * room.
 */
#ifndef SKW_ASKED_HELLOS_H
#define SKW_ASKED_HELLOS_H

#include <stdint.h>

#include "model/tuple.h"
#include "quic/hello.h"
#include "quic/opener.h"

struct skw_asked_hello {
	struct skw_tuple tuple; /* local is the client */
	uint64_t age;           /* the smallest one is the oldest; 0: the place is free */
	struct skw_quic_opener opener;
	struct skw_quic_hello hello; /* owned */
};

#define SKW_ASKED_HELLOS 16

struct skw_asked_hellos {
	struct skw_asked_hello places[SKW_ASKED_HELLOS];
	uint64_t age;
	uint64_t forgotten;
};

void skw_asked_hellos_free(struct skw_asked_hellos *h);

/*
 * Takes a datagram whose sender is tuple->local. 1: it has completed the hello of this client:
 * *whole, without its header, is valid until skw_asked_hellos_end(), which must follow. 0: it has
 * not. -ENOMEM.
 */
int skw_asked_hellos_take(struct skw_asked_hellos *h, const struct skw_tuple *tuple,
			  struct skw_bytes datagram, struct skw_bytes *whole);
void skw_asked_hellos_end(struct skw_asked_hellos *h, const struct skw_tuple *tuple);

#endif
