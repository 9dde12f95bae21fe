/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds the end of a struct in Thrift's binary protocol, in pieces that are cut anywhere, and the
 * few values of it that tell how a call has ended. From
 * github.com/apache/thrift/blob/master/doc/specs/thrift-binary-protocol.md.
 */
#ifndef SKW_MESSAGE_APP_THRIFT_SKIP_H
#define SKW_MESSAGE_APP_THRIFT_SKIP_H

#include <stdbool.h>
#include <stdint.h>

#include "util/bytes.h"

/* Structs and containers in each other. Nothing deeper is read. */
#define SKW_THRIFT_DEPTH_MAX 24
#define SKW_THRIFT_NO_FIELD  INT32_MIN

/* A struct, or a container with elements of the types that take turns. */
struct skw_thrift_level {
	uint32_t left; /* elements that follow */
	uint8_t types[2];
	bool is_struct;
};

struct skw_thrift_skip {
	struct skw_thrift_level levels[SKW_THRIFT_DEPTH_MAX];
	uint64_t left; /* bytes of a value */
	int32_t first; /* the number of the first field, or SKW_THRIFT_NO_FIELD */
	int32_t code;  /* the value of field 2, if it is an i32: the type of an exception */
	uint8_t depth;
	uint8_t reading; /* the meaning of `bytes` */
	uint8_t type;    /* of the field whose number follows */
	uint8_t len;
	uint8_t bytes[6];
};

enum skw_thrift_end { SKW_THRIFT_MORE, SKW_THRIFT_DONE, SKW_THRIFT_BAD };

void skw_thrift_skip_begin(struct skw_thrift_skip *s);
/* Takes bytes from the front of *b, up to the end of the struct. */
enum skw_thrift_end skw_thrift_skip(struct skw_thrift_skip *s, struct skw_bytes *b);
/* The name of an exception's type; NULL: it has none. */
const char *skw_thrift_skip_exception(int32_t code);

#endif
