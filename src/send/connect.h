/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections to the receiver, which the keeper makes, as the worker can't connect. The receiver is
 * that of the command line, so a request has one number only: whether the address before, or the
 * next one is wanted.
 */
#ifndef SKW_SEND_CONNECT_H
#define SKW_SEND_CONNECT_H

#include <stdbool.h>
#include <sys/socket.h>

#include "keeper/keeper.h"
#include "post/target.h"

#define SKW_SEND_ADDRESSES 16

struct skw_send_address {
	struct sockaddr_storage to;
	socklen_t len;
};

struct skw_send_addresses {
	struct skw_send_address all[SKW_SEND_ADDRESSES];
	size_t len;
};

struct skw_send_found; /* memory that the keeper shares with a process that looks up */

struct skw_send_connect {
	const struct skw_post_target *target; /* set by the caller */

	struct skw_send_addresses addresses;
	size_t at;                    /* the address that was used last */
	struct skw_send_found *found; /* in the keeper only */
	uint64_t window_ns;           /* of the limit of connections in a time */
	unsigned in_window;
	struct skw_keeper_table table;
};

/* Makes the table for the split. `target` need not be filled in yet. */
void skw_send_connect_table(struct skw_send_connect *c);
/* Looks the addresses up, before the split. Returns 0, or -errno with err filled. */
int skw_send_connect_prepare(struct skw_send_connect *c, struct skw_error *err);
/* Without a split, gives up what was for the keeper. */
void skw_send_connect_free(struct skw_send_connect *c);

/*
 * Returns a socket that does not block, connected or about to be, which the caller owns; or -errno.
 * *addresses becomes the number of addresses that there are.
 */
int skw_send_connect_ask(const struct skw_send_connect *c, struct skw_keeper *k, bool next,
			 unsigned *addresses);

/* Has the name looked up again, without waiting for the result. */
void skw_send_connect_look_up(const struct skw_send_connect *c, struct skw_keeper *k);

#endif
