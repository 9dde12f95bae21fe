/* SPDX-License-Identifier: BSD-2-Clause */
/* The plan of a capture: which packets, and how. Plain data; the caller owns the strings. */
#ifndef SKW_MODEL_CAPTURE_PLAN_H
#define SKW_MODEL_CAPTURE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/owner_plan.h"
#include "model/packet.h"

#define SKW_CAPTURE_IFACES_MAX 64

struct skw_capture_plan {
	const char *ifaces[SKW_CAPTURE_IFACES_MAX];
	/* 0: every interface ("any"). */
	size_t ifaces_len;
	/* An expression in libpcap's language. Never NULL; "" matches every packet. */
	const char *filter;
	/* SKW_DIR_UNKNOWN: both directions. */
	enum skw_direction direction;
	bool no_promiscuous;
	/* The compiler's optimizer is not run. */
	bool no_optimize;
	/* The program is only shown, for another interpreter: long lists do not become sets. */
	bool classic;
	/*
	 * A DLT_* of pcap/dlt.h. -1: the interface's own link type. With "any" it is that of the
	 * header that each packet gets.
	 */
	int dlt;
	uint32_t snaplen;
	/* The size of all rings together. */
	/* 0: 64M, or what memory allows. */
	uint64_t ring_bytes;
	/* 0: the number that suits the machine. */
	unsigned rings;
	/* A packet may wait in its ring for this time in milliseconds, unless the ring fills up. */
	unsigned wait_ms;
	struct skw_owner_plan owners;
	/* Only failures are told. */
	bool quiet;
	/* After this time, in milliseconds, too young records are looked at again. 0: after 1. */
	unsigned young_ms;
};

#endif
