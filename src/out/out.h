/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the bytes of a capture to a file. The caller fills large blocks, and a
 * separate thread writes them. So a slow disk does not stop the reading of the
 * rings as long as a block is free.
 *
 * Only one thread may call these functions. After the first error no more bytes
 * are accepted, and each call returns that error. The file then ends with the last
 * record that is whole.
 */
#ifndef SKW_OUT_OUT_H
#define SKW_OUT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "out/name.h"

#define SKW_OUT_BLOCK_BYTES (4u << 20)
#define SKW_OUT_BLOCKS      4
/* The number of record ends that are kept per block. It is enough for records of 16 bytes. */
#define SKW_OUT_MARKS (SKW_OUT_BLOCK_BYTES / 16 + 1)
/* This bit of a mark says that the record is not a packet, but a header or the like. */
#define SKW_OUT_MARK_OTHER (1u << 31)

struct skw_out_writer;

/* Only the inline functions below touch these fields. */
struct skw_out {
	uint8_t *cur, *end; /* free part of the current block */
	uint8_t *base;      /* the block itself */
	uint32_t *marks;    /* offsets in the block at which records end */
	uint32_t nmarks;
	int error;       /* positive errno, written by the thread, once */
	uint64_t before; /* bytes of this file before the block, before compression */
	struct skw_out_writer *writer;
};

struct skw_out_options {
	enum skw_compression compression; /* applies to every file */
	/* Use O_DIRECT for large parts of regular files, where it works. */
	bool direct;
	/*
	 * Other processes have the descriptor, too (standard output). So it is never switched to
	 * O_DIRECT and never closed, and its file position is left at the end.
	 */
	bool shared;
	/*
	 * An eventfd, borrowed; -1: none. 1 is added to it when a file was closed, on an error,
	 * and when a block has become free.
	 */
	int notify_fd;
	/* Of each block, a power of two up to SKW_OUT_BLOCK_BYTES; 0: that. */
	uint32_t block_bytes;
};

/*
 * Reserves address space for the blocks; memory is used when it is touched. It
 * starts no thread, so it may be called before privileges are dropped. Returns 0 or
 * -errno: -ENOTSUP for a compression that was not built in. skw_out_close() frees
 * the struct.
 */
int skw_out_new(const struct skw_out_options *opt, struct skw_out **out);

/*
 * Starts the thread, with all signals blocked in it. `fd` is ours from then on, even on errors.
 * Returns 0 or -errno.
 */
int skw_out_open(struct skw_out *o, int fd);

/*
 * The bytes that follow go to `fd`, through the same blocks and thread. `fd` is
 * ours from then on, even on errors. The thread completes and closes the old file
 * later; see skw_out_files_closed(). This waits only if no block is free.
 */
int skw_out_switch(struct skw_out *o, int fd);

/*
 * No more bytes will come: the thread writes all and closes the file, and nobody waits for it. Once
 * the file is closed, skw_out_end() returns at once.
 */
void skw_out_finish(struct skw_out *o);

/*
 * Writes all bytes, closes the file and ends the thread. If the reader of a pipe or
 * socket does not read, gives up after linger_ms (< 0: never) or at the time that
 * skw_out_hurry() has set, and returns -ETIMEDOUT. Otherwise returns the first error
 * as -errno, or 0. After this only skw_out_close() and functions that return a
 * figure or the error may be called.
 */
int skw_out_end(struct skw_out *o, int linger_ms);

/* Calls skw_out_end(), unless that was done, and frees `o` (NULL allowed). */
int skw_out_close(struct skw_out *o, int linger_ms);

/*
 * Pipes and sockets are given up in linger_ms (>= 0) from now, with -ETIMEDOUT, even
 * if another function waits for them. Only the first call counts. Regular files are
 * not given up.
 */
void skw_out_hurry(struct skw_out *o, int linger_ms);

/* Only for skw_out_write(), when the rest of the block is too small. */
int skw_out_write_slow(struct skw_out *o, const void *bytes, size_t n);

/*
 * Tells the thread to write all bytes so far, without waiting for the end of the
 * block. A compressed file that is cut off later can be read up to here. Does not wait.
 */
int skw_out_flush(struct skw_out *o);

/*
 * Flushes and waits until write() has taken all bytes (no fsync). Returns 0 or -errno. For tests.
 */
int skw_out_wait(struct skw_out *o);

/*
 * The number of files that were completed and closed so far, in the order in which
 * they were opened. The file that failed does not count, nor do the files after it,
 * which are left unchanged.
 */
uint64_t skw_out_files_closed(struct skw_out *o);

/*
 * The number of packets, over all files, that skw_out_record_end() took but that
 * were not written. It is 0 without an error, and final after skw_out_end(). An
 * error in a compressed stream loses all packets since the last flush.
 */
uint64_t skw_out_records_lost(const struct skw_out *o);

/* The number of bytes that can be written now without waiting for the thread. */
size_t skw_out_room(struct skw_out *o);

/* Whether the current block has room for n bytes. Otherwise skw_out_write() begins another. */
static inline bool skw_out_fits(const struct skw_out *o, size_t n)
{
	return n <= (size_t)(o->end - o->cur);
}

/* Tells whether n bytes can be written without waiting for the thread. */
static inline bool skw_out_has_room(struct skw_out *o, size_t n)
{
	return skw_out_fits(o, n) || n <= skw_out_room(o);
}

/* Returns 0, or the first error as -errno. */
static inline int skw_out_error(const struct skw_out *o)
{
	return -__atomic_load_n(&o->error, __ATOMIC_RELAXED);
}

/* The number of bytes of the current file so far, before compression. */
static inline uint64_t skw_out_bytes(const struct skw_out *o)
{
	return o->before + (uint64_t)(o->cur - o->base);
}

/* Returns 0 or -errno. Waits if all blocks are full. */
static inline int skw_out_write(struct skw_out *o, const void *bytes, size_t n)
{
	if (__builtin_expect(skw_out_fits(o, n), 1)) {
		memcpy(o->cur, bytes, n);
		o->cur += n;
		return 0;
	}
	return skw_out_write_slow(o, bytes, n);
}

/* Only for the two functions below. */
static inline int skw_out_mark(struct skw_out *o, uint32_t kind)
{
	int ret = skw_out_error(o);

	if (__builtin_expect(!ret && o->nmarks < SKW_OUT_MARKS, 1))
		o->marks[o->nmarks++] = (uint32_t)(o->cur - o->base) | kind;
	return ret;
}

/*
 * Tells that the bytes so far are whole records and that the last record is a packet. Returns 0,
 * or the first error, and then the record is not taken.
 */
static inline int skw_out_record_end(struct skw_out *o)
{
	return skw_out_mark(o, 0);
}

/* The same for a record that is not a packet. */
static inline int skw_out_other_end(struct skw_out *o)
{
	return skw_out_mark(o, SKW_OUT_MARK_OTHER);
}

#endif
