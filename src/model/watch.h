/* SPDX-License-Identifier: BSD-2-Clause */
/* The status of a watch, beside its rows. No logic. */
#ifndef SKW_MODEL_WATCH_H
#define SKW_MODEL_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/* Features that this kernel lacks. Each bit disables only that feature. */
#define SKW_LACKS_ENROL    0x01 /* older sockets get no callbacks (before 6.12) */
#define SKW_LACKS_RTT_ARGS 0x02 /* RTT callbacks lack the sample (before 6.10) */
#define SKW_LACKS_UDP      0x04 /* there is no iterator of UDP sockets */
#define SKW_LACKS_HOLDERS  0x08 /* there is no iterator of task files */
#define SKW_LACKS_CREATOR  0x10 /* callbacks can't read the calling process */
#define SKW_LACKS_FAILED   0x20 /* functions can't be traced: no failed connects */
#define SKW_LACKS_SYNACK   0x40 /* no tracepoints for BPF: no SYN-ACKs that are sent again */
#define SKW_LACKS_WIRE     0x80 /* packets' addresses are not told: only sweeps know UDP */
/* A program of others excludes ours from the cgroup: no callbacks, no events that need them. */
#define SKW_LACKS_CALLBACKS 0x100
#define SKW_LACKS_COUNTS    0x200 /* the programs that count datagrams are refused */

struct skw_watch_status {
	uint64_t now_ns;       /* CLOCK_MONOTONIC time of the last sweep */
	int64_t offset_ns;     /* real time minus CLOCK_MONOTONIC */
	uint64_t interval_ns;  /* the time between sweeps */
	uint64_t events;       /* put into a ring since the start */
	uint64_t events_lost;  /* lost because a ring was full; exact */
	uint64_t sweep_ns;     /* the duration of the last sweep */
	uint32_t lacks;        /* SKW_LACKS_* */
	bool counts;           /* datagrams are counted */
	uint32_t netns;        /* the number of namespaces that were read */
	uint32_t netns_failed; /* the number of namespaces that could not be read */
	/*
	 * The sweeps since the start that have not read all, what the last of them could not read,
	 * in words, and why, as a negative errno value. NULL: there were none.
	 */
	uint64_t incomplete;
	const char *trouble;
	int trouble_error;
};

#endif
