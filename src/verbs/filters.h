/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The user's expression, made for an interface: compiled by libpcap on a live handle, translated
 * and loaded; before the split in the one process, after it in the keeper. The kernel may be unable
 * to run it: then a filter for user space stays behind.
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
	int dlt;              /* link type of the interface's packets */
	bool cooked;          /* no link-layer header: LINUX_SLL2 is made from the rest */
	struct skw_cbpf cbpf; /* owned */
	struct skw_offline_filter *user; /* owned; NULL if the kernel decides alone */
};

void skw_compiled_free(struct skw_compiled *c);

/*
 * Compiles plan->filter for one interface. On a live handle where the
 * expression or the kind of interface asks for one, which costs tens of
 * milliseconds.
 */
int skw_filters_compile(const struct skw_capture_plan *plan, const struct skw_iface_info *iface,
			struct skw_compiled *out, struct skw_error *err);

/* The same without an interface at hand: no metadata, and VLAN tags only in the bytes. */
int skw_filters_compile_dead(const struct skw_capture_plan *plan, int dlt, struct skw_compiled *out,
			     struct skw_error *err);

/* A program that takes nothing. */
int skw_filters_compile_none(int dlt, struct skw_compiled *out);

/* What the generated program is told besides the expression. */
struct skw_filters_place {
	int counters_fd, next_fd;
	uint32_t slot;
	bool slot_from_cb;
	uint32_t lo_ifindex;                 /* 0: none */
	const struct skw_skb_access *access; /* from skw_filters_access(); NULL: none */
};

/*
 * The faster way to read packets, where the kernel has it and the plan's filter has something
 * to read: `room`, filled in, or NULL.
 */
const struct skw_skb_access *skw_filters_access(const struct skw_capture_plan *plan,
						struct skw_skb_access *room);

/*
 * Translates and loads: a program descriptor that the caller owns, or -errno. What the
 * kernel can't do is left to c->user, for which the program then takes everything.
 */
int skw_filters_load(const struct skw_capture_plan *plan, struct skw_compiled *c,
		     const struct skw_filters_place *place, struct skw_error *err);

/* What came of making a filter program for the dispatcher. */
struct skw_filters_made {
	/* Link type of the interface's packets. */
	int32_t dlt;
	/* The program takes everything: user space has to filter. */
	uint8_t user;
	/* It was made without a live handle, as the interface is down. */
	uint8_t stand_in;
	uint8_t reserved[2];
};

/* What the keeper knows. It must stay valid for good. */
struct skw_verbs_filters {
	const struct skw_capture_plan *plan;
	int counters_fd, next_fd;
	const struct skw_skb_access *access; /* NULL: none */
	int keep_fds[2];
	struct skw_keeper_table table;
};

/* Fills in the table for skw_keeper_split(), from what the caller has set. */
void skw_verbs_filters_prepare(struct skw_verbs_filters *ctx);

/*
 * A filter program for the kind of interface that this one is, for the dispatcher: a descriptor
 * that the caller owns, or -errno. `k` makes it; NULL: this process, which has the privileges.
 */
int skw_verbs_filters_make(const struct skw_verbs_filters *ctx, struct skw_keeper *k,
			   const struct skw_iface_info *info, struct skw_filters_made *made,
			   struct skw_error *err);

#endif
