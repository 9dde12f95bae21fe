/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compiles the user's expression for an interface with libpcap on a live handle, translates it and
 * loads it. Before the split the only process does this, afterwards the keeper. If the kernel can't
 * run the program, a filter for user space takes its place.
 */
#ifndef SKW_VERBS_FILTERS_H
#define SKW_VERBS_FILTERS_H

#include <stdbool.h>

#include "filter/offline.h"
#include "keeper/keeper.h"
#include "kern/iface.h"
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

/* The parameters of the generated program besides the expression. */
struct skw_filters_place {
	int counters_fd, next_fd;
	uint32_t slot;
	bool slot_from_cb;
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

/* The properties of a filter program that was made for the dispatcher. */
struct skw_filters_made {
	/* The link type of the interface's packets. */
	int32_t dlt;
	/* The program accepts every packet: user space has to filter. */
	uint8_t user;
	/* The program was made without a live handle, because the interface is down. */
	uint8_t stand_in;
	uint8_t reserved[2];
};

/* The data of the keeper's part. It must stay valid for the rest of the program. */
struct skw_verbs_filters {
	const struct skw_capture_plan *plan;
	int counters_fd, next_fd;
	const struct skw_skb_access *access; /* NULL: none */
	int keep_fds[2];
	struct skw_keeper_table table;
};

/* Fills in the table for skw_keeper_split(). The caller has set the fields above. */
void skw_verbs_filters_prepare(struct skw_verbs_filters *ctx);

/*
 * Makes a filter program for the dispatcher for all interfaces of the same kind as this. Returns a
 * descriptor that the caller owns, or -errno. The keeper `k` makes it, or, if k is NULL, this
 * process, which then must have the privileges.
 */
int skw_verbs_filters_make(const struct skw_verbs_filters *ctx, struct skw_keeper *k,
			   const struct skw_iface_info *info, struct skw_filters_made *made,
			   struct skw_error *err);

#endif
