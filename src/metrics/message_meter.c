// SPDX-License-Identifier: BSD-2-Clause
#include "metrics/message_meter.h"

#include <string.h>

#define NS_PER_US 1000U

static struct skw_message_figures *figures_of(struct skw_message_meter *meter, const char *protocol)
{
	for (size_t i = 0; i < meter->len; i++)
		if (strcmp(meter->all[i].protocol, protocol) == 0)
			return &meter->all[i];
	if (meter->len == SKW_MESSAGE_PROTOCOLS)
		return NULL;
	meter->all[meter->len].protocol = protocol;
	return &meter->all[meter->len++];
}

void skw_message_meter_add(struct skw_message_meter *meter, const struct skw_message *m)
{
	struct skw_message_figures *f = figures_of(meter, m->protocol);

	/* An answer without its request is of no request that could be counted. */
	if (!f || m->outcome == SKW_MESSAGE_ORPHAN)
		return;
	f->requests++;
	f->errors += m->error || m->outcome == SKW_MESSAGE_UNANSWERED;
	if (m->outcome != SKW_MESSAGE_ANSWERED || m->latency_ns == SKW_MESSAGE_UNKNOWN)
		return;
	uint64_t us = m->latency_ns / NS_PER_US;

	f->latencies[skw_histogram_bucket(us, SKW_HISTOGRAM_BUCKETS)]++;
	f->latency_sum_us += us;
}
