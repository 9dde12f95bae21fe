/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of the text protocol of memcached (its doc/protocol.txt). */
#ifndef SKW_MESSAGE_APP_MEMCACHED_WORDS_H
#define SKW_MESSAGE_APP_MEMCACHED_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "message/recogniser.h"
#include "util/bytes.h"

enum skw_memcached_answers {
	SKW_MEMCACHED_ONE_LINE,
	SKW_MEMCACHED_LINES, /* up to END: values and statistics */
	SKW_MEMCACHED_DUMP,  /* mgdump: up to EN */
	SKW_MEMCACHED_NONE,  /* quit */
	SKW_MEMCACHED_WATCH, /* lines of a log, without end */
	SKW_MEMCACHED_META_GET,
	SKW_MEMCACHED_META_SET,
	SKW_MEMCACHED_META_OTHER,
	SKW_MEMCACHED_META_NOOP,
};

struct skw_memcached_request {
	const char *name; /* of the command; "?": it is not known */
	enum skw_memcached_answers answers;
	bool has_data; /* of `length` bytes, and a line end */
	bool noreply;  /* no answer is sent */
	bool quiet;    /* (flag q) no answer is sent if all is as usual */
	uint64_t length;
};

/* The line is without its end. */
void skw_memcached_request(struct skw_bytes line, struct skw_memcached_request *r);

struct skw_memcached_line {
	const char *status; /* the first word, if it is one of the protocol; "number"; NULL */
	bool error;
	bool has_data; /* of `length` bytes, and a line end */
	bool is_value; /* VALUE: more lines follow */
	uint64_t length;
};

void skw_memcached_line(struct skw_bytes line, struct skw_memcached_line *l);

/* The bytes are the begin of a request, of an answer; CLIENT_0: they are. */
enum skw_recogniser_verdict skw_memcached_request_begins(struct skw_bytes b);
enum skw_recogniser_verdict skw_memcached_line_begins(struct skw_bytes b);

#endif
