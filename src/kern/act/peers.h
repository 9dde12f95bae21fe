/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of peers, which they have told to a `skwatch mark --pin` on this host. */
#ifndef SKW_KERN_ACT_PEERS_H
#define SKW_KERN_ACT_PEERS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/mark.h"

#define SKW_PEERS_MAX 8

struct skw_peers {
	/* Each has SKW_MARK_PEERS slots and is mapped for reading. */
	const struct skw_mark_peer *maps[SKW_PEERS_MAX];
	size_t len; /* 0: nothing is marked, or it can't be read */
};

/*
 * Maps those that are pinned in the usual folder now, up to SKW_PEERS_MAX. They stay readable
 * without privileges, also after the pins have gone.
 */
void skw_peers_open(struct skw_peers *peers);
void skw_peers_close(struct skw_peers *peers); /* zeroed ones allowed */

/* False: the peer of this socket has told nothing. It makes no system call. */
bool skw_peers_find(const struct skw_peers *peers, uint64_t cookie, struct skw_mark_peer *out);

#endif
