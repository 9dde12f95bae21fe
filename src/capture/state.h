/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside a live capture: what its set-up makes and its loop uses. */
#ifndef SKW_CAPTURE_STATE_H
#define SKW_CAPTURE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/any.h"
#include "capture/figures.h"
#include "capture/ifaces.h"
#include "sink/delivery.h"
#include "verbs/files.h"
#include "verbs/filters.h"

struct skw_live {
	const struct skw_capture_plan *plan;
	struct skw_tap *tap;
	struct skw_live_ifaces ifaces;
	struct skw_compiled *compiled; /* one for each named interface, owned */
	struct skw_any any;            /* used when no interface is named */
	bool use_any;
	unsigned slots;

	struct skw_skb_access access_room;
	const struct skw_skb_access *access; /* how filters read packets; NULL: by calls */

	struct skw_identity who;
	bool has_who;
	struct skw_verbs_context verbs;
	struct skw_keeper *keeper;
	struct skw_delivery delivery;

	/* Real time minus monotonic time: now, and of records older than set_ns. */
	int64_t offset_ns, offset_before_ns;
	uint64_t set_ns;

	uint32_t *drops; /* owned: by slot and CPU, what records said last */
	unsigned cpus;
	uint32_t last_ifindex; /* of the record before, which most often is the next's */
	uint32_t last_place;

	int epoll_fd, signal_fd, tick_fd, turn_fd, duration_fd, clock_fd;
	uint64_t turn_armed_ns; /* what turn_fd is set to */
	int watch_fd;           /* netlink, when interfaces were named */
	bool stop;
	bool held;   /* packets wait in the rings until the file takes more */
	bool enough; /* no packet is wanted any more, also of those in the rings */
	int failure; /* -errno of what stopped it, if that was no wish */
	bool tty;    /* a status line is wanted */
	struct skw_status status;
	uint8_t *cooked; /* owned: where packets get a header that they came without */
};

/*
 * From the plan to a capture that runs: filters compiled and loaded, sockets open,
 * privileges gone, first file created. Whatever is there must be torn down, also
 * after a failure.
 */
int skw_live_set_up(struct skw_live *l, struct skw_error *err);
void skw_live_tear_down(struct skw_live *l);

/*
 * Delivers what has arrived by CLOCK_MONOTONIC now_ns, just read (UINT64_MAX: no more will
 * come). 1 if there was anything, 0 if not, -errno; sets stop when enough was delivered.
 */
int skw_live_drain(struct skw_live *l, uint64_t now_ns, struct skw_error *err);

/* The figures of all interfaces. What still waits in the rings counts as left over. */
int skw_live_figures(const struct skw_live *l, struct skw_figures *f);

/* The figures of one interface, for the recorder. */
int skw_live_iface_stats(void *live, uint32_t place, struct skw_iface_stats *stats);

#endif
