/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the bytes of a capture go: large blocks, filled by the caller and
 * written by a thread of their own, so that a slow disk does not stop the
 * reading of rings while there is a free block.
 *
 * One caller at a time; all functions are for that caller's thread. After the
 * first error nothing more is accepted, and each call returns that error. What
 * is on disk then ends with the last whole record that fits.
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
/* Record ends that are remembered per block; enough for records of 16 bytes. */
#define SKW_OUT_MARKS (SKW_OUT_BLOCK_BYTES / 16 + 1)
/* In a mark: what ends there is not a packet, but a header or the like. */
#define SKW_OUT_MARK_OTHER (1u << 31)

struct skw_out_writer;

/* Only the inline functions below touch these fields. */
struct skw_out {
	uint8_t *cur, *end; /* free part of the current block */
	uint8_t *base;      /* the block itself */
	uint32_t *marks;    /* where records end in it */
	uint32_t nmarks;
	int error;       /* positive errno; written by the thread, once */
	uint64_t before; /* stream bytes of this file up to base */
	struct skw_out_writer *writer;
};

struct skw_out_options {
	enum skw_compression compression; /* of every file */
	bool direct;   /* O_DIRECT for large parts of regular files, where it works */
	bool shared;   /* the descriptor is others' too (standard output): never switched to
			* O_DIRECT, not closed, its file position left at the end */
	int notify_fd; /* an eventfd, borrowed: 1 is added when a file was closed, on an error,
			* and when a block came free; -1 for none */
};

/*
 * Reserves the blocks (address space; memory is used as it is touched). No
 * thread yet, so that this may be done before privileges are dropped. 0 or
 * -errno; skw_out_close() gives the struct back. -ENOTSUP for a compression
 * that was not built in.
 */
int skw_out_new(const struct skw_out_options *opt, struct skw_out **out);

/* Takes `fd` in any case. Starts the thread, all signals blocked in it. 0 or -errno. */
int skw_out_open(struct skw_out *o, int fd);

/*
 * What follows goes to `fd` (taken in any case), with the same blocks and
 * thread. The old file is completed and closed behind the caller's back; see
 * skw_out_files_closed(). Waits only if no block is free.
 */
int skw_out_switch(struct skw_out *o, int fd);

/*
 * Writes all, closes the file, ends the thread. A pipe or socket whose reader
 * takes nothing is given up after linger_ms (< 0: never) or when
 * skw_out_hurry() says: -ETIMEDOUT. Otherwise the first error as -errno, or 0.
 * After that only questions are allowed, and skw_out_close().
 */
int skw_out_end(struct skw_out *o, int linger_ms);

/* Likewise, unless that was done, and frees `o` (NULL allowed). */
int skw_out_close(struct skw_out *o, int linger_ms);

/*
 * From now on, pipes and sockets are given up in linger_ms (>= 0), whatever
 * waits for them: -ETIMEDOUT. The first call counts. Regular files take the
 * time they take.
 */
void skw_out_hurry(struct skw_out *o, int linger_ms);

/* Not for callers: skw_out_write() when the block is too small. */
int skw_out_write_slow(struct skw_out *o, const void *bytes, size_t n);

/*
 * Hands what there is to the thread, to be written soon: the tail of a block
 * too, which is then continued. In a compressed stream this is a point up to
 * which a cut file can be read. Does not wait.
 */
int skw_out_flush(struct skw_out *o);

/* Flushes and waits until all is written (not: on the medium). 0 or -errno. */
int skw_out_wait(struct skw_out *o);

/*
 * Files that were completed and closed so far, in the order they were opened:
 * the one that failed is not among them, nor are those after it, which are
 * left as they were found.
 */
uint64_t skw_out_files_closed(struct skw_out *o);

/*
 * Packets that skw_out_record_end() took, but which are not in the files (nor
 * given to the pipe), of all files: some only after an error. Final after
 * skw_out_end(). Of a compressed stream, all since the last flush.
 */
uint64_t skw_out_records_lost(const struct skw_out *o);

/* How many bytes a write may have now without waiting for the thread. */
size_t skw_out_room(struct skw_out *o);

/* Whether a write may have n bytes without waiting for the thread. */
static inline bool skw_out_has_room(struct skw_out *o, size_t n)
{
	return n <= (size_t)(o->end - o->cur) || n <= skw_out_room(o);
}

/* 0 or -errno, the first one. */
static inline int skw_out_error(const struct skw_out *o)
{
	return -__atomic_load_n(&o->error, __ATOMIC_RELAXED);
}

/* Bytes of the current file so far, before compression. */
static inline uint64_t skw_out_bytes(const struct skw_out *o)
{
	return o->before + (uint64_t)(o->cur - o->base);
}

/* 0, or -errno from the slow path. Waits when all blocks are full. */
static inline int skw_out_write(struct skw_out *o, const void *bytes, size_t n)
{
	if (__builtin_expect(n <= (size_t)(o->end - o->cur), 1)) {
		memcpy(o->cur, bytes, n);
		o->cur += n;
		return 0;
	}
	return skw_out_write_slow(o, bytes, n);
}

/* Not for callers. */
static inline int skw_out_mark(struct skw_out *o, uint32_t kind)
{
	int r = skw_out_error(o);

	if (__builtin_expect(!r && o->nmarks < SKW_OUT_MARKS, 1))
		o->marks[o->nmarks++] = (uint32_t)(o->cur - o->base) | kind;
	return r;
}

/* The bytes so far are whole records, the last one a packet. 0 or the first error: not taken. */
static inline int skw_out_record_end(struct skw_out *o)
{
	return skw_out_mark(o, 0);
}

/* Likewise, but what ends here is no packet. */
static inline int skw_out_other_end(struct skw_out *o)
{
	return skw_out_mark(o, SKW_OUT_MARK_OTHER);
}

#endif
