/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The figures of a meter as text: that of Prometheus 0.0.4, or OpenMetrics 1.0, where histograms
 * have exemplars with the cookies of connections. The text is made piece by piece, so that no
 * reader needs memory for all of it; the samples of one label set in one family are of one moment.
 */
#ifndef SKW_METRICS_EXPOSITION_H
#define SKW_METRICS_EXPOSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/message_meter.h"
#include "metrics/meter.h"
#include "util/buf.h"

enum skw_exposition_form { SKW_EXPOSITION_PROMETHEUS, SKW_EXPOSITION_OPENMETRICS };

struct skw_exposition_figures {
	const struct skw_meter *meter;
	const struct skw_message_meter *messages; /* NULL: they are not wanted */
	const char *version;
	uint64_t events_lost;
	bool udp; /* sockets of UDP are counted */
};

/* Where a reader is. */
struct skw_exposition {
	enum skw_exposition_form form;
	unsigned family;
	uint32_t set;  /* of the family */
	bool has_head; /* the family's head is written */
	bool ended;
};

/*
 * Appends the next piece, of some kilobytes at most. False: that was all. The figures may have
 * changed since the piece before.
 */
bool skw_exposition_next(struct skw_exposition *e, const struct skw_exposition_figures *f,
			 struct skw_buf *out);

const char *skw_exposition_type(enum skw_exposition_form form); /* for Content-Type */

#endif
