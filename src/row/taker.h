/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes what a watch reads of sockets: sweeps, holders, events and names, in the order and with the
 * results of the functions of table/table.h that have these names. The table is one taker; another
 * one may keep less of each row. The functions never outlive the call with what they are given.
 */
#ifndef SKW_ROW_TAKER_H
#define SKW_ROW_TAKER_H

#include <stdbool.h>

#include "model/event.h"
#include "model/row.h"

struct skw_row_taker_ops {
	void (*sweep_begin)(void *ctx, uint64_t now_ns);
	int (*sweep_row)(void *ctx, const struct skw_row_sample *sample);
	int (*sweep_steady)(void *ctx, const struct skw_row_steady *now);
	void (*sweep_end)(void *ctx, uint64_t now_ns, bool complete);
	void (*holders_begin)(void *ctx);
	int (*holder)(void *ctx, uint32_t inode, const struct skw_owner *owner);
	int (*holders_end)(void *ctx);
	int (*event)(void *ctx, const struct skw_event_told *told, struct skw_event *event);
	int (*name_netns)(void *ctx, uint32_t netns, const char *name);
	int (*name_cgroup)(void *ctx, uint64_t cgroup_id, const char *path);
	bool (*unnamed_cgroup)(void *ctx, uint64_t *cgroup_id);
	/* Whether it knows a socket that was not told as closed. */
	bool (*has)(void *ctx, uint64_t cookie);
	void (*bad_record)(void *ctx);
	/*
	 * Whether it needs the name of this cgroup before it takes a row or an event of it. Then
	 * unnamed_cgroup() tells it next, and all names that are found are told. NULL: never.
	 */
	bool (*needs_cgroup)(void *ctx, uint64_t cgroup_id);
};

struct skw_row_taker {
	const struct skw_row_taker_ops *ops;
	void *ctx;
};

#endif
