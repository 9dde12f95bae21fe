/* SPDX-License-Identifier: BSD-2-Clause */
/* Which packets are captured, and how. Plain data; the strings belong to the caller. */
#ifndef SKW_MODEL_CAPTURE_PLAN_H
#define SKW_MODEL_CAPTURE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/packet.h"

#define SKW_CAPTURE_IFACES_MAX 64

struct skw_capture_plan {
	const char *ifaces[SKW_CAPTURE_IFACES_MAX];
	/* 0: every interface ("any"). */
	size_t ifaces_len;
	/* In libpcap's language; never NULL, "" takes everything. */
	const char *filter;
	/* SKW_DIR_UNKNOWN: both. */
	enum skw_direction direction;
	bool no_promiscuous;
	/* DLT_* of pcap/dlt.h; -1: the interface's own. */
	int dlt;
	uint32_t snaplen;
	/* Of all rings together. */
	uint64_t ring_bytes;
	/* 0: as many as fit the machine. */
	unsigned rings;
	/* How long a packet may wait in its ring, in milliseconds, unless the ring fills up. */
	unsigned wait_ms;
};

#endif
