/* SPDX-License-Identifier: BSD-2-Clause */
/* Adds up requests and answers of applications, by protocol. */
#ifndef SKW_METRICS_MESSAGE_METER_H
#define SKW_METRICS_MESSAGE_METER_H

#include <stddef.h>

#include "metrics/histogram.h"
#include "model/message.h"

/* More than there are recognisers. */
#define SKW_MESSAGE_PROTOCOLS 64

struct skw_message_figures {
	const char *protocol; /* static */
	uint64_t requests, errors;
	uint64_t latencies[SKW_HISTOGRAM_BUCKETS], latency_sum_us;
};

/* A zeroed one is empty. */
struct skw_message_meter {
	struct skw_message_figures all[SKW_MESSAGE_PROTOCOLS];
	size_t len;
};

void skw_message_meter_add(struct skw_message_meter *meter, const struct skw_message *m);

#endif
