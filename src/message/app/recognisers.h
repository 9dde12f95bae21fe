/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of all recognisers. To add one: write message/app/NAME.c with its struct, declare it
 * here, add it to the table in recognisers.c and to Makemodule.am. See "Messages" in
 * doc/ARCHITECTURE.md.
 */
#ifndef SKW_MESSAGE_APP_RECOGNISERS_H
#define SKW_MESSAGE_APP_RECOGNISERS_H

#include "message/recogniser.h"

/* In the order in which they are asked, where no port decides. Ends with NULL. */
extern const struct skw_recogniser *const skw_recognisers[];

/* The recogniser of this name; NULL: there is none. */
const struct skw_recogniser *skw_recognisers_find(const char *name, size_t len);

/* Each is in the file of its name: skw_recognisers_NAME. */
extern const struct skw_recogniser skw_recognisers_dns;
extern const struct skw_recogniser skw_recognisers_http;
/* Only if libnghttp2 was found. */
extern const struct skw_recogniser skw_recognisers_http2;
extern const struct skw_recogniser skw_recognisers_kafka;
extern const struct skw_recogniser skw_recognisers_memcached;
extern const struct skw_recogniser skw_recognisers_mysql;
extern const struct skw_recogniser skw_recognisers_postgres;
extern const struct skw_recogniser skw_recognisers_redis;
extern const struct skw_recogniser skw_recognisers_thrift;
extern const struct skw_recogniser skw_recognisers_tls;

#endif
