/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a capture, for the files of this room only. */
#ifndef SKW_CAPTURE_STATE_H
#define SKW_CAPTURE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/any.h"
#include "capture/capture.h"
#include "capture/ifaces.h"
#include "kern/chosen.h"
#include "kern/tap.h"
#include "loop/loop.h"
#include "kern/filters.h"
#include "verbs/capture.h"

/*
 * The most packets in a run. With this number the cost per run is small beside the cost of its
 * packets.
 */
#define SKW_CAPTURE_RUN 64
/*
 * The most bytes of records in a run, because their ring space is not free until the run has ended.
 */
#define SKW_CAPTURE_RUN_BYTES (256u << 10)

struct skw_capture {
	const struct skw_capture_plan *plan;
	struct skw_tap *tap;
	struct skw_capture_ifaces ifaces;
	struct skw_compiled *compiled; /* owned: one for each named interface */
	uint32_t named[SKW_CAPTURE_IFACES_MAX];
	struct skw_any any; /* used when no interface is named */
	bool use_any;
	bool recooked; /* of any interface, but with the header that the user wants */
	unsigned slots;
	struct skw_packet_kind kind;

	struct skw_skb_access access_room;
	const struct skw_skb_access *access; /* NULL: none */
	struct skw_verbs_capture verbs;

	/* For captures by owner; NULL: everybody's packets are captured. */
	struct skw_chosen *chosen;
	bool full_told; /* the user knows that some sockets found no room */

	/* Both belong to the loop. They are NULL before the loop runs. */
	struct skw_loop *loop;
	const struct skw_loop_clock *clock;

	/* Owned: by slot and CPU, the count of drops in the last record. */
	uint32_t *drops;
	unsigned cpus;
	/* The interface of the previous record, because the next record most often has the same. */
	uint32_t last_ifindex;
	uint32_t last_place;

	/* The packets from run_at to run_len (excluded) are still to be passed on. */
	struct skw_packet run[SKW_CAPTURE_RUN];
	size_t run_at, run_len;
	uint64_t run_ns; /* CLOCK_MONOTONIC of the first that waits */
	int failure;     /* of a record behind the run: told when the run was handed on */
	uint8_t *cooked; /* owned: where a packet gets a header that it came without */
	bool found;      /* the last look found something */
	bool news;       /* netlink has something to tell */
	int watch_fd;    /* netlink, when interfaces were named */
};

/* An upper limit for the header that a packet without one gets. */
#define SKW_CAPTURE_COOKED_BYTES 64

/* Makes what is needed to read the rings, when the number of slots is known. 0 or -ENOMEM. */
int skw_capture_make_buffers(struct skw_capture *c);
/* See struct skw_source_ops. */
int skw_capture_begin(void *capture, struct skw_loop *loop, struct skw_error *err);

/* Loads the programs and opens the sockets of the plan. Returns 0 or -errno. */
int skw_capture_prepare(void *capture, struct skw_error *err);
/*
 * Tells the user which interfaces are captured, and gives descriptors to the loop. Returns 0 or
 * -errno.
 */
int skw_capture_start(void *capture, struct skw_error *err);

/* See struct skw_source_ops. */
int skw_capture_look(void *capture, uint64_t now_ns, struct skw_error *err);
bool skw_capture_peek(void *capture, uint64_t *ts_ns);
int skw_capture_take(void *capture, uint64_t until_ns, struct skw_error *err);
int skw_capture_rest(void *capture);
int skw_capture_step(void *capture, struct skw_error *err);

/* The loop's handler for messages from netlink. Returns 0. */
int skw_capture_on_news(void *capture, struct skw_error *err);

#endif
