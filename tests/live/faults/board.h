/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page that the library of faults shares with its runner. board.py reads it, so the layout has
 * no padding, and each change here needs one there.
 */
#ifndef SKW_TESTS_FAULTS_BOARD_H
#define SKW_TESTS_FAULTS_BOARD_H

#include <stdint.h>

/* Names in the environment: the file of the board, and the fault: ROLE:KIND:NTH:ERRNO. */
#define FAULT_BOARD       "SKW_FAULT_BOARD"
#define FAULT_PLAN        "SKW_FAULT_PLAN"

#define FAULT_PIDS_MAX    32
#define FAULT_OBJECTS_MAX 992
#define FAULT_CALLS_MAX   32768
#define FAULT_FROM        6

/* The part of the program that makes a call. */
enum fault_role {
	FAULT_START,   /* before the split */
	FAULT_WORKER,  /* after it, until it waits for the first time */
	FAULT_RUNNING, /* the worker from then on */
	FAULT_KEEPER,
	FAULT_CHILD, /* of the keeper, between fork and exec */
	FAULT_ROLES
};

/* A program, map or link that this run has made: `type` is the command BPF_*_GET_NEXT_ID. */
struct fault_object {
	uint32_t type, id;
};

/*
 * A call that could have been failed. `stack` is the same for calls from the same place, `from` are
 * the innermost places in the program itself, as offsets; 0: no more.
 */
struct fault_call {
	uint32_t role, kind, nth, own; /* own: the program itself called, not a library */
	uint64_t stack;
	uint32_t from[FAULT_FROM];
};

struct fault_board {
	uint32_t fired, fired_pid, n_pids, n_objects, n_calls, n_kinds;
	uint32_t pids[FAULT_PIDS_MAX];
	struct fault_object objects[FAULT_OBJECTS_MAX];
	char kinds[128][16];
	char trace[4096]; /* from where the failed call came */
	struct fault_call calls[FAULT_CALLS_MAX];
};

#endif
