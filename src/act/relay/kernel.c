// SPDX-License-Identifier: BSD-2-Clause
#include "act/relay/kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "act/relay/connect.h"
#include "act/relay/lane_kernel.h"
#include "kern/act/conduits.h"
#include "util/cleanup.h"

int skw_relay_kernel_open(struct skw_relay *r, struct skw_error *err)
{
	unsigned pairs = (unsigned)r->plan->most;

	if (r->plan->engine != SKW_RELAY_SOCKMAP)
		return 0;
	r->free_pairs = calloc(pairs, sizeof(*r->free_pairs));
	if (!r->free_pairs)
		return skw_error_set(err, -ENOMEM, "out of memory");
	while (r->free_pairs_len < pairs) {
		r->free_pairs[r->free_pairs_len] = 2 * (pairs - 1 - r->free_pairs_len);
		r->free_pairs_len++;
	}
	int ret = skw_conduits_open(pairs, SKW_RELAY_UNSENT_BYTES, &r->conduits, err);

	if (ret == -EPERM && err)
		err->usage = true;
	return ret;
}

void skw_relay_kernel_close(struct skw_relay *r)
{
	skw_conduits_close(SKW_TAKE_PTR(r->conduits));
	free(SKW_TAKE_PTR(r->free_pairs));
}

static int read_cookies(struct skw_relay_conn *c)
{
	for (int i = 0; i < SKW_RELAY_SIDES; i++) {
		socklen_t len = sizeof(c->cookies[i]);

		if (getsockopt(c->ends[i].watch.fd, SOL_SOCKET, SO_COOKIE, &c->cookies[i], &len) <
		    0)
			return -errno;
	}
	return 0;
}

static int join(struct skw_relay *r, struct skw_relay_conn *c)
{
	const int fds[] = { c->ends[SKW_RELAY_CLIENT].watch.fd,
			    c->ends[SKW_RELAY_SERVER].watch.fd };
	int ret = read_cookies(c);

	return ret ? ret : skw_conduits_join(r->conduits, c->pair, fds, c->cookies);
}

static int start(struct skw_relay *r, struct skw_relay_conn *c, uint32_t side)
{
	struct skw_relay_lane *lane = &c->lanes[side];
	int ret = skw_relay_lane_kernel_begin(lane, skw_conduits_at(r->conduits, c->pair + side));

	if (!ret)
		ret = skw_conduits_start(r->conduits, c->pair + side, lane->from->watch.fd);
	if (ret) {
		lane->conduit = NULL;
		lane->no_splice = false;
	}
	return ret;
}

void skw_relay_kernel_take(struct skw_relay *r, struct skw_relay_conn *c)
{
	bool all = false;

	if (!r->conduits)
		return;
	/* A header must come first. */
	if (r->free_pairs_len && skw_relay_lane_flush(&r->mover, &c->lanes[SKW_RELAY_CLIENT])) {
		c->pair = r->free_pairs[--r->free_pairs_len];
		c->has_pair = true;
		all = join(r, c) == 0;
	}
	/* The backend first: when it gets the client's bytes, it may answer and end at once. */
	if (all) {
		all = start(r, c, SKW_RELAY_SERVER) == 0;
		all &= start(r, c, SKW_RELAY_CLIENT) == 0;
	}
	if (!all)
		r->outside++;
}

uint64_t skw_relay_kernel_moved(const struct skw_relay_conn *c)
{
	return skw_relay_lane_kernel_moved(&c->lanes[SKW_RELAY_CLIENT]) +
	       skw_relay_lane_kernel_moved(&c->lanes[SKW_RELAY_SERVER]);
}

void skw_relay_kernel_leave(struct skw_relay *r, struct skw_relay_conn *c)
{
	if (!c->has_pair)
		return;
	skw_conduits_leave(r->conduits, c->cookies);
	r->free_pairs[r->free_pairs_len++] = c->pair;
	c->has_pair = false;
	for (int i = 0; i < SKW_RELAY_SIDES; i++)
		c->lanes[i].conduit = NULL;
}
