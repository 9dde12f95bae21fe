/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The writer thread, and the state that it shares with the caller's thread (out.c).
 * The lock protects all members of struct skw_out_writer unless a comment says
 * otherwise.
 *
 * The bytes and marks of a block need no lock. `len` and `nmarks` tell how many the
 * caller has published: the caller appends after them, the thread reads before them.
 */
#ifndef SKW_OUT_WRITER_H
#define SKW_OUT_WRITER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "out/out.h"
#include "out/target.h"

/*
 * Data begins at `start`, which is congruent to its place in the file modulo
 * SKW_TARGET_ALIGN: so the part between page boundaries can be written directly,
 * even when the block before was ended early.
 */
struct skw_out_block {
	uint8_t *data;
	uint32_t *marks;
	uint32_t start;
	uint32_t len;     /* published, counted from data[0] */
	uint32_t nmarks;  /* published */
	uint32_t written; /* the thread has written up to here */
	uint32_t counted; /* number of marks that the thread is done with; only it uses this */
	int fd;           /* the file that begins with this block; -1: the same as before */
	/* Value of `len` when a flush was asked for, at the end of a record; 0: no flush. */
	uint32_t flush_len;
	uint32_t flush_nmarks;
	bool ended; /* the caller adds nothing more to this block */
	bool full;  /* it was ended because it is full */
};

struct skw_out_writer {
	struct skw_out_options opt; /* constant */
	int *error;                 /* skw_out.error: atomic, set once */
	int give_up_fd; /* eventfd, owned; ends the thread's waiting for the reader of a pipe */
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	/* Signalled when there is work for the thread. */
	pthread_cond_t work;
	/* Signalled when a block is free, all is written, or the thread has ended. */
	pthread_cond_t space;

	struct skw_out_block blocks[SKW_OUT_BLOCKS];
	unsigned queue[SKW_OUT_BLOCKS]; /* blocks in use, oldest first; the last is being filled */
	unsigned used; /* length of the queue; 0 before the first file or after an error */
	unsigned free; /* bit mask of the other blocks; also read without the lock */
	bool busy;     /* the thread is working with the lock released */
	bool stop;     /* the thread must write all that is published and end */
	bool done;     /* the thread has written all and closed the file */

	/* Only the caller uses these. */
	bool hurry;                 /* give_up_at is set */
	bool gave_up;               /* give_up_fd was written to */
	struct timespec give_up_at; /* CLOCK_MONOTONIC time to give up pipes and sockets */

	uint64_t closed; /* number of files closed without an error */
	uint64_t lost;   /* number of packets lost; atomic, needs no lock */

	uint64_t flushed; /* stream position of the last flush; only the caller uses it */

	/* The thread's own. */
	struct skw_target target;
	uint64_t pos;    /* stream position in the current file */
	uint64_t whole;  /* stream position of the last record end that was written */
	uint64_t unsafe; /* compressed: packets since the last flush, which a cut would lose */

	void *map;
	size_t map_size;
};

/* The thread's function. `arg` is a struct skw_out_writer. */
void *skw_out_writer_run(void *arg);

/* Tells whether all that was published is written. The caller must hold the lock. */
bool skw_out_writer_idle(const struct skw_out_writer *w);

#endif
