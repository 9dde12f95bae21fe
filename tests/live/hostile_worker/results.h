/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The results of all attempts, in a file that the library maps before main(). A worker that is
 * killed by an attempt leaves it in the state TRYING; the next process goes on behind it.
 */
#ifndef HOSTILE_WORKER_RESULTS_H
#define HOSTILE_WORKER_RESULTS_H

#include <stdint.h>

#define HOSTILE_ATTEMPTS_MAX 256
#define HOSTILE_NOTE         64

enum hostile_state {
	HOSTILE_UNTRIED,
	HOSTILE_TRYING,
	HOSTILE_REFUSED,
	HOSTILE_ABSENT, /* there was nothing to try on */
	HOSTILE_KILLED,
	HOSTILE_ENDED, /* the session ended at once, without the attempt's effect */
	HOSTILE_HUNG,  /* the session did not end in time, with its keeper */
	HOSTILE_SUCCEEDED,
};

struct hostile_outcome {
	uint32_t state;
	int32_t error; /* the errno of a refusal; the signal that killed the worker */
	char note[HOSTILE_NOTE];
};

struct hostile_results {
	uint32_t reached; /* how many processes came to the moment after the drop */
	uint32_t done;    /* all attempts have been tried */
	struct hostile_outcome outcomes[HOSTILE_ATTEMPTS_MAX];
};

/* The names in the environment by which the library learns what to do. */
#define HOSTILE_RESULTS   "HOSTILE_RESULTS" /* the file of the results */
#define HOSTILE_WITNESS   "HOSTILE_WITNESS" /* act before the drop, to see the attempts work */
#define HOSTILE_DIR       "HOSTILE_DIR"     /* the fields of struct hostile */
#define HOSTILE_OUTPUT    "HOSTILE_OUTPUT"
#define HOSTILE_BPFFS     "HOSTILE_BPFFS"
#define HOSTILE_MAP       "HOSTILE_MAP"
#define HOSTILE_PROGRAM   "HOSTILE_PROGRAM"
#define HOSTILE_PORT      "HOSTILE_PORT"
#define HOSTILE_BYSTANDER "HOSTILE_BYSTANDER"
#define HOSTILE_COMMAND   "HOSTILE_COMMAND" /* only the minder of a command is attacked */

#endif
