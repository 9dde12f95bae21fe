/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every interface through one socket: the dispatcher in the kernel is told which
 * link type, and so which filter program, each interface has; what comes and goes
 * is followed by netlink.
 */
#ifndef SKW_CAPTURE_ANY_H
#define SKW_CAPTURE_ANY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "abi/packet.h"
#include "capture/ifaces.h"
#include "verbs/filters.h"

#define SKW_ANY_SLOTS 256 /* interfaces that are counted apart; the others share slot 0 */

struct skw_any {
	const struct skw_capture_plan *plan;
	struct skw_tap *tap;
	struct skw_capture_ifaces *ifaces;
	const struct skw_verbs_filters *verbs; /* lent */
	struct skw_keeper *keeper;             /* NULL before the split */
	struct {
		int dlt;
		bool stand_in;
		struct skw_offline_filter *user; /* owned, NULL if the kernel decides */
	} filters[SKW_DISPATCH_FILTERS];
	unsigned filters_len;
	struct {
		uint16_t arphrd;
		uint8_t filter;
	} kinds[SKW_DISPATCH_FILTERS]; /* which filter a kind of interface has */
	unsigned kinds_len;
	unsigned slots_used;
	int watch_fd; /* netlink; owned, -1 before start */
};

/* Learns of all interfaces there are. The first filter made is Ethernet's. */
int skw_any_start(struct skw_any *any, struct skw_error *err);
void skw_any_free(struct skw_any *any);

/* News wait on watch_fd. 0 or -errno. */
int skw_any_news(struct skw_any *any);

/*
 * A packet came from an interface that no news told of yet: its place in the table. Asks
 * the kernel; one that is gone already is taken for Ethernet. -ENOMEM.
 */
int skw_any_unknown(struct skw_any *any, uint32_t ifindex);

#endif
