/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hands a compiled filter to the worker, which can't compile by itself: the expression may name
 * hosts and services, and to look them up takes files and sockets.
 */
#ifndef SKW_VERBS_PROGRAM_H
#define SKW_VERBS_PROGRAM_H

#include "filter/offline.h"
#include "keeper/keeper.h"

/* For the keeper: a descriptor from which the filter can be read, or -errno. The caller owns it. */
int skw_verbs_program_put(const struct skw_offline_filter *filter);
/* For the worker: takes the descriptor in any case. Returns 0 or -errno. */
int skw_verbs_program_get(int fd, struct skw_offline_filter **out);

/* The expressions for a file, compiled for the kinds of link that the worker meets in it. */
struct skw_verbs_program {
	const char *const *list; /* borrowed; valid for the rest of the program */
	size_t len;
	bool no_optimize; /* -O */
	struct skw_keeper_table table;
};

/* The request of the only verb. The answer is a descriptor for skw_verbs_program_get(). */
struct skw_verbs_program_request {
	uint32_t number; /* of the expression */
	int32_t dlt;
	uint32_t snaplen;
	uint8_t swapped, directions; /* as in struct skw_offline_link; 0: no */
	uint16_t unused;
};

/* Fills in the table for skw_keeper_split(). The caller has set the fields above. */
void skw_verbs_program_prepare(struct skw_verbs_program *ctx);

#endif
