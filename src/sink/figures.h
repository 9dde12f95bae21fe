/* SPDX-License-Identifier: BSD-2-Clause */
/* The closing figures of a capture. */
#ifndef SKW_SINK_FIGURES_H
#define SKW_SINK_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

/*
 * seen = rejected + left_out + captured + left_over + dropped. Of the captured ones, `not_written`
 * are in no file.
 */
struct skw_figures {
	uint64_t seen;
	uint64_t rejected;
	uint64_t captured;
	uint64_t dropped;
	uint64_t truncated;
	uint64_t left_over;   /* waited when -c, -W or --stop-size ended the session */
	bool chooses;         /* --where */
	uint64_t left_out;    /* of connections that are not in the capture */
	uint64_t not_written; /* the file did not take them */
};

/* Prints the closing lines on standard error in the format of tcpdump. */
void skw_figures_print(const struct skw_figures *f);

#endif
