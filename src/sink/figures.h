/* SPDX-License-Identifier: BSD-2-Clause */
/* What a capture says about itself: the closing figures and the status line. */
#ifndef SKW_SINK_FIGURES_H
#define SKW_SINK_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

/* seen = rejected + captured + dropped; captured = written + left_over + not_written. */
struct skw_figures {
	uint64_t seen;
	uint64_t rejected;
	uint64_t captured;
	uint64_t dropped;
	uint64_t truncated;
	uint64_t left_over;   /* not wanted any more, with -c or -W */
	uint64_t not_written; /* delivered, but the file did not take them */
};

/* The closing lines on standard error, as tcpdump prints them. */
void skw_figures_print(const struct skw_figures *f);

#endif
