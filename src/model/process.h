/* SPDX-License-Identifier: BSD-2-Clause */
/* A process that holds a socket, as /proc describes it. No logic. */
#ifndef SKW_MODEL_PROCESS_H
#define SKW_MODEL_PROCESS_H

#include <stdint.h>

#include "model/row.h"

#define SKW_PROCESS_PARENTS 8

/*
 * Strangers choose the texts. A text ends with a zero, is cut if it is too long, and is empty if it
 * can't be read.
 */
struct skw_process {
	uint64_t start_ns; /* real time; SKW_NONE64: unknown */
	uint32_t pid;
	uint32_t parents_len;
	struct skw_owner parents[SKW_PROCESS_PARENTS]; /* the nearest first */
	char comm[SKW_COMM_LEN + 1];
	char command[1024]; /* the arguments, separated by blanks */
	char exe[512];
};

#endif
