/* SPDX-License-Identifier: BSD-2-Clause */
/* What a watch says of itself beside its rows. No logic. */
#ifndef SKW_MODEL_WATCH_H
#define SKW_MODEL_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* What this kernel lacks; each costs that feature alone. */
#define SKW_LACKS_ENROL    0x01 /* older sockets get no callbacks (before 6.12) */
#define SKW_LACKS_RTT_ARGS 0x02 /* RTT callbacks without the sample (before 6.10) */
#define SKW_LACKS_UDP      0x04 /* no iterator of UDP sockets */
#define SKW_LACKS_HOLDERS  0x08 /* no iterator of task files */
#define SKW_LACKS_CREATOR  0x10 /* callbacks can't tell in whose system call they run */

struct skw_watch_status {
	uint64_t now_ns;       /* CLOCK_MONOTONIC of the sweep that is shown */
	int64_t offset_ns;     /* real time minus CLOCK_MONOTONIC */
	uint64_t interval_ns;  /* between sweeps */
	uint64_t events;       /* seen since the start */
	uint64_t events_lost;  /* ... and lost, as a ring was full; exact */
	uint64_t sweep_ns;     /* what the last sweep took */
	uint32_t lacks;        /* SKW_LACKS_* */
	uint32_t netns;        /* namespaces that were swept */
	uint32_t netns_failed; /* ... and that could not be */
};

#endif
