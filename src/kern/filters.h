/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiles the user's expression for an interface with libpcap on a live handle, translates it and
 * loads it. Before the split the only process does this, afterwards the keeper. If the kernel can't
 * run the program, a filter for user space takes its place.
 */
#ifndef SKW_KERN_FILTERS_H
#define SKW_KERN_FILTERS_H

#include <stdbool.h>

#include "filter/offline.h"
#include "kern/host/iface.h"
#include "kern/tap.h"
#include "model/capture_plan.h"
#include "model/cbpf.h"
#include "model/skb_access.h"

struct skw_compiled {
	int dlt; /* the link type of the interface's packets */
	/*
	 * The packets have no link-layer header: a LINUX_SLL2 header is made from their metadata.
	 */
	bool cooked;
	struct skw_cbpf cbpf; /* owned */
	/* Owned. NULL if the kernel decides alone. */
	struct skw_offline_filter *user;
};

void skw_compiled_free(struct skw_compiled *c);

/*
 * Compiles plan->filter for one interface. If the expression or the kind of interface requires it,
 * this opens a live handle, which takes tens of milliseconds.
 */
int skw_filters_compile(const struct skw_capture_plan *plan, const struct skw_iface_info *iface,
			struct skw_compiled *out, struct skw_error *err);

/*
 * Compiles plan->filter without an interface. The program can't read metadata, and finds VLAN tags
 * only in the bytes of the packet.
 */
int skw_filters_compile_dead(const struct skw_capture_plan *plan, int dlt, struct skw_compiled *out,
			     struct skw_error *err);

/*
 * Compiles plan->filter for all interfaces of this kind: on a live handle of this one if possible,
 * otherwise without one. *stand_in tells that the reason was that the interface is down. An
 * expression that makes no sense for a link other than Ethernet matches none of its packets.
 */
int skw_filters_compile_kind(const struct skw_capture_plan *plan, const struct skw_iface_info *info,
			     struct skw_compiled *c, bool *stand_in, struct skw_error *err);

/* The parameters of the generated program besides the expression. */
struct skw_filters_place {
	int counters_fd, next_fd;
	uint32_t slot;
	bool slot_from_cb;
	uint32_t slots;                      /* how many there are, for slot_from_cb */
	uint32_t lo_ifindex;                 /* 0: none */
	const struct skw_skb_access *access; /* from skw_filters_access(); NULL: none */
};

/*
 * Looks for the faster way to read packets. Returns `room`, filled in, or NULL if the kernel does
 * not have it or the plan has no filter that would use it.
 */
const struct skw_skb_access *skw_filters_access(const struct skw_capture_plan *plan,
						struct skw_skb_access *room);

/*
 * Translates and loads. Returns a program descriptor that the caller owns, or -errno. If the kernel
 * refuses the program, c->user does the filtering, and the loaded program accepts every packet.
 */
int skw_filters_load(const struct skw_capture_plan *plan, struct skw_compiled *c,
		     const struct skw_filters_place *place, struct skw_error *err);

#endif
