/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few fields of HTTP/2 that a message needs, out of header blocks (RFC 7541). libnghttp2 reads
 * blocks as long as all of them were seen. Behind a loss, the entries of the dynamic table are not
 * known any more: then only fields of the static table and literals are read, and the others stay
 * unknown.
 */
#ifndef SKW_MESSAGE_APP_HTTP2_HEAD_H
#define SKW_MESSAGE_APP_HTTP2_HEAD_H

#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/message.h"
#include "util/bytes.h"

/* So large a dynamic table is followed at most. */
#define SKW_HTTP2_TABLE_MAX 65536
/* So much of a block is read without its table. */
#define SKW_HTTP2_BLOCK_MAX 2048

struct skw_http2_fields {
	char method[16];                     /* empty: unknown */
	char path[SKW_MESSAGE_KIND_LEN + 1]; /* without query; empty: unknown */
	uint16_t status;                     /* 0: unknown */
	int16_t grpc_status;                 /* -1: unknown */
	bool grpc;                           /* by its content-type */
	bool typed;                          /* its content-type was read */
	bool unread;                         /* at least one field is unknown */
	bool content;                        /* keep the query; set by the caller */
};

/* It must stay where it is. */
struct skw_http2_head {
	nghttp2_mem mem;
	nghttp2_hd_inflater *inflater; /* owned; NULL: not needed until now, or lost */
	uint8_t *block;                /* owned; of a block that is read without its table */
	uint32_t block_len;
	size_t memory; /* of the inflater */
	bool lost;     /* the dynamic table is not known */
	bool in_block;
	bool skips; /* the rest of the block, whose begin was lost or could not be read */
};

/* The shape of a block, for a reader that has seen none before. */
struct skw_http2_shape {
	unsigned fields;
	bool request, answer; /* begins with such a field */
	unsigned pseudo;      /* fields of the static table with a colon */
	bool whole;           /* ends where a field ends */
};

void skw_http2_fields_begin(struct skw_http2_fields *f, bool content);

/* Bytes of a block, in pieces, and its end. */
void skw_http2_head_take(struct skw_http2_head *h, struct skw_bytes b, struct skw_http2_fields *f);
void skw_http2_head_end(struct skw_http2_head *h, struct skw_http2_fields *f);
/* Something is missing: from here on the dynamic table is unknown. */
void skw_http2_head_lose(struct skw_http2_head *h);
/* The receiver has allowed a table of this size, and the sender has agreed. */
void skw_http2_head_resize(struct skw_http2_head *h, uint32_t size);
size_t skw_http2_head_memory(const struct skw_http2_head *h);
void skw_http2_head_free(struct skw_http2_head *h);

/* False: it is no block. */
bool skw_http2_head_shape(struct skw_bytes block, struct skw_http2_shape *shape);

#endif
