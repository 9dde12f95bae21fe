/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the records of an iterator that skw_conn_iter_open() has started. */
#ifndef SKW_KERN_CONN_READER_H
#define SKW_KERN_CONN_READER_H

#include <stddef.h>

/* An iterator that is being read, in slices. */
struct skw_conn_reader {
	int fd;      /* owned; -1: none */
	size_t size; /* of a record */
	/* Of one that begins with a word of 0; 0: there is none. */
	size_t short_size;
	char *buf;   /* owned, kept from one run to the next */
	size_t fill; /* bytes of a record that is not whole yet */
};

/* Begins with a new run, whose descriptor is taken in any case. 0 or -ENOMEM. */
int skw_conn_reader_begin(struct skw_conn_reader *r, int fd, size_t size, size_t short_size);

/*
 * Reads one slice, at most 64 KiB, and hands out the whole records in it. Stops at the first
 * negative return of `each` and returns it. 1: there is more; 0: the end, the descriptor is closed;
 * or -errno.
 */
int skw_conn_reader_slice(struct skw_conn_reader *r,
			  int (*each)(void *ctx, const void *record, size_t len), void *ctx);
void skw_conn_reader_end(struct skw_conn_reader *r);  /* gives the run up, keeps the buffer */
void skw_conn_reader_free(struct skw_conn_reader *r); /* safe on one whose fd is -1 */

#endif
