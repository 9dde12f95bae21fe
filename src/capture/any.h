/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures on every interface through one socket. The dispatcher in the kernel holds the link type
 * of each interface, and so its filter program. Netlink reports which interfaces come and go.
 */
#ifndef SKW_CAPTURE_ANY_H
#define SKW_CAPTURE_ANY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "abi/packet.h"
#include "capture/ifaces.h"
#include "verbs/capture.h"

struct skw_any {
	const struct skw_capture_plan *plan;
	struct skw_capture_ifaces *ifaces;
	struct skw_verbs_capture *verbs; /* borrowed */
	struct skw_keeper *keeper;       /* NULL before the split */
	/* By the dispatcher's numbers. Owned; NULL if the kernel decides, or if there is no filter.
	 */
	struct skw_offline_filter *filters[SKW_DISPATCH_FILTERS];
	int watch_fd; /* netlink; owned, -1 before skw_any_start() */
};

/* Finds all interfaces. The first filter is always for Ethernet. */
int skw_any_start(struct skw_any *any, struct skw_error *err);
void skw_any_free(struct skw_any *any);

/* To call when watch_fd is readable. Returns 0 or -errno. */
int skw_any_news(struct skw_any *any);

/*
 * Returns the place of an interface that is not in the table, although a packet of it has come.
 * Asks the kernel for it. If the interface has gone, it is treated as Ethernet. Returns -ENOMEM or
 * another -errno on failure.
 */
int skw_any_unknown(struct skw_any *any, uint32_t ifindex);

#endif
