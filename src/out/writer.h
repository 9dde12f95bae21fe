/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The writer thread, and what it shares with the caller's side (out.c): blocks
 * on their way from being filled to being written. Everything in
 * struct skw_out_writer is under its lock unless said otherwise.
 *
 * The bytes of a block and its marks need no lock: the caller appends behind
 * what it has published in `len` and `nmarks`, the thread reads before that.
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
	uint32_t len;       /* published, counted from data[0] */
	uint32_t nmarks;    /* published */
	uint32_t written;   /* the thread has written up to here */
	uint32_t counted;   /* the thread's own: what became of so many marks is known */
	int fd;             /* the file that begins with this block, -1: goes on in the same */
	uint32_t flush_len; /* a flush was asked for here, where records were whole; 0: none */
	uint32_t flush_nmarks;
	bool ended; /* nothing more comes into this block ... */
	bool full;  /* ... because it is full: worth a direct write */
};

struct skw_out_writer {
	struct skw_out_options opt; /* constant */
	int *error;                 /* skw_out.error: atomic, set once */
	int give_up_fd; /* eventfd, ours: ends the waiting for a pipe that nobody empties */
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;
	pthread_cond_t work;  /* for the thread: there is some */
	pthread_cond_t space; /* for the caller: a block is free, all is written, or the end */

	struct skw_out_block blocks[SKW_OUT_BLOCKS];
	unsigned queue[SKW_OUT_BLOCKS]; /* blocks in use, oldest first; the last is being filled */
	unsigned used; /* length of the queue; 0 before the first file or after an error */
	unsigned free; /* bit mask of the other blocks; also read without lock */
	bool busy;     /* the thread is working with the lock released */
	bool stop;     /* the thread is to write what there is and to end */
	bool done;     /* the thread has come to its end */

	/* The caller's own. */
	bool hurry;                 /* give_up_at is set */
	bool gave_up;               /* the thread was told so */
	struct timespec give_up_at; /* monotonic: when pipes and sockets are given up */

	uint64_t closed; /* files, without a failure */
	uint64_t lost;   /* packets; atomic, no lock needed */

	uint64_t flushed; /* the caller's own: stream position of the last flush */

	/* The thread's own. */
	struct skw_target target;
	uint64_t pos;    /* stream position in the current file */
	uint64_t whole;  /* up to here, whole records are known to be written */
	uint64_t unsafe; /* compressed: packets since the last flush, which a cut would cost */

	void *map;
	size_t map_size;
};

/* The thread. `arg` is a struct skw_out_writer. */
void *skw_out_writer_run(void *arg);

/* All that was published is written. */
bool skw_out_writer_idle(const struct skw_out_writer *w);

#endif
