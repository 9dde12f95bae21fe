/* SPDX-License-Identifier: BSD-2-Clause */
/* What a capture is made of, for the files that make it. */
#ifndef SKW_CAPTURE_STATE_H
#define SKW_CAPTURE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/any.h"
#include "capture/capture.h"
#include "capture/ifaces.h"
#include "kern/tap.h"
#include "loop/loop.h"
#include "verbs/filters.h"

/* Packets that are handed on at once. What is paid per run is small beside them. */
#define SKW_CAPTURE_RUN 64
/* The space of records is kept while they are in a run: no more than this. */
#define SKW_CAPTURE_RUN_BYTES (256u << 10)

struct skw_capture {
	const struct skw_capture_plan *plan;
	struct skw_tap *tap;
	struct skw_capture_ifaces ifaces;
	struct skw_compiled *compiled; /* one for each named interface, owned */
	struct skw_any any;            /* used when no interface is named */
	bool use_any;
	unsigned slots;
	struct skw_packet_kind kind;

	struct skw_skb_access access_room;
	struct skw_verbs_filters filters;

	struct skw_loop *loop;              /* lent, and its clock */
	const struct skw_loop_clock *clock; /* NULL before the loop runs */

	uint32_t *drops; /* owned: by slot and CPU, what records said last */
	unsigned cpus;
	uint32_t last_ifindex; /* of the record before, which most often is the next's */
	uint32_t last_place;

	/* [run_at, run_len) wait to be handed on. */
	struct skw_packet run[SKW_CAPTURE_RUN];
	size_t run_at, run_len;
	uint64_t run_ns; /* CLOCK_MONOTONIC of the first that waits */
	int failure;     /* of a record behind the run: told when the run was handed on */
	uint8_t *cooked; /* owned: where a packet gets a header that it came without */
	bool found;      /* the last look found something */
	bool news;       /* netlink has something to tell */
	int watch_fd;    /* netlink, when interfaces were named */
};

/* From the plan to programs and sockets that run. 0 or -errno. */
int skw_capture_prepare(void *capture, struct skw_error *err);
/* Says what is listened to, and gives descriptors to the loop. 0 or -errno. */
int skw_capture_start(void *capture, struct skw_error *err);

/* As struct skw_source_ops tells. */
int skw_capture_look(void *capture, uint64_t now_ns, struct skw_error *err);
bool skw_capture_peek(void *capture, uint64_t *ts_ns);
int skw_capture_take(void *capture, uint64_t until_ns, struct skw_error *err);
int skw_capture_rest(void *capture);

/* Handlers: netlink has news of interfaces; a socket has an error. 0 or -errno. */
int skw_capture_on_news(void *capture, struct skw_error *err);
int skw_capture_on_sockets(void *capture, struct skw_error *err);

#endif
