/* SPDX-License-Identifier: BSD-2-Clause */
/* A trigger of a recording, as far as the name of its file tells it. Plain data, numbers only. */
#ifndef SKW_MODEL_FILE_TRIGGER_H
#define SKW_MODEL_FILE_TRIGGER_H

#include <stdint.h>

#include "model/tuple.h"

/*
 * This goes to the keeper as it is. Strangers choose most of it: names of processes, addresses,
 * ports.
 */
struct skw_file_trigger {
	uint64_t ts_ns;   /* real time */
	uint64_t comm[2]; /* the bytes of the process's name, filled up with 0; 0: unknown */
	uint32_t pid;     /* 0: unknown */
	uint32_t what;    /* which trigger it is, in a list that the keeper has */
	struct skw_tuple tuple;
	uint16_t unused; /* 0 */
};

_Static_assert(sizeof(struct skw_file_trigger) == 72, "a trigger has no padding");

/* The file that the keeper has made for it. */
struct skw_file_trigger_made {
	uint64_t number; /* of the file in this session, from 1 on */
	uint64_t copy;   /* 0; from 2 on, it is added to a name that was there already */
};

#endif
