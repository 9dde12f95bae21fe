/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The dispatcher of a capture on all interfaces: which filter program belongs to which interface,
 * in the kernel. Before the split the only process changes it, afterwards the keeper.
 */
#ifndef SKW_KERN_DISPATCH_H
#define SKW_KERN_DISPATCH_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "abi/packet.h"
#include "kern/filters.h"
#include "kern/host/iface.h"
#include "kern/tap.h"

/* Slots with separate counters, if skw_packet_slots() says so. Further interfaces share slot 0. */
#define SKW_DISPATCH_SLOTS 256

struct skw_dispatch_filter {
	int dlt;
	/* It was made without a live handle, because the interface was down. */
	bool stand_in;
	/* Owned; NULL if the kernel decides. */
	struct skw_offline_filter *user;
};

struct skw_dispatch {
	const struct skw_capture_plan *plan;
	struct skw_tap *tap;
	const struct skw_skb_access *access; /* NULL: none */
	struct skw_dispatch_filter filters[SKW_DISPATCH_FILTERS];
	unsigned filters_len;
	struct {
		uint16_t arphrd;
		uint8_t filter;
	} kinds[SKW_DISPATCH_FILTERS];
	unsigned kinds_len;
	/* Owned: the interfaces that have a slot. */
	struct {
		struct skw_iface_info info;
		uint16_t slot;
	} * known;
	size_t known_len;
	unsigned slots, slots_used;
};

/* Everything that the reader of the rings must know of an interface. */
struct skw_dispatched {
	struct skw_iface_info info;
	int32_t dlt;
	uint16_t slot;
	uint8_t filter; /* below SKW_DISPATCH_FILTERS */
	uint8_t user;   /* the program accepts every packet: user space has to filter */
};

void skw_dispatch_init(struct skw_dispatch *d, const struct skw_capture_plan *plan,
		       struct skw_tap *tap, const struct skw_skb_access *access);
void skw_dispatch_free(struct skw_dispatch *d);

/*
 * Makes the filter for this kind of interface, if there is none yet or only a stand-in, and enters
 * the interface. Returns 0 or -errno.
 */
int skw_dispatch_learn(struct skw_dispatch *d, const struct skw_iface_info *info,
		       struct skw_dispatched *out, struct skw_error *err);

/*
 * Takes an interface out that has gone. Returns 0, -EEXIST if it is still there, or -ENOENT if it
 * was not entered.
 */
int skw_dispatch_forget(struct skw_dispatch *d, uint32_t ifindex);

#endif
